/// One node of a YAML document, with the place it was written at.
///
/// An alias is replaced by the node it names, whose positions stay those of the anchor.
public struct YAMLNode: Sendable {
  /// What a node holds.
  public enum Value: Sendable {
    /// Text; `quoted` is true where quotes, a block style or `!!str` make it a string whatever
    /// it looks like.
    case scalar(String, quoted: Bool)
    /// Items in the order written.
    case sequence([YAMLNode])
    /// Pairs in the order written; every key is a scalar and no text is used twice.
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  /// What the node holds.
  public var value: Value
  /// Line of the node's first character, from 1.
  public var line: Int
  /// Column of the node's first character, counted in characters from 1.
  public var column: Int
  /// The file that the node was written in, where a document is put together from several.
  public var file: String?

  /// A node written at a place.
  public init(_ value: Value, line: Int, column: Int) {
    self.value = value
    self.line = line
    self.column = column
  }
}

extension YAMLNode {
  /// The text of a scalar, whatever it resolves to; nil for collections.
  public var text: String? {
    if case .scalar(let text, _) = value { return text }
    return nil
  }

  /// The items of a sequence; nil for anything else.
  public var sequence: [YAMLNode]? {
    if case .sequence(let items) = value { return items }
    return nil
  }

  /// The pairs of a mapping; nil for anything else.
  public var mapping: [(key: YAMLNode, value: YAMLNode)]? {
    if case .mapping(let pairs) = value { return pairs }
    return nil
  }

  /// The value beside the key of this text; nil where the key or the mapping is missing.
  public subscript(key: String) -> YAMLNode? {
    mapping?.first { $0.key.text == key }?.value
  }

  /// What the node is, in the words of an error: `a mapping`, `the integer 3`, `the string "x"`.
  public var summary: String {
    switch value {
    case .sequence: return "a sequence"
    case .mapping: return "a mapping"
    case .scalar(let text, _):
      switch resolved {
      case .null: return "nothing"
      case .bool: return "the boolean \(text)"
      case .int: return "the integer \(text)"
      case .double: return "the number \(text)"
      case .string, nil: return "the string \"\(text)\""
      }
    }
  }

  /// An error at this node's place, in its own file if it has one.
  public func error(_ message: String, file: String) -> YAMLError {
    YAMLError(file: self.file ?? file, line: line, column: column, message: message)
  }
}

extension YAMLNode: Equatable {
  /// True when both hold the same; positions do not count.
  public static func == (left: YAMLNode, right: YAMLNode) -> Bool {
    switch (left.value, right.value) {
    case (.scalar(let leftText, let leftQuoted), .scalar(let rightText, let rightQuoted)):
      return leftText == rightText && leftQuoted == rightQuoted
    case (.sequence(let leftItems), .sequence(let rightItems)):
      return leftItems == rightItems
    case (.mapping(let leftPairs), .mapping(let rightPairs)):
      return leftPairs.elementsEqual(rightPairs) { $0.key == $1.key && $0.value == $1.value }
    case (.scalar, _), (.sequence, _), (.mapping, _):
      return false
    }
  }
}
