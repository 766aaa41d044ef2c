/// What stands before a field's name and value in the memory of a block of headers.
struct HTTP2FieldLengths {
  private let nameAndFlag: UInt32
  private let valueCount: UInt32

  private static let neverIndexed: UInt32 = 1 << 31

  static let byteCount = MemoryLayout<HTTP2FieldLengths>.size

  init(name: Int, value: Int, isNeverIndexed: Bool) {
    nameAndFlag = UInt32(name) | (isNeverIndexed ? Self.neverIndexed : 0)
    valueCount = UInt32(value)
  }

  /// What was written at a place, of whatever alignment.
  init(_ place: UnsafeRawPointer) {
    self = place.loadUnaligned(as: HTTP2FieldLengths.self)
  }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    self = bytes.loadUnaligned(fromByteOffset: offset, as: HTTP2FieldLengths.self)
  }

  var name: Int { Int(nameAndFlag & ~Self.neverIndexed) }
  var value: Int { Int(valueCount) }
  var isNeverIndexed: Bool { nameAndFlag & Self.neverIndexed != 0 }

  /// How many bytes the field takes in all.
  var fieldBytes: Int { Self.byteCount + name + value }
}
