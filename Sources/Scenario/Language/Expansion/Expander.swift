import YAML

/// Makes of a file with includes, templates and parameters the scenarios that it stands for.
struct Expander {
  /// How deep files may include each other.
  static let includeDepthMax = 10
  /// How many runs a matrix may have.
  static let variantsMax = 1000

  let file: String
  let readFile: (String) -> [UInt8]?

  /// One run of a matrix.
  struct Variant {
    /// The values of the matrix's parameters, in the order of the file.
    var parameters: [(name: String, value: String)]
    /// The scenario, with nothing left to put in.
    var node: YAMLNode
  }

  /// Keys that are used up here, and are not part of the scenario that remains.
  private static let ownKeys = ["include", "parameters", "for", "templates", "use"]

  func variants(of root: YAMLNode) throws -> [Variant] {
    guard root.mapping != nil else {
      throw root.error("expected a scenario as a mapping, found \(root.summary)", file: file)
    }
    for key in Shape.scenario.keys where Self.ownKeys.contains(key.name) {
      if let value = root[key.name], !value.isNull { try key.type.check(value, key.name, file) }
    }
    return try combinations(of: root["for"]).map { combination in
      var bindings = Bindings(parameters(of: root))
      for (name, value) in combination { bindings.values[name] = value }
      return Variant(
        parameters: combination.map { (name: $0.0, value: $0.1.text ?? $0.1.summary) },
        node: try expand(root, bindings, depth: 0, of: file))
    }
  }

  private func parameters(of node: YAMLNode) -> [(String, YAMLNode)] {
    (node["parameters"]?.mapping ?? []).map { ($0.key.text ?? "", $0.value) }
  }

  /// Every combination of the lists' values, the first list's slowest; one empty one without lists.
  private func combinations(of lists: YAMLNode?) throws -> [[(String, YAMLNode)]] {
    var all: [[(String, YAMLNode)]] = [[]]
    for (key, list) in lists?.mapping ?? [] {
      let values = list.sequence ?? []
      if all.count * values.count > Self.variantsMax {
        throw key.error("for: expected at most \(Self.variantsMax) runs", file: file)
      }
      all = all.flatMap { combination in
        values.map { combination + [(key.text ?? "", $0)] }
      }
    }
    return all
  }

  /// Puts in parameters, then files, then templates.
  private func expand(
    _ root: YAMLNode, _ bindings: Bindings, depth: Int, of file: String
  ) throws -> YAMLNode {
    // A template's body has parameters of its own, and waits.
    let filled = try substitute(root, bindings, except: ["templates", "parameters", "for"], file)
    var own = Fragment(filled)
    var merged = Fragment(filled.emptied)
    for item in filled["include"]?.sequence ?? [] {
      merged.append(try include(item, depth: depth + 1, from: file))
    }
    var templates = merged.entries["templates"]?.mapping ?? []
    for entry in own.entries["templates"]?.mapping ?? [] {
      templates.removeAll { $0.key.text == entry.key.text }
      templates.append(entry)
    }
    for item in filled["use"]?.sequence ?? [] {
      merged.append(try use(item, templates, bindings, file))
    }
    // The names that the file itself defines have been merged above.
    own.entries["templates"] = nil
    merged.entries["templates"] = nil
    merged.append(own.node)
    for key in Self.ownKeys { merged.entries[key] = nil }
    if depth > 0, !templates.isEmpty {
      merged.entries["templates"] = YAMLNode(
        .mapping(templates), line: root.line, column: root.column)
    }
    return merged.node
  }

