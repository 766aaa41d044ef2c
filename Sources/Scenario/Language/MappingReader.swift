import YAML

/// Reads a YAML mapping key by key, and knows which keys were never asked for.
///
/// Every error names file, line, column and what was expected.
struct MappingReader {
  let file: String
  let node: YAMLNode
  /// What the mapping is, for messages, such as `a service`.
  let what: String
  private var entries: [(key: YAMLNode, value: YAMLNode)]
  private var asked: [String] = []

  init(_ node: YAMLNode, _ what: String, file: String) throws {
    guard let entries = node.mapping else {
      throw node.error("expected \(what) as a mapping, found \(node.summary)", file: file)
    }
    self.file = file
    self.node = node
    self.what = what
    self.entries = entries
  }

  var location: SourceLocation { SourceLocation(line: node.line, column: node.column) }

  func error(_ message: String) -> YAMLError { node.error(message, file: file) }

  /// The keys that the mapping has, in order.
  var keys: [String] { entries.compactMap { $0.key.text } }

  mutating func optional(_ key: String) -> YAMLNode? {
    asked.append(key)
    guard let value = entries.first(where: { $0.key.text == key })?.value else { return nil }
    return value.isNull ? nil : value
  }

  mutating func required(_ key: String) throws -> YAMLNode {
    guard let value = optional(key) else {
      throw error("\(what) needs the key \"\(key)\"")
    }
    return value
  }

  mutating func text(_ key: String) throws -> String { try Self.text(required(key), key, file) }

  mutating func text(_ key: String, default fallback: String) throws -> String {
    try optional(key).map { try Self.text($0, key, file) } ?? fallback
  }

  mutating func duration(_ key: String, default fallback: Duration) throws -> Duration {
    try optional(key).map { try Self.duration($0, key, file) } ?? fallback
  }

  mutating func duration(_ key: String) throws -> Duration {
    try Self.duration(required(key), key, file)
  }

  mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) throws -> Int {
    guard let value = optional(key) else {
      if let fallback { return fallback }
      throw error("\(what) needs the key \"\(key)\"")
    }
    guard let number = value.int, range.contains(number) else {
      throw value.error(
        "\(key): expected a whole number from \(range.lowerBound) to \(range.upperBound), found"
          + " \(value.summary)", file: file)
    }
    return number
  }

  /// A value with a unit.
  mutating func quantity<Value>(
    _ key: String, _ expected: String, default fallback: Value? = nil,
    _ parse: (String) -> Value?
  ) throws -> Value {
    guard let value = optional(key) else {
      if let fallback { return fallback }
      throw error("\(what) needs the key \"\(key)\"")
    }
    guard let text = value.text, let result = parse(text) else {
      throw value.error("\(key): expected \(expected), found \(value.summary)", file: file)
    }
    return result
  }

  mutating func sequence(_ key: String) throws -> [YAMLNode] {
    guard let value = optional(key) else { return [] }
    guard let items = value.sequence else {
      throw value.error("\(key): expected a list, found \(value.summary)", file: file)
    }
    return items
  }

  /// Refuses keys that were never asked for.
  func finish() throws {
    for (key, _) in entries {
      guard let name = key.text, asked.contains(name) else {
        let near = Self.nearest(key.text ?? "", asked)
        let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
        throw key.error(
          "unknown key \"\(key.text ?? "")\" in \(what)\(hint) Expected: \(asked.joined(separator: ", "))",
          file: file)
      }
    }
  }

  static func text(_ value: YAMLNode, _ key: String, _ file: String) throws -> String {
    guard let text = value.text, !text.isEmpty else {
      throw value.error("\(key): expected text, found \(value.summary)", file: file)
    }
    return text
  }

  static func duration(_ value: YAMLNode, _ key: String, _ file: String) throws -> Duration {
    guard let text = value.text, let duration = Units.duration(text) else {
      throw value.error(
        "\(key): expected a duration with a unit such as 90s, 250ms or 1m30s, found"
          + " \(value.summary)", file: file)
    }
    return duration
  }

  /// The known word that is nearest to a misspelt one, if any is near.
  static func nearest(_ word: String, _ known: [String]) -> String? {
    let ranked = known.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.count / 3) else {
      return nil
    }
    return best.0
  }

  /// Levenshtein's distance.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[right.count]
  }
}
