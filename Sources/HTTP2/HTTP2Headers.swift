/// One header field, its name in lower case.
public struct HTTP2Header: Hashable, Sendable {
  /// The name; pseudo-headers begin with a colon.
  public var name: String
  /// The value.
  public var value: String

  /// A field of a name, in lower case, and a value.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// An ordered list of header fields in one buffer of bytes.
///
/// A block of any number of fields costs two allocations; strings are made only when asked for.
public struct HTTP2Headers: Sendable {
  struct Field: Sendable {
    var nameStart: Int32
    var nameEnd: Int32
    var valueEnd: Int32
  }

  var bytes: [UInt8] = []
  var fields: [Field] = []

  /// No fields.
  public init() {}

  /// The fields in the given order.
  public init(_ headers: [HTTP2Header]) {
    for header in headers { append(header.name, header.value) }
  }

  /// The number of fields.
  public var count: Int { fields.count }

  /// The size as SETTINGS_MAX_HEADER_LIST_SIZE counts it: names, values and 32 for each field.
  public var listBytes: Int { bytes.count + 32 * fields.count }

  /// Makes room for fields and for the bytes of their names and values.
  public mutating func reserveCapacity(fields fieldCount: Int, bytes byteCount: Int) {
    fields.reserveCapacity(fieldCount)
    bytes.reserveCapacity(byteCount)
  }

  /// Appends a field; the name must be in lower case.
  public mutating func append(_ name: String, _ value: String) {
    let start = Int32(bytes.count)
    bytes.append(contentsOf: name.utf8)
    let middle = Int32(bytes.count)
    bytes.append(contentsOf: value.utf8)
    fields.append(Field(nameStart: start, nameEnd: middle, valueEnd: Int32(bytes.count)))
  }

  /// Appends a field without making strings; the name must be in lower case.
  public mutating func append(_ name: StaticString, _ value: StaticString) {
    append(
      name: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount),
      value: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  /// Appends a field of a constant name.
  public mutating func append(_ name: StaticString, _ value: String) {
    let start = Int32(bytes.count)
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    let middle = Int32(bytes.count)
    bytes.append(contentsOf: value.utf8)
    fields.append(Field(nameStart: start, nameEnd: middle, valueEnd: Int32(bytes.count)))
  }

  /// Appends a copy of another block's field.
  public mutating func append(_ other: HTTP2Headers, at position: Int) {
    let field = other.fields[position]
    other.bytes.withUnsafeBufferPointer { source in
      append(
        name: UnsafeBufferPointer(
          rebasing: source[Int(field.nameStart)..<Int(field.nameEnd)]),
        value: UnsafeBufferPointer(
          rebasing: source[Int(field.nameEnd)..<Int(field.valueEnd)]))
    }
  }

  /// The field at a position, as strings; bytes that are no UTF-8 are replaced.
  public subscript(position: Int) -> HTTP2Header {
    HTTP2Header(name(at: position), value(at: position))
  }

  /// The name of the field at a position.
  public func name(at position: Int) -> String {
    let field = fields[position]
    return String(decoding: bytes[Int(field.nameStart)..<Int(field.nameEnd)], as: UTF8.self)
  }

  /// The value of the field at a position; bytes that are no UTF-8 are replaced.
  public func value(at position: Int) -> String {
    String(decoding: valueBytes(at: position), as: UTF8.self)
  }

  /// The bytes of the name of the field at a position.
  public func nameBytes(at position: Int) -> ArraySlice<UInt8> {
    let field = fields[position]
    return bytes[Int(field.nameStart)..<Int(field.nameEnd)]
  }

  /// The bytes of the value of the field at a position.
  public func valueBytes(at position: Int) -> ArraySlice<UInt8> {
    let field = fields[position]
    return bytes[Int(field.nameEnd)..<Int(field.valueEnd)]
  }

  /// Whether the field at a position has this name.
  public func isName(_ name: StaticString, at position: Int) -> Bool {
    let field = fields[position]
    return equals(name, from: Int(field.nameStart), to: Int(field.nameEnd))
  }

  /// Whether the name of the field at a position begins with this.
  public func hasNamePrefix(_ prefix: StaticString, at position: Int) -> Bool {
    let start = Int(fields[position].nameStart)
    let end = start + prefix.utf8CodeUnitCount
    return end <= fields[position].nameEnd && equals(prefix, from: start, to: end)
  }

  /// Whether the field at a position has this value.
  public func isValue(_ value: StaticString, at position: Int) -> Bool {
    let field = fields[position]
    return equals(value, from: Int(field.nameEnd), to: Int(field.valueEnd))
  }

  /// The position of the first field of this name.
  public func firstIndex(of name: StaticString) -> Int? {
    for position in 0..<fields.count where isName(name, at: position) { return position }
    return nil
  }

  /// The value of the first field of this name.
  public func first(_ name: StaticString) -> String? {
    firstIndex(of: name).map { value(at: $0) }
  }

  /// All fields as strings, in order.
  public var all: [HTTP2Header] { (0..<count).map { self[$0] } }

  /// Calls `body` with the bytes of each field's name and value, in order, without copies.
  ///
  /// The buffers are valid during the call only.
  public func forEachField(
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    bytes.withUnsafeBufferPointer { bytes in
      fields.withUnsafeBufferPointer { fields in
        for field in fields {
          body(
            UnsafeBufferPointer(
              rebasing: bytes[Int(field.nameStart)..<Int(field.nameEnd)]),
            UnsafeBufferPointer(
              rebasing: bytes[Int(field.nameEnd)..<Int(field.valueEnd)]))
        }
      }
    }
  }

  mutating func append(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
    let start = Int32(bytes.count)
    bytes.append(contentsOf: name)
    let middle = Int32(bytes.count)
    bytes.append(contentsOf: value)
    fields.append(Field(nameStart: start, nameEnd: middle, valueEnd: Int32(bytes.count)))
  }

  private func equals(_ text: StaticString, from start: Int, to end: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard end - start == length else { return false }
    let expected = text.utf8Start
    return bytes.withUnsafeBufferPointer { buffer in
      for offset in 0..<length where buffer[start + offset] != expected[offset] { return false }
      return true
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are those of a constant text.
  public func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let expected = text.utf8Start
    for offset in 0..<count where self[offset] != expected[offset] { return false }
    return true
  }
}

extension HTTP2Headers: Equatable {
  /// Whether both have the same fields in the same order.
  public static func == (left: HTTP2Headers, right: HTTP2Headers) -> Bool {
    left.all == right.all
  }
}

extension HTTP2Headers: ExpressibleByDictionaryLiteral {
  /// The fields in the order of the literal.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { append(name, value) }
  }
}
