/// Writes fields into memory whose size was computed before with `ProtobufSize`.
///
/// Writing beyond that size is a bug of the message's `protobufByteCount` and traps.
public struct ProtobufWriter {
  @usableFromInline let memory: UnsafeMutableRawBufferPointer

  /// How many bytes of the memory are filled.
  public var writtenCount: Int { count }

  @usableFromInline var count: Int

  /// A writer into memory that outlives it, from an offset.
  @inlinable
  public init(_ memory: UnsafeMutableRawBufferPointer, from offset: Int = 0) {
    self.memory = memory
    count = offset
  }

  /// The tag of the field whose value follows.
  @inlinable
  public mutating func tag(_ tag: UInt32) { varint(UInt64(tag)) }

  /// The length of a packed run or message that follows.
  @inlinable
  public mutating func length(_ length: Int) { varint(UInt64(length)) }

  @inlinable
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable
  mutating func byte(_ value: UInt8) {
    precondition(count < memory.count, "the message outgrew its \(memory.count) bytes")
    memory[count] = value
    count += 1
  }

  @inlinable
  mutating func fixed<Value: FixedWidthInteger>(_ value: Value) {
    let size = MemoryLayout<Value>.size
    precondition(memory.count - count >= size, "the message outgrew its \(memory.count) bytes")
    memory.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
    count += size
  }

  @inlinable
  mutating func raw(_ bytes: UnsafeRawBufferPointer) {
    precondition(
      memory.count - count >= bytes.count, "the message outgrew its \(memory.count) bytes")
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
    count += bytes.count
  }
}

/// Values by their protobuf type, without their tag.
extension ProtobufWriter {
  /// An `int32`; negative ones take ten bytes.
  @inlinable
  public mutating func int32(_ value: Int32) { varint(UInt64(bitPattern: Int64(value))) }

  /// An `int64`.
  @inlinable
  public mutating func int64(_ value: Int64) { varint(UInt64(bitPattern: value)) }

  /// A `uint32`.
  @inlinable
  public mutating func uint32(_ value: UInt32) { varint(UInt64(value)) }

  /// A `uint64`.
  @inlinable
  public mutating func uint64(_ value: UInt64) { varint(value) }

  /// A `sint32`, zigzag coded.
  @inlinable
  public mutating func sint32(_ value: Int32) {
    varint(UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))))
  }

  /// A `sint64`, zigzag coded.
  @inlinable
  public mutating func sint64(_ value: Int64) {
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// A `bool`.
  @inlinable
  public mutating func bool(_ value: Bool) { byte(value ? 1 : 0) }

  /// A `fixed32`.
  @inlinable
  public mutating func fixed32(_ value: UInt32) { fixed(value) }

  /// A `fixed64`.
  @inlinable
  public mutating func fixed64(_ value: UInt64) { fixed(value) }

  /// An `sfixed32`.
  @inlinable
  public mutating func sfixed32(_ value: Int32) { fixed(value) }

  /// An `sfixed64`.
  @inlinable
  public mutating func sfixed64(_ value: Int64) { fixed(value) }

  /// A `float`.
  @inlinable
  public mutating func float(_ value: Float) { fixed(value.bitPattern) }

  /// A `double`.
  @inlinable
  public mutating func double(_ value: Double) { fixed(value.bitPattern) }

  /// An enum.
  @inlinable
  public mutating func enumeration(_ value: some ProtobufEnum) { int32(value.rawValue) }

  /// A `string` with its length.
  @inlinable
  public mutating func string(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      length(utf8.count)
      raw(UnsafeRawBufferPointer(utf8))
    }
  }

  /// A `bytes` value with its length.
  @inlinable
  public mutating func bytes(_ value: [UInt8]) {
    length(value.count)
    value.withUnsafeBytes { raw($0) }
  }

  /// A message with its length.
  @inlinable
  public mutating func message(_ value: some ProtobufMessage) {
    length(value.protobufByteCount)
    value.write(to: &self)
  }
}
