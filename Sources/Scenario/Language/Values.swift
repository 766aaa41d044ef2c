import YAML

/// Reads single values, with errors that name the place and what was expected.
enum Values {
  static func text(_ node: YAMLNode, _ key: String, _ file: String) throws -> String {
    guard let text = node.text, !text.isEmpty else {
      throw node.error("\(key): expected text, found \(node.summary)", file: file)
    }
    return text
  }

  static func scalar<Value>(
    _ node: YAMLNode, _ key: String, _ type: KeyType, _ file: String, _ parse: (String) -> Value?
  ) throws -> Value {
    try parsed(node, key, type.expected, file) { $0.text.flatMap(parse) }
  }

  static func parsed<Value>(
    _ node: YAMLNode, _ key: String, _ expected: String, _ file: String,
    _ parse: (YAMLNode) -> Value?
  ) throws -> Value {
    guard let value = parse(node) else {
      throw node.error("\(key): expected \(expected), found \(node.summary)", file: file)
    }
    return value
  }

  /// A path, resolved against the folder of the file that names it.
  static func path(_ node: YAMLNode, _ key: String, _ file: String) throws -> String {
    resolve(try text(node, key, file), from: node.file ?? file)
  }

  /// `a/b.yaml` and `../c.csv` make `a/../c.csv`.
  static func resolve(_ path: String, from file: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}

extension KeyType {
  /// Refuses what may not stand at a key of this type.
  func check(_ node: YAMLNode, _ key: String, _ file: String) throws {
    switch self {
    case .text, .file: _ = try Values.text(node, key, file)
    case .integer(let range):
      _ = try Values.parsed(node, key, expected, file) { node in
        node.int.flatMap { range.contains($0) ? $0 : nil }
      }
    case .boolean: _ = try Values.parsed(node, key, expected, file) { $0.bool }
    case .duration: _ = try Values.scalar(node, key, self, file, Units.duration)
    case .rate: _ = try Values.scalar(node, key, self, file, Units.ratePerSecond)
    case .cpu: _ = try Values.scalar(node, key, self, file, Units.cpuMilli)
    case .memory: _ = try Values.scalar(node, key, self, file, Units.bytes)
    case .share: _ = try Values.scalar(node, key, self, file, Units.fraction)
    case .countOrShare: _ = try Values.scalar(node, key, self, file, Units.countOrShare)
    case .moment: _ = try MomentReader(file: file).moment(node)
    case .condition: _ = try MomentReader(file: file).condition(node)
    case .measure: _ = try MomentReader(file: file).measure(node)
    case .service: _ = try MomentReader(file: file).serviceReference(node)
    case .choice(let words):
      _ = try Values.scalar(node, key, self, file) { words.contains($0) ? $0 : nil }
    case .list(let element, let mayBeEmpty):
      guard let items = node.sequence, mayBeEmpty || !items.isEmpty else {
        throw node.error("\(key): expected \(expected), found \(node.summary)", file: file)
      }
      for item in items { try element.check(item, key, file) }
    case .names(let value, _):
      guard let entries = node.mapping, !entries.isEmpty else {
        throw node.error("\(key): expected \(expected), found \(node.summary)", file: file)
      }
      for entry in entries { try value.check(entry.value, key, file) }
    case .shape(let shape): _ = try Record(node, shape, file: file)
    case .either(let types): try check(node, key, file, oneOf: types)
    case .anything: break
    }
  }

  private func check(
    _ node: YAMLNode, _ key: String, _ file: String, oneOf types: [KeyType]
  ) throws {
    let fitting = types.filter { $0.isWritten(like: node) }
    guard let type = fitting.first, fitting.count == 1 else {
      throw node.error("\(key): expected \(expected), found \(node.summary)", file: file)
    }
    if case .shape = type { return try type.check(node, key, file) }
    if case .list = type { return try type.check(node, key, file) }
    do { try type.check(node, key, file) } catch {
      // The other ways to write it are worth a word, too.
      throw node.error("\(key): expected \(expected), found \(node.summary)", file: file)
    }
  }

  /// Whether a node is a scalar, a list or a mapping, as a value of this type is.
  private func isWritten(like node: YAMLNode) -> Bool {
    switch (self, node.value) {
    case (.shape, .mapping), (.names, .mapping), (.list, .sequence): true
    case (.shape, _), (.names, _), (.list, _): false
    case (_, .scalar): true
    case (_, _): false
    }
  }
}
