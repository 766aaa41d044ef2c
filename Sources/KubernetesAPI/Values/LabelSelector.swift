package import JSON

/// One condition on a label.
package struct LabelRequirement: JSONConvertible {
  /// How a label is compared.
  package enum Operator: String, Sendable {
    case `in` = "In"
    case notIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
    case greaterThan = "Gt"
    case lessThan = "Lt"
    /// Only in selectors read from text, as are the next two.
    case equals = "="
    case doubleEquals = "=="
    case notEquals = "!="

    /// Whether `matchExpressions` and node selectors of the API may use it.
    package var isOfExpressions: Bool {
      switch self {
      case .in, .notIn, .exists, .doesNotExist, .greaterThan, .lessThan: true
      case .equals, .doubleEquals, .notEquals: false
      }
    }
  }

  package var key: String
  package var `operator`: Operator
  /// Sorted where it matters to the reader; order never matters to matching.
  package var values: [String]
  /// The operator where it is none that there is; such a requirement is refused when it is stored.
  package private(set) var unknownOperator: String?

  package init(key: String, operator: Operator, values: [String] = []) {
    self.key = key
    self.operator = `operator`
    self.values = values
  }

  package init(_ fields: FieldReader) throws {
    key = try fields.text("key")
    values = try fields.strings("values")
    let name = try fields.text("operator")
    if let parsed = Operator(rawValue: name), parsed.isOfExpressions {
      self.operator = parsed
    } else {
      self.operator = .in
      unknownOperator = name
    }
  }

  package func write(to object: inout JSONObject) {
    object.put("key", key)
    object.put("operator", unknownOperator ?? self.operator.rawValue)
    object.put("values", values)
  }

  /// Makes a requirement; nil if key, number or form of the values do not fit the operator.
  ///
  /// Source: `apimachinery/pkg/labels/selector.go` NewRequirement.
  package init?(checking key: String, _ operator: Operator, _ values: [String]) {
    switch `operator` {
    case .in, .notIn: if values.isEmpty { return nil }
    case .equals, .doubleEquals, .notEquals: if values.count != 1 { return nil }
    case .exists, .doesNotExist: if !values.isEmpty { return nil }
    case .greaterThan, .lessThan: if values.count != 1 || Int64(values[0]) == nil { return nil }
    }
    guard FieldRules.isQualifiedName(key), values.allSatisfy(FieldRules.isLabelValue) else {
      return nil
    }
    self.init(key: key, operator: `operator`, values: values)
  }

  /// Whether labels fulfil it.
  ///
  /// `NotIn` and `DoesNotExist` hold for a label that is absent; `Gt` and `Lt` compare integers.
  package func matches(_ labels: [String: String]) -> Bool {
    if unknownOperator != nil { return false }
    let value = labels[key]
    switch self.operator {
    case .in, .equals, .doubleEquals: return value.map(values.contains) ?? false
    case .notIn, .notEquals: return !(value.map(values.contains) ?? false)
    case .exists: return value != nil
    case .doesNotExist: return value == nil
    case .greaterThan, .lessThan:
      guard let text = value, let number = Int64(text), let bound = values.first.flatMap(Int64.init)
      else { return false }
      return self.operator == .greaterThan ? number > bound : number < bound
    }
  }
}

/// Labels and expressions that all must hold; an empty selector selects everything.
package struct LabelSelector: JSONConvertible {
  package var matchLabels: [String: String] = [:]
  package var matchExpressions: [LabelRequirement] = []

  package init() {}

  package init(matchLabels: [String: String]) { self.matchLabels = matchLabels }

  package init(_ fields: FieldReader) throws {
    matchLabels = try fields.stringMap("matchLabels")
    matchExpressions = try fields.list("matchExpressions")
  }

  package func write(to object: inout JSONObject) {
    object.put("matchExpressions", matchExpressions)
    object.put("matchLabels", matchLabels)
  }

  /// Whether there is no condition at all.
  package var isEmpty: Bool { matchLabels.isEmpty && matchExpressions.isEmpty }

  /// Whether labels fulfil every condition.
  package func matches(_ labels: [String: String]) -> Bool {
    guard labels.includes(matchLabels) else { return false }
    return matchExpressions.allSatisfy { $0.matches(labels) }
  }

  /// The condition that no selector may have, as text; nil if all are well formed.
  package var invalidCondition: String? {
    query.requirements.first {
      LabelRequirement(checking: $0.key, $0.operator, $0.values) == nil
    }?.text
  }

  /// The selector as a query of lists and watches takes it.
  package var query: LabelQuery {
    let equalities = matchLabels.map {
      LabelRequirement(key: $0.key, operator: .equals, values: [$0.value])
    }
    return LabelQuery(requirements: (equalities + matchExpressions).sorted { $0.key < $1.key })
  }

  /// The text form that the scale subresource shows: `app=web,tier in (a,b)`.
  package var text: String {
    if matchLabels.count == 1, matchExpressions.isEmpty, let only = matchLabels.first {
      return only.key + "=" + only.value
    }
    return query.text
  }
}

extension [String: String] {
  /// Whether every pair of another map is in this one.
  package func includes(_ other: [String: String]) -> Bool {
    guard other.count <= count else { return false }
    for (key, value) in other where self[key] != value { return false }
    return true
  }

  /// Whether both have the same pairs but for one key that either may have.
  package func isEqual(to other: [String: String], butFor key: String) -> Bool {
    let excepted = (self[key] == nil ? 0 : 1, other[key] == nil ? 0 : 1)
    guard count - excepted.0 == other.count - excepted.1 else { return false }
    for (name, value) in self where name != key && other[name] != value { return false }
    return true
  }
}

extension LabelRequirement {
  /// The requirement as `kubectl --selector` takes it.
  package var text: String {
    let list = values.count == 1 ? values[0] : values.sorted().joined(separator: ",")
    return switch self.operator {
    case .in: "\(key) in (\(list))"
    case .notIn: "\(key) notin (\(list))"
    case .exists: key
    case .doesNotExist: "!\(key)"
    case .greaterThan: "\(key)>\(list)"
    case .lessThan: "\(key)<\(list)"
    case .equals, .doubleEquals, .notEquals: key + self.operator.rawValue + list
    }
  }
}
