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
  }

  package var key: String
  package var `operator`: Operator
  /// Sorted where it matters to the reader; order never matters to matching.
  package var values: [String]

  package init(key: String, operator: Operator, values: [String] = []) {
    self.key = key
    self.operator = `operator`
    self.values = values
  }

  package init(_ fields: FieldReader) throws {
    key = try fields.text("key")
    values = try fields.strings("values")
    let name = try fields.text("operator")
    guard let parsed = Operator(rawValue: name) else {
      throw DecodingFailure(path: ["operator"], message: "\"\(name)\" into a selector operator")
    }
    self.operator = parsed
  }

  package func write(to object: inout JSONObject) {
    object.put("key", key)
    object.put("operator", self.operator.rawValue)
    object.put("values", values)
  }

  /// Whether labels fulfil it.
  ///
  /// `NotIn` and `DoesNotExist` hold for a label that is absent; `Gt` and `Lt` compare integers.
  package func matches(_ labels: [String: String]) -> Bool {
    let value = labels[key]
    switch self.operator {
    case .in: return value.map(values.contains) ?? false
    case .notIn: return !(value.map(values.contains) ?? false)
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

  /// The text form that the scale subresource shows: `app=web,tier in (a,b)`.
  package var text: String {
    let equalities = matchLabels.map {
      LabelRequirement(key: $0.key, operator: .in, values: [$0.value])
    }
    let all = (equalities + matchExpressions).sorted { $0.key < $1.key }
    return all.map(\.text).joined(separator: ",")
  }
}

extension [String: String] {
  /// Whether every pair of another map is in this one.
  package func includes(_ other: [String: String]) -> Bool {
    guard other.count <= count else { return false }
    for (key, value) in other where self[key] != value { return false }
    return true
  }
}

extension LabelRequirement {
  /// The requirement as `kubectl --selector` takes it.
  package var text: String {
    switch self.operator {
    case .in where values.count == 1: "\(key)=\(values[0])"
    case .in: "\(key) in (\(values.sorted().joined(separator: ",")))"
    case .notIn where values.count == 1: "\(key)!=\(values[0])"
    case .notIn: "\(key) notin (\(values.sorted().joined(separator: ",")))"
    case .exists: key
    case .doesNotExist: "!\(key)"
    case .greaterThan: "\(key)>\(values.first ?? "")"
    case .lessThan: "\(key)<\(values.first ?? "")"
    }
  }
}
