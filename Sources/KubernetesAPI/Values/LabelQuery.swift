/// The label selector of a list or watch, read from its text: `app=web,tier in (a,b),!old`.
///
/// A copy is one reference.
package struct LabelQuery: Equatable, Sendable {
  private struct Content: Equatable, Sendable {
    let requirements: [LabelRequirement]
    let text: String
    /// The labels that must have one value each, in the order of the requirements.
    let wanted: [(key: String, value: String)]

    static func == (left: Self, right: Self) -> Bool {
      left.text == right.text && left.requirements == right.requirements
    }
  }

  private let content: Shared<Content>

  package init(requirements: [LabelRequirement] = []) {
    let text =
      requirements.count == 1
      ? requirements[0].text : requirements.map(\.text).joined(separator: ",")
    let wanted = requirements.compactMap { requirement in
      requirement.onlyValue.map { (requirement.key, $0) }
    }
    content = Shared(Content(requirements: requirements, text: text, wanted: wanted))
  }

  /// All must hold; sorted by key.
  package var requirements: [LabelRequirement] { content.value.requirements }

  /// The text that reads as this query.
  package var text: String { content.value.text }

  /// Selects by equality of labels.
  package init(_ labels: [String: String]) {
    self.init(
      requirements: labels.sorted { $0.key < $1.key }.map {
        LabelRequirement(key: $0.key, operator: .equals, values: [$0.value])
      })
  }

  package func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { $0.matches(labels) }
  }

  /// Whether plainly no labels fulfil both: they want different values of one label.
  package func excludes(_ other: LabelQuery) -> Bool {
    let (wanted, others) = (content.value.wanted, other.content.value.wanted)
    for mine in wanted.indices {
      for its in others.indices
      where wanted[mine].key == others[its].key && wanted[mine].value != others[its].value {
        return true
      }
    }
    return false
  }

  /// Reads a selector; nil if the text is none.
  package init?(_ text: String) {
    guard case .success(let query) = Self.parsed(text) else { return nil }
    self = query
  }

  /// Reads a selector; a failure tells why the text is none.
  ///
  /// Source of the grammar and its texts: `apimachinery/pkg/labels/selector.go`.
  package static func parsed(_ text: String) -> Result<LabelQuery, SelectorFault> {
    var scanner = SelectorScanner(text)
    do throws(SelectorFault) {
      let requirements = try scanner.requirements()
      return .success(LabelQuery(requirements: requirements.sorted { $0.key < $1.key }))
    } catch {
      return .failure(error)
    }
  }
}

/// Why a text is no selector.
package struct SelectorFault: Error, Equatable {
  package var message: String
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

  /// What stands here, as faults name it; nothing at the end.
  private var found: String { current ?? "" }

  private func isWord(_ token: String?) -> Bool {
    guard let token else { return false }
    return !["=", "==", "!=", "!", "(", ")", ",", "<", ">"].contains(token)
  }

  mutating func requirements() throws(SelectorFault) -> [LabelRequirement] {
    var result: [LabelRequirement] = []
    if tokens.isEmpty { return result }
    if !isWord(current), current != "!" {
      throw SelectorFault(
        message: "found '\(found)', expected: !, identifier, or 'end of string'")
    }
    while true {
      do throws(SelectorFault) {
        result.append(try requirement())
      } catch {
        throw SelectorFault(message: "unable to parse requirement: \(error.message)")
      }
      guard let separator = current else { return result }
      guard separator == "," else {
        throw SelectorFault(message: "found '\(found)', expected: ',' or 'end of string'")
      }
      position += 1
      if !isWord(current), current != "!" {
        throw SelectorFault(message: "found '\(found)', expected: identifier after ','")
      }
    }
  }

  private mutating func requirement() throws(SelectorFault) -> LabelRequirement {
    let isNegated = current == "!"
    if isNegated { position += 1 }
    guard let key = current, isWord(key) else {
      throw SelectorFault(message: "found '\(found)', expected: identifier")
    }
    let faults = RuleTexts.qualifiedNameFaults(key)
    if !faults.isEmpty {
      throw SelectorFault(
        message: "<nil>: Invalid value: \(key.goQuoted): \(faults.joined(separator: "; "))")
    }
    position += 1
    guard let sign = current, sign != "," else {
      return LabelRequirement(key: key, operator: isNegated ? .doesNotExist : .exists)
    }
    let operators: [String: LabelRequirement.Operator] = [
      "=": .equals, "==": .doubleEquals, "!=": .notEquals, ">": .greaterThan, "<": .lessThan,
      "in": .in, "notin": .notIn,
    ]
    guard !isNegated, let found = operators[sign] else {
      throw SelectorFault(
        message: isNegated
          ? "found '\(sign)', expected: ',' or 'end of string'"
          : "found '\(sign)', expected: in, notin, =, ==, !=, gt, lt")
    }
    position += 1
    let values = found == .in || found == .notIn ? try values() : [try value()]
    return try checked(LabelRequirement(key: key, operator: found, values: values))
  }

  private func checked(_ requirement: LabelRequirement) throws(SelectorFault) -> LabelRequirement {
    for (index, value) in requirement.values.enumerated() {
      let isNumber = requirement.operator == .greaterThan || requirement.operator == .lessThan
      if isNumber, Int64(value) == nil {
        throw SelectorFault(
          message: "values[\(index)]: Invalid value: \(value.goQuoted): for 'Gt', 'Lt' operators, "
            + "the value must be an integer")
      }
      let faults = RuleTexts.labelValueFaults(value)
      if !faults.isEmpty {
        throw SelectorFault(
          message: "values[\(index)][\(requirement.key)]: Invalid value: \(value.goQuoted): "
            + faults.joined(separator: "; "))
      }
    }
    return requirement
  }

  private mutating func value() throws(SelectorFault) -> String {
    guard let token = current, token != "," else { return "" }
    guard isWord(token) else {
      throw SelectorFault(message: "found '\(token)', expected: identifier")
    }
    position += 1
    return token
  }

  private mutating func values() throws(SelectorFault) -> [String] {
    guard current == "(" else { throw SelectorFault(message: "found '\(found)' expected: '('") }
    position += 1
    guard isWord(current) || current == "," || current == ")" else {
      throw SelectorFault(message: "found '\(found)', expected: ',', ')' or identifier")
    }
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
        guard isWord(token), pending?.isEmpty ?? false else {
          throw SelectorFault(message: "found '\(token)', expected: ',' or ')'")
        }
        pending = token
      }
    }
    throw SelectorFault(message: "found '', expected: ',' or ')'")
  }
}
