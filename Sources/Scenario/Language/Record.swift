import YAML

/// A mapping of a scenario file that has the keys of its shape, each with what may stand there.
///
/// Making one checks it; its values are then read by key, with the table's defaults. Every error
/// names file, line, column and what was expected.
struct Record {
  let shape: Shape
  let file: String
  let node: YAMLNode
  /// What the mapping is, of the shape's variants.
  let variant: Variant?
  /// Which word stands at the variant's key, if each has keys of its own.
  let kind: Variant.Kind?
  private let known: [Key]
  private let entries: [(key: YAMLNode, value: YAMLNode)]

  /// - Throws: `YAMLError` if the node is no mapping or does not have the shape.
  init(_ node: YAMLNode, _ shape: Shape, file: String) throws {
    guard let entries = node.mapping else {
      throw node.error("expected \(shape.title) as a mapping, found \(node.summary)", file: file)
    }
    self.shape = shape
    self.file = file
    self.node = node
    self.entries = entries
    variant = try Self.variant(node, shape, entries.compactMap { $0.key.text }, file)
    kind = try variant.flatMap { try Self.kind(node, $0, file) }
    var known = shape.keys
    if let variant { known += [variant.key] + variant.companions }
    if let kind { known += kind.companions }
    self.known = known
    try refuseUnknown()
    try refuseAlternatives()
    for key in known {
      if let value = present(key.name) {
        try key.type.check(value, key.name, file)
      } else if key.presence == .required {
        throw node.error("\(shape.title) needs the key \"\(key.name)\"", file: file)
      }
    }
  }

  private static func variant(
    _ node: YAMLNode, _ shape: Shape, _ keys: [String], _ file: String
  ) throws -> Variant? {
    if shape.variants.isEmpty { return nil }
    let found = shape.variants.filter { keys.contains($0.key.name) }
    guard let variant = found.first, found.count == 1 else {
      throw node.error(
        "\(shape.title) needs exactly one of the keys "
          + shape.variants.map(\.key.name).joined(separator: ", "), file: file)
    }
    return variant
  }

  private static func kind(
    _ node: YAMLNode, _ variant: Variant, _ file: String
  ) throws -> Variant.Kind? {
    guard !variant.kinds.isEmpty, let value = node[variant.key.name] else { return nil }
    let words = variant.kinds.map(\.word)
    if let kind = variant.kinds.first(where: { $0.word == value.text }) { return kind }
    throw value.error(
      "\(variant.key.name): expected one of \(words.joined(separator: ", ")), found"
        + " \(value.summary)\(Spelling.hint(value.text ?? "", words))", file: file)
  }

  private func refuseUnknown() throws {
    let names = known.map(\.name)
    for (key, _) in entries where !names.contains(key.text ?? "") {
      let text = key.text ?? ""
      throw key.error(
        "unknown key \"\(text)\" in \(shape.title)\(Spelling.hint(text, names)) Expected:"
          + " \(names.joined(separator: ", "))", file: file)
    }
  }

  private func refuseAlternatives() throws {
    for group in shape.alternatives where group.count(where: has) != 1 {
      throw node.error(
        "\(shape.title) needs exactly one of the keys \(group.joined(separator: ", "))",
        file: file)
    }
  }

  var location: SourceLocation { SourceLocation(node) }

  func error(_ message: String) -> YAMLError { node.error(message, file: file) }

  /// Whether the file says something at a key.
  func has(_ key: String) -> Bool { present(key) != nil }

  private func present(_ key: String) -> YAMLNode? {
    guard let value = entries.first(where: { $0.key.text == key })?.value else { return nil }
    return value.isNull ? nil : value
  }

  /// What stands at a key, or the default; nil if there is neither.
  func value(_ name: String) -> YAMLNode? {
    guard let key = known.first(where: { $0.name == name }) else {
      preconditionFailure("\(shape.title) has no key \(name)")
    }
    if let value = present(name) { return value }
    guard case .fallback(let text) = key.presence else { return nil }
    if text.hasPrefix("["), let list = try? YAMLDocument.parse(text) { return list }
    return YAMLNode(.scalar(text, quoted: false), line: node.line, column: node.column)
  }

  private func required(_ key: String) throws -> YAMLNode {
    guard let value = value(key) else {
      throw error("\(shape.title) needs the key \"\(key)\"")
    }
    return value
  }

  // MARK: Values

  func text(_ key: String) throws -> String { try Values.text(required(key), key, file) }

  func text(_ key: String, default fallback: String) throws -> String {
    try value(key).map { try Values.text($0, key, file) } ?? fallback
  }

  func textIfAny(_ key: String) throws -> String? {
    try value(key).map { try Values.text($0, key, file) }
  }

  func integer(_ key: String) throws -> Int {
    try Values.parsed(required(key), key, "a whole number", file) { $0.int }
  }

  func integerIfAny(_ key: String) throws -> Int? { has(key) ? try integer(key) : nil }

  func duration(_ key: String) throws -> Duration {
    try Values.scalar(required(key), key, .duration, file, Units.duration)
  }

  func durationIfAny(_ key: String) throws -> Duration? { has(key) ? try duration(key) : nil }

  func rate(_ key: String) throws -> Double {
    try Values.scalar(required(key), key, .rate, file, Units.ratePerSecond)
  }

  func share(_ key: String) throws -> Double {
    try Values.scalar(required(key), key, .share, file, Units.fraction)
  }

  func cpu(_ key: String) throws -> Int64 {
    try Values.scalar(required(key), key, .cpu, file, Units.cpuMilli)
  }

  func bytes(_ key: String) throws -> Int64 {
    try Values.scalar(required(key), key, .memory, file, Units.bytes)
  }

  func moment(_ key: String) throws -> Moment { try MomentReader(file: file).moment(required(key)) }

  func momentIfAny(_ key: String) throws -> Moment? {
    try value(key).map(MomentReader(file: file).moment)
  }

  func condition(_ key: String) throws -> Condition {
    try MomentReader(file: file).condition(required(key))
  }

  func service(_ key: String) throws -> ServiceReference {
    try MomentReader(file: file).serviceReference(required(key))
  }

  /// A file's path, as seen from where the program runs.
  func path(_ key: String) throws -> String { try Values.path(required(key), key, file) }

  func list(_ key: String) -> [YAMLNode] { value(key)?.sequence ?? [] }

  func names(_ key: String) -> [(key: YAMLNode, value: YAMLNode)] { value(key)?.mapping ?? [] }

  /// The mapping at a key; an empty one where there is none.
  func record(_ key: String, _ shape: Shape) throws -> Record {
    let empty = YAMLNode(.mapping([]), line: node.line, column: node.column)
    return try Record(value(key) ?? empty, shape, file: file)
  }

  func records(_ key: String, _ shape: Shape) throws -> [Record] {
    try list(key).map { try Record($0, shape, file: file) }
  }
}

extension SourceLocation {
  init(_ node: YAMLNode) { self.init(line: node.line, column: node.column, file: node.file) }
}
