/// How a JSON text is laid out.
public struct JSONFormat: Sendable {
  /// Whether members stand on lines of their own, indented by two spaces.
  public var isPretty: Bool
  /// Whether the names of every object are sorted.
  public var sortsKeys: Bool

  /// Makes a format.
  public init(isPretty: Bool = false, sortsKeys: Bool = false) {
    self.isPretty = isPretty
    self.sortsKeys = sortsKeys
  }

  /// No space, members in their order.
  public static let compact = JSONFormat()
  /// Indented, members in their order.
  public static let pretty = JSONFormat(isPretty: true)
  /// No space, names sorted: equal values give equal text.
  public static let canonical = JSONFormat(sortsKeys: true)
}

extension JSONValue {
  /// The value as JSON text.
  ///
  /// Numbers that JSON has no text for (infinite, NaN) become `null`.
  public func text(_ format: JSONFormat = .compact) -> String {
    String(decoding: bytes(format), as: UTF8.self)
  }

  /// The value as UTF-8 bytes of JSON text.
  public func bytes(_ format: JSONFormat = .compact) -> [UInt8] {
    var serializer = JSONSerializer(format: format)
    serializer.write(self, depth: 0)
    return serializer.output
  }
}

/// Appends values to a byte buffer.
private struct JSONSerializer {
  let format: JSONFormat
  var output: [UInt8] = []

  init(format: JSONFormat) { self.format = format }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): output.append(contentsOf: String(value).utf8)
    case .number(let value):
      if value.isFinite {
        output.append(contentsOf: value.description.utf8)
      } else {
        append("null")
      }
    case .string(let value): write(value)
    case .array(let elements): write(elements, depth: depth)
    case .object(let object): write(object, depth: depth)
    }
  }

  private mutating func write(_ elements: [JSONValue], depth: Int) {
    if elements.isEmpty { return append("[]") }
    output.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      newLine(depth + 1)
      write(element, depth: depth + 1)
    }
    newLine(depth)
    output.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ object: JSONObject, depth: Int) {
    if object.isEmpty { return append("{}") }
    output.append(UInt8(ascii: "{"))
    let order =
      format.sortsKeys
      ? object.indices.sorted { object[$0].key < object[$1].key } : Array(object.indices)
    for (index, position) in order.enumerated() {
      let (key, value) = object[position]
      if index > 0 { output.append(UInt8(ascii: ",")) }
      newLine(depth + 1)
      write(key)
      append(format.isPretty ? ": " : ":")
      write(value, depth: depth + 1)
    }
    newLine(depth)
    output.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20:
        append("\\u00")
        output.append(hexadecimal(byte >> 4))
        output.append(hexadecimal(byte & 0xF))
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }

  private mutating func newLine(_ depth: Int) {
    guard format.isPretty else { return }
    output.append(0x0A)
    for _ in 0..<depth { append("  ") }
  }

  private mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { output.append(contentsOf: $0) }
  }
}
