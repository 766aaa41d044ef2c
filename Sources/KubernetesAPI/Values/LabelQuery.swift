/// The label selector of a list or watch, read from its text: `app=web,tier in (a,b),!old`.
package struct LabelQuery: Equatable, Sendable {
  /// All must hold; sorted by key.
  package var requirements: [LabelRequirement]

  package init(requirements: [LabelRequirement] = []) { self.requirements = requirements }

  /// Selects by equality of labels.
  package init(_ labels: [String: String]) {
    requirements = labels.sorted { $0.key < $1.key }.map {
      LabelRequirement(key: $0.key, operator: .equals, values: [$0.value])
    }
  }

  /// The text that reads as this query.
  package var text: String { requirements.map(\.text).joined(separator: ",") }

  package func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { $0.matches(labels) }
  }

  /// Whether plainly no labels fulfil both: they want different values of one label.
  package func excludes(_ other: LabelQuery) -> Bool {
    requirements.contains { mine in
      guard let value = mine.onlyValue else { return false }
      return other.requirements.contains { $0.key == mine.key && ($0.onlyValue ?? value) != value }
    }
  }

  /// Reads a selector; nil if the text is none.
  ///
  /// Source of the grammar: `apimachinery/pkg/labels/selector.go`.
  package init?(_ text: String) {
    var scanner = SelectorScanner(text)
    guard let requirements = scanner.requirements() else { return nil }
    self.requirements = requirements.sorted { $0.key < $1.key }
  }
}

extension LabelRequirement {
  /// The value that the label must have, if the requirement says just that.
  fileprivate var onlyValue: String? {
    switch self.operator {
    case .in, .equals, .doubleEquals: values.count == 1 ? values[0] : nil
    case .notIn, .notEquals, .exists, .doesNotExist, .greaterThan, .lessThan: nil
    }
  }
}

/// Splits a selector into words and signs, and reads requirements of them.
private struct SelectorScanner {
  private var tokens: [String] = []
  private var position = 0

  init(_ text: String) {
    var word = ""
    let characters = Array(text.unicodeScalars)
    var index = 0
    func isSign(_ scalar: Unicode.Scalar) -> Bool { "=!(),<>".unicodeScalars.contains(scalar) }
    while index < characters.count {
      let scalar = characters[index]
      index += 1
      if " \t\r\n".unicodeScalars.contains(scalar) || isSign(scalar) {
        if !word.isEmpty { tokens.append(word) }
        word = ""
      } else {
        word.unicodeScalars.append(scalar)
      }
      guard isSign(scalar) else { continue }
      if scalar == "=" || scalar == "!", index < characters.count, characters[index] == "=" {
        tokens.append("\(scalar)=")
        index += 1
      } else {
        tokens.append(String(Character(scalar)))
      }
    }
    if !word.isEmpty { tokens.append(word) }
  }

  private var current: String? { position < tokens.count ? tokens[position] : nil }

  private func isWord(_ token: String?) -> Bool {
    guard let token else { return false }
    return !["=", "==", "!=", "!", "(", ")", ",", "<", ">"].contains(token)
  }

  mutating func requirements() -> [LabelRequirement]? {
    var result: [LabelRequirement] = []
    if tokens.isEmpty { return result }
    while true {
      guard let requirement = requirement() else { return nil }
      result.append(requirement)
      guard let separator = current else { return result }
      guard separator == "," else { return nil }
      position += 1
      if !isWord(current), current != "!" { return nil }
    }
  }

  private mutating func requirement() -> LabelRequirement? {
    let isNegated = current == "!"
    if isNegated { position += 1 }
    guard let key = current, isWord(key), FieldRules.isQualifiedName(key) else { return nil }
    position += 1
    guard let sign = current, sign != "," else {
      return LabelRequirement(key: key, operator: isNegated ? .doesNotExist : .exists)
    }
    if isNegated { return nil }
    position += 1
    let operators: [String: LabelRequirement.Operator] = [
      "=": .equals, "==": .doubleEquals, "!=": .notEquals, ">": .greaterThan, "<": .lessThan,
      "in": .in, "notin": .notIn,
    ]
    guard let found = operators[sign],
      let values = found == .in || found == .notIn ? values() : value().map({ [$0] })
    else { return nil }
    return LabelRequirement(checking: key, found, values)
  }

  private mutating func value() -> String? {
    guard let token = current, token != "," else { return "" }
    guard isWord(token) else { return nil }
    position += 1
    return token
  }

  private mutating func values() -> [String]? {
    guard current == "(" else { return nil }
    position += 1
    var result: [String] = []
    var pending: String? = ""
    while let token = current {
      position += 1
      switch token {
      case ")":
        if let pending { result.append(pending) }
        return Array(Set(result)).sorted()
      case ",":
        if let pending { result.append(pending) }
        pending = ""
      default:
        guard isWord(token), pending?.isEmpty ?? false else { return nil }
        pending = token
      }
    }
    return nil
  }
}
