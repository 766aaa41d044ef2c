import YAML

/// Values of parameters.
struct Bindings {
  var values: [String: YAMLNode] = [:]

  init(_ pairs: [(String, YAMLNode)]) {
    for (name, value) in pairs { values[name] = value }
  }
}

extension Expander {
  /// A tree with the values of parameters in the place of `$(name)`.
  ///
  /// A text that is nothing but `$(name)` becomes the value, be it a list or a mapping; within a
  /// longer text the value must be a scalar.
  ///
  /// - Parameter except: Keys of the top level that stay as they are.
  func substitute(
    _ node: YAMLNode, _ bindings: Bindings, except: [String], _ file: String
  ) throws -> YAMLNode {
    var result = node
    switch node.value {
    case .scalar(let text, let quoted):
      if !text.utf8.contains(UInt8(ascii: "$")) { return node }
      return try substitute(text, quoted: quoted, in: node, bindings, file)
    case .sequence(let items):
      result.value = .sequence(
        try items.map { try substitute($0, bindings, except: [], file) })
    case .mapping(let pairs):
      result.value = .mapping(
        try pairs.map { key, value in
          if except.contains(key.text ?? "") { return (key: key, value: value) }
          return (
            key: try substitute(key, bindings, except: [], file),
            value: try substitute(value, bindings, except: [], file)
          )
        })
    }
    return result
  }

  private func substitute(
    _ text: String, quoted: Bool, in node: YAMLNode, _ bindings: Bindings, _ file: String
  ) throws -> YAMLNode {
    var result = ""
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      let after = rest.index(after: dollar)
      guard after < rest.endIndex, rest[after] == "(",
        let end = rest[after...].firstIndex(of: ")")
      else {
        result += rest[..<after]
        rest = rest[after...]
        continue
      }
      let name = String(rest[rest.index(after: after)..<end])
      guard var value = bindings.values[name] else {
        let names = bindings.values.keys.sorted()
        throw node.error(
          "there is no parameter \"\(name)\"\(Spelling.hint(name, names)); expected one of"
            + " \(names.joined(separator: ", "))", file: file)
      }
      let isAll = dollar == text.startIndex && rest.index(after: end) == text.endIndex
      if isAll {
        (value.line, value.column, value.file) = (node.line, node.column, node.file)
        return value
      }
      guard let part = value.text else {
        throw node.error(
          "the parameter \"\(name)\" is \(value.summary); expected a single value within a text",
          file: file)
      }
      result += rest[..<dollar] + part
      rest = rest[rest.index(after: end)...]
    }
    var filled = YAMLNode(
      .scalar(result + rest, quoted: quoted), line: node.line, column: node.column)
    filled.file = node.file
    return filled
  }
}
