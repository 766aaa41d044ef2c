package import YAML

/// A mapping of the language: which keys it has, and what is at each.
///
/// The tables of shapes are the one place that knows keys: reading, errors, `andruck schema` and
/// `docs/SCENARIOS.md` are made from them.
package struct Shape: Sendable {
  /// What it is called in the reference and the schema, such as `service`.
  package var id: String
  /// What it is called in messages, such as `a service`.
  package var title: String
  /// What it is for, in a sentence or two.
  package var doc: String
  /// The keys that it always may have.
  package var keys: [Key]
  /// Groups of keys, of each of which exactly one is there.
  package var alternatives: [[String]] = []
  /// Keys of which exactly one is there, each with keys that go with it.
  package var variants: [Variant] = []

  /// The heading's anchor in the reference.
  package var anchor: String { id.lowercased().replacingSpaces }
}

/// A key of a mapping.
package struct Key: Sendable {
  /// What happens when a key is not there.
  package enum Presence: Sendable, Equatable {
    /// It must be there.
    case required
    /// Nothing is assumed.
    case optional
    /// This value is assumed, as it would be written.
    case fallback(String)
  }

  /// The key.
  package var name: String
  /// What may stand there.
  package var type: KeyType
  /// Whether it must.
  package var presence: Presence
  /// What it means, in one sentence.
  package var doc: String
  /// A value as it would be written.
  package var example: String

  package init(
    _ name: String, _ type: KeyType, _ presence: Presence, _ doc: String, example: String
  ) {
    self.name = name
    self.type = type
    self.presence = presence
    self.doc = doc
    self.example = example
  }
}

/// One of the things that a mapping can be, by one of its keys.
package struct Variant: Sendable {
  /// The key that says so.
  package var key: Key
  /// Keys that go with it.
  package var companions: [Key] = []
  /// The words that may stand at the key, if each has companions of its own.
  package var kinds: [Kind] = []

  /// A word at a variant's key, such as a fault, with keys that go with it.
  package struct Kind: Sendable {
    /// The word.
    package var word: String
    /// What it means, in one sentence.
    package var doc: String
    /// Keys that go with it.
    package var companions: [Key] = []
  }
}

extension String {
  /// As anchors of headings are made: a space is a hyphen.
  fileprivate var replacingSpaces: String {
    String(map { $0 == " " ? "-" : $0 })
  }
}

extension Key {
  /// Why the key's own example may not stand there; nil if it may.
  package var faultOfExample: String? {
    do {
      let node = try YAMLDocument.parse("\(name): \(example)", file: name)
      guard let value = node[name] else { return "\(name): no value" }
      try type.check(value, name, name)
      if case .fallback(let text) = presence, !text.hasPrefix("[") {
        let fallback = YAMLNode(.scalar(text, quoted: false), line: 1, column: 1)
        try type.check(fallback, name, name)
      }
      return nil
    } catch {
      return "\(error)"
    }
  }
}

extension Shape {
  /// Refuses a node that does not have this shape.
  ///
  /// - Throws: `YAMLError` with the place and what was expected.
  package func check(_ node: YAMLNode, file: String) throws {
    _ = try Record(node, self, file: file)
  }
}
