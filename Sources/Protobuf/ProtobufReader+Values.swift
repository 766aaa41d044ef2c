/// Values by their protobuf type; each is called after `nextTag` returned a fitting tag.
extension ProtobufReader {
  /// An `int32`; longer varints are cut to 32 bits.
  @inlinable
  public mutating func int32() throws -> Int32 { Int32(truncatingIfNeeded: try varint()) }

  /// An `int64`.
  @inlinable
  public mutating func int64() throws -> Int64 { Int64(bitPattern: try varint()) }

  /// A `uint32`; longer varints are cut to 32 bits.
  @inlinable
  public mutating func uint32() throws -> UInt32 { UInt32(truncatingIfNeeded: try varint()) }

  /// A `uint64`.
  @inlinable
  public mutating func uint64() throws -> UInt64 { try varint() }

  /// A `sint32`, zigzag coded.
  @inlinable
  public mutating func sint32() throws -> Int32 {
    let value = UInt32(truncatingIfNeeded: try varint())
    return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
  }

  /// A `sint64`, zigzag coded.
  @inlinable
  public mutating func sint64() throws -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A `bool`; every varint other than 0 is true.
  @inlinable
  public mutating func bool() throws -> Bool { try varint() != 0 }

  /// A `fixed32`.
  @inlinable
  public mutating func fixed32() throws -> UInt32 { try fixed(UInt32.self) }

  /// A `fixed64`.
  @inlinable
  public mutating func fixed64() throws -> UInt64 { try fixed(UInt64.self) }

  /// An `sfixed32`.
  @inlinable
  public mutating func sfixed32() throws -> Int32 { try fixed(Int32.self) }

  /// An `sfixed64`.
  @inlinable
  public mutating func sfixed64() throws -> Int64 { try fixed(Int64.self) }

  /// A `float`.
  @inlinable
  public mutating func float() throws -> Float { Float(bitPattern: try fixed(UInt32.self)) }

  /// A `double`.
  @inlinable
  public mutating func double() throws -> Double { Double(bitPattern: try fixed(UInt64.self)) }

  /// An enum; numbers without a name are kept.
  @inlinable
  public mutating func enumeration<Value: ProtobufEnum>() throws -> Value {
    Value(rawValue: try int32())
  }

  /// A `string`; throws `ProtobufError` when it is not valid UTF-8.
  @inlinable
  public mutating func string() throws -> String {
    let count = try length()
    let bytes = UnsafeRawBufferPointer(start: cursor, count: count)
    if count <= 15, let text = shortASCII(bytes) {
      cursor += count
      return text
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw error(.invalidUTF8) }
    cursor += count
    return text
  }

  /// A text of ASCII without the generic ways of validation, which take their types at run time.
  @inlinable
  func shortASCII(_ bytes: UnsafeRawBufferPointer) -> String? {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    guard all < 0x80 else { return nil }
    return String(unsafeUninitializedCapacity: bytes.count) { text in
      for position in 0..<bytes.count { text[position] = bytes[position] }
      return bytes.count
    }
  }

  /// A `bytes` value.
  @inlinable
  public mutating func bytes() throws -> [UInt8] {
    let count = try length()
    defer { cursor += count }
    return [UInt8](UnsafeRawBufferPointer(start: cursor, count: count))
  }

  /// Reads a message into one that may already have fields, as protobuf's merge rules ask.
  @inlinable
  public mutating func message<Message: ProtobufMessage>(into message: inout Message) throws {
    let outerEnd = end
    let count = try length()
    guard depth < Self.depthMax else { throw error(.tooDeep) }
    end = cursor + count
    depth += 1
    try message.merge(from: &self)
    depth -= 1
    end = outerEnd
  }

  /// Reads a message into an optional one, making it when there is none.
  @inlinable
  public mutating func message<Message: ProtobufMessage>(into message: inout Message?) throws {
    var value = message ?? Message()
    try self.message(into: &value)
    message = value
  }

  /// A message of its own, such as an element of a repeated field.
  @inlinable
  public mutating func message<Message: ProtobufMessage>() throws -> Message {
    var value = Message()
    try message(into: &value)
    return value
  }

  /// Reads one packed run of a repeated field and appends its values.
  @inlinable
  public mutating func packed<Value>(
    into values: inout [Value], _ read: (inout ProtobufReader) throws -> Value
  ) throws {
    let outerEnd = end
    let count = try length()
    end = cursor + count
    while cursor < end { values.append(try read(&self)) }
    end = outerEnd
  }

  /// Like `packed(into:_:)` for varints, with room for all values made in one step.
  @inlinable
  public mutating func packedVarints<Value>(
    into values: inout [Value], _ read: (inout ProtobufReader) throws -> Value
  ) throws {
    let before = cursor
    let count = try length()
    var valueCount = 0
    for byte in UnsafeRawBufferPointer(start: cursor, count: count) where byte < 0x80 {
      valueCount += 1
    }
    guard values.isEmpty, valueCount > 0 else {
      cursor = before
      return try packed(into: &values, read)
    }
    let outerEnd = end
    end = cursor + count
    // Each value ends with one of the bytes that were counted.
    values = [Value](repeating: try read(&self), count: valueCount)
    try values.withUnsafeMutableBufferPointer { values in
      for position in 1..<valueCount { values[position] = try read(&self) }
    }
    // What is left has no end.
    while cursor < end { values.append(try read(&self)) }
    end = outerEnd
  }

  /// The same for `int32`, of which most are one byte each: those are widened a dozen at a time.
  @inlinable
  public mutating func packedInt32(into values: inout [Int32]) throws {
    let before = cursor
    let count = try length()
    let run = UnsafeRawBufferPointer(start: cursor, count: count)
    var all: UInt8 = 0
    for byte in run { all |= byte }
    guard values.isEmpty, count > 0, all < 0x80 else {
      cursor = before
      return try packedVarints(into: &values) { try $0.int32() }
    }
    cursor += count
    // A copy of memory elsewhere is the one way of making an array that takes no type at run time.
    values = withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { wide in
      for position in 0..<count { wide.initializeElement(at: position, to: Int32(run[position])) }
      return Array(UnsafeBufferPointer(wide))
    }
  }

  /// Reads one entry of a map; a missing key or value is its type's default, the last key wins.
  @inlinable
  public mutating func mapEntry<Key: Hashable, Value>(
    into map: inout [Key: Value], default entry: (key: Key, value: Value),
    keyTag: UInt32, _ readKey: (inout ProtobufReader) throws -> Key,
    valueTag: UInt32, _ readValue: (inout ProtobufReader) throws -> Value
  ) throws {
    let outerEnd = end
    let count = try length()
    end = cursor + count
    var (key, value) = entry
    while let tag = try nextTag() {
      switch tag {
      case keyTag: key = try readKey(&self)
      case valueTag: value = try readValue(&self)
      default: try skip(tag: tag)
      }
    }
    map[key] = value
    end = outerEnd
  }
}
