/// An ordered list of header fields in one array of bytes.
///
/// A block of any number of fields costs one allocation and its copies none; strings are made only when
/// asked for. Positions are found from the front, which is fast for the dozen fields that a block has;
/// `forEachField` is for whoever looks at all of them.
public struct HTTP2Headers: Sendable {
  /// Of each field: its lengths as `HTTP2FieldLengths`, its name, its value.
  var bytes: [UInt8] = []

  /// The number of fields.
  public internal(set) var count = 0

  /// No fields.
  public init() {}

  /// The fields in the given order.
  public init(_ headers: [HTTP2Header]) {
    for header in headers { append(header.name, header.value) }
  }

  /// The size as SETTINGS_MAX_HEADER_LIST_SIZE counts it: names, values and 32 for each field.
  public var listBytes: Int { bytes.count + (32 - HTTP2FieldLengths.byteCount) * count }

  /// Makes room for fields and for the bytes of their names and values.
  ///
  /// A copy that is going to grow does so in one step.
  public mutating func reserveCapacity(fields fieldCount: Int, bytes byteCount: Int) {
    bytes.reserveCapacity(byteCount + HTTP2FieldLengths.byteCount * fieldCount)
  }

  /// Appends a field; the name must be in lower case.
  ///
  /// A field that is *never indexed* stays out of the tables of the header compression, here and at
  /// whoever forwards it (RFC 7541 section 6.2.3): right for secrets, and for values that do not come
  /// again and would push out of the tables what does.
  public mutating func append(_ name: String, _ value: String, isNeverIndexed: Bool = false) {
    name.withBytes { name in
      value.withBytes { append(name: name, value: $0, isNeverIndexed: isNeverIndexed) }
    }
  }

  /// Appends a field without making strings; the name must be in lower case.
  public mutating func append(_ name: StaticString, _ value: StaticString) {
    append(name: name.utf8Bytes, value: value.utf8Bytes)
  }

  /// Appends a field of a constant name.
  public mutating func append(_ name: StaticString, _ value: String) {
    value.withBytes { append(name: name.utf8Bytes, value: $0) }
  }

  /// Appends a copy of another block's field.
  public mutating func append(_ other: HTTP2Headers, at position: Int) {
    let field = other.field(at: position)
    other.bytes.withUnsafeBufferPointer { source in
      append(
        name: UnsafeBufferPointer(rebasing: source[field.name]),
        value: UnsafeBufferPointer(rebasing: source[field.value]),
        isNeverIndexed: field.lengths.isNeverIndexed)
    }
  }

  /// The field at a position, as strings; bytes that are no UTF-8 are replaced.
  public subscript(position: Int) -> HTTP2Header {
    HTTP2Header(name(at: position), value(at: position))
  }

  /// The name of the field at a position.
  public func name(at position: Int) -> String {
    String(decoding: nameBytes(at: position), as: UTF8.self)
  }

  /// The value of the field at a position; bytes that are no UTF-8 are replaced.
  public func value(at position: Int) -> String {
    String(decoding: valueBytes(at: position), as: UTF8.self)
  }

  /// The bytes of the name of the field at a position.
  public func nameBytes(at position: Int) -> ArraySlice<UInt8> { bytes[field(at: position).name] }

  /// The bytes of the value of the field at a position.
  public func valueBytes(at position: Int) -> ArraySlice<UInt8> {
    bytes[field(at: position).value]
  }

  /// Whether the field at a position is kept out of the tables of the header compression.
  public func isNeverIndexed(at position: Int) -> Bool {
    field(at: position).lengths.isNeverIndexed
  }

  /// Whether the field at a position has this value.
  public func isValue(_ value: StaticString, at position: Int) -> Bool {
    let range = field(at: position).value
    return bytes.withUnsafeBufferPointer {
      UnsafeBufferPointer(rebasing: $0[range]).equals(value)
    }
  }

  /// The position of the first field of this name.
  public func firstIndex(of name: StaticString) -> Int? {
    var position = 0
    var found: Int?
    walk { field, _, _ in
      if field.equals(name) {
        found = position
        return false
      }
      position += 1
      return true
    }
    return found
  }

  /// The value of the first field of this name.
  public func first(_ name: StaticString) -> String? {
    var found: String?
    walk { field, value, _ in
      guard field.equals(name) else { return true }
      found = String(decoding: value, as: UTF8.self)
      return false
    }
    return found
  }

  /// All fields as strings, in order.
  public var all: [HTTP2Header] {
    var fields: [HTTP2Header] = []
    fields.reserveCapacity(count)
    forEachField {
      fields.append(
        HTTP2Header(String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self)))
    }
    return fields
  }

  /// Calls `body` with the bytes of each field's name and value, in order, without copies.
  ///
  /// The buffers are valid during the call only.
  public func forEachField(
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    walk { name, value, _ in
      body(name, value)
      return true
    }
  }

  /// Whether both are the same memory, which says that they are equal and costs nothing.
  package func isSameMemory(as other: HTTP2Headers) -> Bool {
    bytes.withUnsafeBufferPointer { own in
      other.bytes.withUnsafeBufferPointer { $0.baseAddress == own.baseAddress }
    }
  }

  /// Calls `body` with each field until that returns false.
  @inline(__always)
  func walk(
    _ body: (
      _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>,
      _ lengths: HTTP2FieldLengths
    ) -> Bool
  ) {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      var place = base
      let end = base + bytes.count
      while place < end {
        let lengths = HTTP2FieldLengths(place)
        let name = (place + HTTP2FieldLengths.byteCount).assumingMemoryBound(to: UInt8.self)
        let value = name + lengths.name
        let goesOn = body(
          UnsafeBufferPointer(start: name, count: lengths.name),
          UnsafeBufferPointer(start: value, count: lengths.value), lengths)
        if !goesOn { return }
        place = UnsafeRawPointer(value + lengths.value)
      }
    }
  }

  mutating func append(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>,
    isNeverIndexed: Bool = false
  ) {
    let lengths = HTTP2FieldLengths(
      name: name.count, value: value.count, isNeverIndexed: isNeverIndexed)
    withUnsafeBytes(of: lengths) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: name)
    bytes.append(contentsOf: value)
    count += 1
  }

  private func field(
    at position: Int
  ) -> (lengths: HTTP2FieldLengths, name: Range<Int>, value: Range<Int>) {
    precondition(position >= 0 && position < count, "field \(position) of \(count)")
    return bytes.withUnsafeBytes { bytes in
      var start = 0
      for _ in 0..<position { start += HTTP2FieldLengths(bytes, at: start).fieldBytes }
      let lengths = HTTP2FieldLengths(bytes, at: start)
      let name = start + HTTP2FieldLengths.byteCount
      let value = name + lengths.name
      return (lengths, name..<value, value..<value + lengths.value)
    }
  }
}

extension String {
  /// The bytes of the text, which is not copied for them unless it is a foreign one.
  fileprivate func withBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    utf8.withContiguousStorageIfAvailable(body)
      ?? Array(utf8).withUnsafeBufferPointer(body)
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