  private func include(_ item: YAMLNode, depth: Int, from file: String) throws -> YAMLNode {
    if depth > Self.includeDepthMax {
      throw item.error(
        "include: files include each other more than \(Self.includeDepthMax) deep", file: file)
    }
    var given: [(key: YAMLNode, value: YAMLNode)] = []
    var pathNode = item
    if item.mapping != nil {
      let record = try Record(item, .include, file: file)
      given = record.names("with")
      if let node = record.value("file") { pathNode = node }
    }
    let path = try Values.path(pathNode, "include", file)
    guard let bytes = readFile(path) else {
      throw pathNode.error(
        "include: there is no file \(path); expected a path relative to the file that names it",
        file: file)
    }
    let root = try YAMLDocument.parse(bytes: bytes, file: path).marked(path)
    guard root.mapping != nil else {
      throw root.error(
        "expected a part of a scenario as a mapping, found \(root.summary)", file: path)
    }
    try checkFragment(root, path)
    let bindings = try bind(given, to: parameters(of: root), "the file \(path)", item, file)
    return try expand(root, bindings, depth: depth, of: path)
  }

  /// Refuses keys that no part of a scenario has; their values are checked when all is together.
  private func checkFragment(_ node: YAMLNode, _ file: String) throws {
    let names = Shape.fragment.keys.map(\.name)
    for (key, value) in node.mapping ?? [] {
      let text = key.text ?? ""
      guard let known = Shape.fragment.keys.first(where: { $0.name == text }) else {
        throw key.error(
          "unknown key \"\(text)\" in \(Shape.fragment.title)\(Spelling.hint(text, names)) Expected:"
            + " \(names.joined(separator: ", "))", file: file)
      }
      if Self.ownKeys.contains(text), !value.isNull { try known.type.check(value, text, file) }
    }
  }

  private func use(
    _ item: YAMLNode, _ templates: [(key: YAMLNode, value: YAMLNode)], _ outer: Bindings,
    _ file: String
  ) throws -> YAMLNode {
    var name = item.text ?? ""
    var given: [(key: YAMLNode, value: YAMLNode)] = []
    if item.mapping != nil {
      let record = try Record(item, .use, file: file)
      name = try record.text("template")
      given = record.names("with")
    }
    guard let template = templates.first(where: { $0.key.text == name })?.value else {
      let names = templates.compactMap(\.key.text)
      throw item.error(
        "use: there is no template \"\(name)\"\(Spelling.hint(name, names)); expected one of"
          + " \(names.joined(separator: ", "))", file: file)
    }
    let record = try Record(template, .template, file: file)
    guard let body = record.value("body"), body.mapping != nil else {
      throw record.error("body: expected a part of a scenario as a mapping")
    }
    try checkFragment(body, file)
    if let nested = (body.mapping ?? []).first(where: { Self.ownKeys.contains($0.key.text ?? "") })
    {
      throw nested.key.error(
        "a template's body cannot have the key \"\(nested.key.text ?? "")\"; expected keys such as"
          + " timeline and expect", file: file)
    }
    var bindings = outer
    let own = try bind(
      given, to: record.names("parameters").map { ($0.key.text ?? "", $0.value) },
      "the template \"\(name)\"", item, file)
    for (name, value) in own.values { bindings.values[name] = value }
    return try substitute(body, bindings, except: [], file)
  }

  /// Values for declared parameters: the given ones, else the defaults.
  private func bind(
    _ given: [(key: YAMLNode, value: YAMLNode)], to declared: [(String, YAMLNode)],
    _ what: String, _ item: YAMLNode, _ file: String
  ) throws -> Bindings {
    var bindings = Bindings(declared.filter { !$0.1.isNull })
    let names = declared.map(\.0)
    for (key, value) in given {
      let name = key.text ?? ""
      guard names.contains(name) else {
        throw key.error(
          "\(what) has no parameter \"\(name)\"\(Spelling.hint(name, names)); expected one of"
            + " \(names.joined(separator: ", "))", file: file)
      }
      bindings.values[name] = value
    }
    if let missing = names.first(where: { bindings.values[$0] == nil }) {
      throw item.error("\(what) needs a value for its parameter \"\(missing)\"", file: file)
    }
    return bindings
  }
}
