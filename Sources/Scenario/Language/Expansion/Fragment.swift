import YAML

/// Top-level keys of a scenario or of a part of one, as they are put together.
struct Fragment {
  private var order: [String] = []
  private var keys: [String: YAMLNode] = [:]
  private let line: Int
  private let column: Int
  private let file: String?
  /// The values by key.
  var entries: [String: YAMLNode] = [:]

  init(_ node: YAMLNode) {
    line = node.line
    column = node.column
    file = node.file
    append(node)
  }

  /// Puts another part behind: lists are joined, of everything else the newer counts.
  mutating func append(_ other: YAMLNode) {
    for (key, value) in other.mapping ?? [] {
      let name = key.text ?? ""
      if !order.contains(name) { order.append(name) }
      keys[name] = key
      if let old = entries[name]?.sequence, let new = value.sequence {
        entries[name] = YAMLNode(.sequence(old + new), line: value.line, column: value.column)
        entries[name]?.file = value.file
      } else if let old = entries[name]?.mapping, let new = value.mapping {
        let kept = old.filter { pair in !new.contains { $0.key.text == pair.key.text } }
        entries[name] = YAMLNode(.mapping(kept + new), line: value.line, column: value.column)
        entries[name]?.file = value.file
      } else {
        entries[name] = value
      }
    }
  }

  /// The whole, in the order in which its keys first came.
  var node: YAMLNode {
    var node = YAMLNode(
      .mapping(
        order.compactMap { name in
          guard let key = keys[name], let value = entries[name] else { return nil }
          return (key: key, value: value)
        }), line: line, column: column)
    node.file = file
    return node
  }
}

extension YAMLNode {
  /// The same place without what is there.
  var emptied: YAMLNode {
    var node = YAMLNode(.mapping([]), line: line, column: column)
    node.file = file
    return node
  }

  /// The tree, with each node saying in which file it was written.
  func marked(_ file: String) -> YAMLNode {
    var node = self
    node.file = file
    switch value {
    case .scalar: break
    case .sequence(let items): node.value = .sequence(items.map { $0.marked(file) })
    case .mapping(let pairs):
      node.value = .mapping(
        pairs.map { (key: $0.key.marked(file), value: $0.value.marked(file)) })
    }
    return node
  }
}
