/// How many bytes a value takes on the wire, without its tag, by its protobuf type.
public enum ProtobufSize {
  /// A varint: seven bits a byte.
  ///
  /// Example: 127 takes one byte, 128 takes two.
  @inlinable
  public static func varint(_ value: UInt64) -> Int {
    let bits = 64 - (value | 1).leadingZeroBitCount
    return (bits + 6) / 7
  }

  /// A field's tag.
  @inlinable
  public static func tag(_ tag: UInt32) -> Int { varint(UInt64(tag)) }

  /// A value with its length before it.
  @inlinable
  public static func lengthDelimited(_ count: Int) -> Int { varint(UInt64(count)) + count }

  /// An `int32`; negative ones take ten bytes.
  @inlinable
  public static func int32(_ value: Int32) -> Int { varint(UInt64(bitPattern: Int64(value))) }

  /// An `int64`.
  @inlinable
  public static func int64(_ value: Int64) -> Int { varint(UInt64(bitPattern: value)) }

  /// A `uint32`.
  @inlinable
  public static func uint32(_ value: UInt32) -> Int { varint(UInt64(value)) }

  /// A `uint64`.
  @inlinable
  public static func uint64(_ value: UInt64) -> Int { varint(value) }

  /// A `sint32`.
  @inlinable
  public static func sint32(_ value: Int32) -> Int {
    varint(UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))))
  }

  /// A `sint64`.
  @inlinable
  public static func sint64(_ value: Int64) -> Int {
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// A `bool`.
  @inlinable
  public static func bool(_ value: Bool) -> Int { 1 }

  /// A `fixed32`.
  @inlinable
  public static func fixed32(_ value: UInt32) -> Int { 4 }

  /// A `fixed64`.
  @inlinable
  public static func fixed64(_ value: UInt64) -> Int { 8 }

  /// An `sfixed32`.
  @inlinable
  public static func sfixed32(_ value: Int32) -> Int { 4 }

  /// An `sfixed64`.
  @inlinable
  public static func sfixed64(_ value: Int64) -> Int { 8 }

  /// A `float`.
  @inlinable
  public static func float(_ value: Float) -> Int { 4 }

  /// A `double`.
  @inlinable
  public static func double(_ value: Double) -> Int { 8 }

  /// An enum.
  @inlinable
  public static func enumeration(_ value: some ProtobufEnum) -> Int { int32(value.rawValue) }

  /// A `string` with its length.
  @inlinable
  public static func string(_ value: String) -> Int { lengthDelimited(value.utf8.count) }

  /// A `bytes` value with its length.
  @inlinable
  public static func bytes(_ value: [UInt8]) -> Int { lengthDelimited(value.count) }

  /// A message with its length.
  @inlinable
  public static func message(_ value: some ProtobufMessage) -> Int {
    lengthDelimited(value.protobufByteCount)
  }

  /// The values of a packed run, without its length.
  @inlinable
  public static func sum<Value>(_ values: [Value], _ size: (Value) -> Int) -> Int {
    var total = 0
    for value in values { total += size(value) }
    return total
  }
}
