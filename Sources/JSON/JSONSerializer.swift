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
    return serializer.writer.bytes
  }
}

/// Writes trees of values.
private struct JSONSerializer {
  let format: JSONFormat
  var writer = JSONWriter()

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: writer.raw("null")
    case .bool(let value): writer.raw(value ? "true" : "false")
    case .integer(let value): writer.integer(value)
    case .number(let value): writer.number(value)
    case .string(let value): writer.string(value)
    case .array(let elements): write(elements, depth: depth)
    case .object(let object): write(object, depth: depth)
    }
  }

  private mutating func write(_ elements: [JSONValue], depth: Int) {
    if elements.isEmpty { return writer.raw("[]") }
    writer.raw(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { writer.raw(UInt8(ascii: ",")) }
      newLine(depth + 1)
      write(element, depth: depth + 1)
    }
    newLine(depth)
    writer.raw(UInt8(ascii: "]"))
  }

  private mutating func write(_ object: JSONObject, depth: Int) {
    if object.isEmpty { return writer.raw("{}") }
    writer.raw(UInt8(ascii: "{"))
    let order =
      format.sortsKeys
      ? object.indices.sorted { object[$0].key < object[$1].key } : Array(object.indices)
    for (index, position) in order.enumerated() {
      let (key, value) = object[position]
      if index > 0 { writer.raw(UInt8(ascii: ",")) }
      newLine(depth + 1)
      writer.string(key)
      writer.raw(format.isPretty ? ": " : ":")
      write(value, depth: depth + 1)
    }
    newLine(depth)
    writer.raw(UInt8(ascii: "}"))
  }

  private mutating func newLine(_ depth: Int) {
    guard format.isPretty else { return }
    writer.raw("\n")
    for _ in 0..<depth { writer.raw("  ") }
  }
}
