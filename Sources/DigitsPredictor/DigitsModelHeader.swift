/// The `key = value` lines between the magic line and the first blank line of a model file.
struct DigitsModelHeader {
  private struct Field {
    let key: String
    let value: String
    let line: Int
  }

  private var fields: [Field] = []

  /// The index of the first byte after the blank line.
  private(set) var end: Int

  init(parsing body: ArraySlice<UInt8>) throws(DigitsModelError) {
    end = body.startIndex
    var line = 0
    while true {
      line += 1
      guard let newline = body[end...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw DigitsModelError(
          code: .truncated, message: "line \(line): the header does not end with a blank line")
      }
      let bytes = body[end..<newline]
      end = newline + 1
      if bytes.isEmpty { return }
      if line > 1 { fields.append(try Self.field(bytes, line: line, after: fields)) }
    }
  }

  private static func field(
    _ bytes: ArraySlice<UInt8>, line: Int, after fields: [Field]
  ) throws(DigitsModelError) -> Field {
    func fault(_ message: String) -> DigitsModelError {
      DigitsModelError(code: .badHeader, message: "line \(line): \(message)")
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw fault("a header is printable ASCII")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let equals = text.firstIndex(of: "=") else {
      throw fault("expected “key = value”, found “\(text)”")
    }
    let key = trimmed(text[..<equals])
    if let earlier = fields.first(where: { $0.key == key }) {
      throw fault("“\(key)” was given before, on line \(earlier.line)")
    }
    return Field(key: key, value: trimmed(text[text.index(after: equals)...]), line: line)
  }

  /// The text of a field that must be there and not be empty.
  func text(_ key: String) throws(DigitsModelError) -> String {
    guard let field = fields.first(where: { $0.key == key }) else {
      throw DigitsModelError(code: .badHeader, message: "the header has no field “\(key)”")
    }
    guard !field.value.isEmpty else { throw fault(key, "no value") }
    return field.value
  }

  /// A whole number in a range.
  ///
  /// Throws when it is missing, unless there is a default.
  func integer(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) throws(DigitsModelError) -> Int {
    if let fallback, !fields.contains(where: { $0.key == key }) { return fallback }
    let value = try text(key)
    guard let number = Int(value), range.contains(number) else {
      let expected =
        range.lowerBound == range.upperBound
        ? "\(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw fault(key, "expected \(expected), found “\(value)”")
    }
    return number
  }

  /// Throws when there is a field whose meaning nobody knows.
  func refuseFields(otherThan known: [String]) throws(DigitsModelError) {
    for field in fields where !known.contains(field.key) {
      throw fault(field.key, "no such field in a model of this kind")
    }
  }

  /// An error about one field, with its line.
  func fault(_ key: String, _ message: String) -> DigitsModelError {
    let line = fields.first { $0.key == key }.map { "line \($0.line): " } ?? ""
    return DigitsModelError(code: .badHeader, message: "\(line)\(key): \(message)")
  }
}

/// Text without the spaces and tabs around it.
func trimmed(_ text: some StringProtocol) -> String {
  var utf8 = Substring(text).utf8[...]
  while let first = utf8.first, isBlank(first) { utf8.removeFirst() }
  while let last = utf8.last, isBlank(last) { utf8.removeLast() }
  return String(Substring(utf8))
}

private func isBlank(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}
