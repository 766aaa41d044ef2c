/// Reads the fields of one message, and of the messages within it, from memory.
///
/// The memory must outlive the reader. Peers' faults are thrown as `ProtobufError`.
public struct ProtobufReader {
  /// How deeply messages and groups may be nested; the same as the reference implementation.
  public static let depthMax = 100

  @usableFromInline let start: UnsafeRawPointer
  @usableFromInline var cursor: UnsafeRawPointer
  @usableFromInline var end: UnsafeRawPointer
  @usableFromInline var depth = 0

  /// A reader of one message; the buffer must have memory.
  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else {
      preconditionFailure("a reader needs memory, got an empty buffer")
    }
    start = base
    cursor = base
    end = base + bytes.count
  }

  /// The next field's tag (number and wire type), or nil at the end of the message.
  @inlinable
  public mutating func nextTag() throws -> UInt32? {
    if cursor == end { return nil }
    let tag = try varint()
    guard tag >> 3 != 0, tag <= UInt64(UInt32.max) else { throw error(.invalidTag) }
    return UInt32(truncatingIfNeeded: tag)
  }

  /// Skips the value of a field that is not known, or has another wire type than declared.
  public mutating func skip(tag: UInt32) throws {
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: try advance(8)
    case 2: try advance(try length())
    case 3: try skipGroup(number: tag >> 3)
    case 4: throw error(.unbalancedGroup)
    case 5: try advance(4)
    default: throw error(.invalidTag)
    }
  }

  private mutating func skipGroup(number: UInt32) throws {
    // Iterative: nesting is the peer's choice and must not use up our stack.
    var open = [number]
    while let innermost = open.last {
      guard let tag = try nextTag() else { throw error(.unbalancedGroup) }
      switch tag & 7 {
      case 3:
        if depth + open.count >= Self.depthMax { throw error(.tooDeep) }
        open.append(tag >> 3)
      case 4:
        if tag >> 3 != innermost { throw error(.unbalancedGroup) }
        open.removeLast()
      default: try skip(tag: tag)
      }
    }
  }

  /// An error at the current place.
  @usableFromInline
  func error(_ code: ProtobufError.Code) -> ProtobufError {
    ProtobufError(code, byteOffset: cursor - start)
  }

  @inlinable
  mutating func advance(_ count: Int) throws {
    guard count <= end - cursor else { throw error(.truncated) }
    cursor += count
  }

  /// A varint of up to ten bytes; bits beyond 64 are dropped, as the reference does.
  @inlinable
  mutating func varint() throws -> UInt64 {
    guard cursor < end else { throw error(.truncated) }
    let first = cursor.load(as: UInt8.self)
    if first < 0x80 {
      cursor += 1
      return UInt64(first)
    }
    return try longVarint()
  }

  @usableFromInline
  mutating func longVarint() throws -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70 {
      guard cursor < end else { throw error(.truncated) }
      let byte = cursor.load(as: UInt8.self)
      cursor += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw error(.malformedVarint)
  }

  /// A length prefix that is known to fit into what is left of the message.
  @inlinable
  mutating func length() throws -> Int {
    let length = try varint()
    guard length <= UInt64(end - cursor) else { throw error(.truncated) }
    return Int(length)
  }

  @inlinable
  mutating func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
    guard MemoryLayout<Value>.size <= end - cursor else { throw error(.truncated) }
    let value = cursor.loadUnaligned(as: Value.self)
    cursor += MemoryLayout<Value>.size
    return Value(littleEndian: value)
  }
}
