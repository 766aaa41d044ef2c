import JSON

/// Rules for where pods run, source `pkg/apis/core/validation/validation.go` validateAffinity.
extension Affinity {
  func validate(_ path: String, _ causes: inout CauseList) {
    nodeAffinity?.validate("\(path).nodeAffinity", &causes)
    podAffinity?.validate("\(path).podAffinity", &causes)
    podAntiAffinity?.validate("\(path).podAntiAffinity", &causes)
  }
}

extension NodeAffinity {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if let required {
      let place = "\(path).requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
      if required.nodeSelectorTerms.isEmpty {
        causes.required(place, "must have at least one node selector term")
      }
      for (index, term) in required.nodeSelectorTerms.enumerated() {
        term.validate("\(place)[\(index)]", checksValues: true, &causes)
      }
    }
    for (index, term) in preferred.enumerated() {
      let place = "\(path).preferredDuringSchedulingIgnoredDuringExecution[\(index)]"
      causes.weight("\(place).weight", term.weight)
      term.preference.validate("\(place).preference", checksValues: false, &causes)
    }
  }
}

extension NodeSelectorTerm {
  fileprivate func validate(_ path: String, checksValues: Bool, _ causes: inout CauseList) {
    for (index, requirement) in matchExpressions.enumerated() {
      let place = "\(path).matchExpressions[\(index)]"
      if let unknown = requirement.unknownOperator {
        causes.invalid("\(place).operator", unknown.goQuoted, "not a valid selector operator")
      } else {
        requirement.validateCount("\(place).values", ordered: true, &causes)
      }
      causes.invalid(
        "\(place).key", text: requirement.key, RuleTexts.qualifiedNameFaults(requirement.key))
      for (number, value) in requirement.values.enumerated() where checksValues {
        causes.invalid(
          "\(place).values[\(number)]", text: value, RuleTexts.labelValueFaults(value))
      }
    }
    for (index, requirement) in matchFields.enumerated() {
      requirement.validateField("\(path).matchFields[\(index)]", &causes)
    }
  }
}

extension LabelRequirement {
  /// A node can be told by its name only.
  fileprivate func validateField(_ path: String, _ causes: inout CauseList) {
    let isKnown = unknownOperator == nil && (self.operator == .in || self.operator == .notIn)
    if !isKnown {
      let text = unknownOperator ?? self.operator.rawValue
      causes.invalid("\(path).operator", text.goQuoted, "not a valid selector operator")
    } else if values.count != 1 {
      causes.required(
        "\(path).values",
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
    }
    if key != "metadata.name" {
      return causes.invalid("\(path).key", key.goQuoted, "not a valid field selector key")
    }
    for (index, value) in values.enumerated() {
      causes.invalid(
        "\(path).values[\(index)]", text: value, RuleTexts.subdomainFaults(value))
    }
  }
}

extension PodAffinity {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    for (index, term) in required.enumerated() {
      term.validate("\(path).requiredDuringSchedulingIgnoredDuringExecution[\(index)]", &causes)
    }
    for (index, term) in preferred.enumerated() {
      let place = "\(path).preferredDuringSchedulingIgnoredDuringExecution[\(index)]"
      causes.weight("\(place).weight", term.weight)
      term.podAffinityTerm.validate("\(place).podAffinityTerm", &causes)
    }
  }
}

extension PodAffinityTerm {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    labelSelector?.validate("\(path).labelSelector", &causes)
    namespaceSelector?.validate("\(path).namespaceSelector", &causes)
    for name in namespaces {
      causes.invalid("\(path).namespace", text: name, RuleTexts.labelFaults(name))
    }
    causes.labelKeys("\(path).matchLabelKeys", matchLabelKeys, labelSelector)
    causes.labelKeys("\(path).mismatchLabelKeys", mismatchLabelKeys, labelSelector)
    for (index, key) in matchLabelKeys.enumerated() where mismatchLabelKeys.contains(key) {
      causes.invalid(
        "\(path).matchLabelKeys[\(index)]", key.goQuoted,
        "exists in both matchLabelKeys and mismatchLabelKeys")
    }
    if topologyKey.isEmpty { causes.required("\(path).topologyKey", "can not be empty") }
    causes.invalid(
      "\(path).topologyKey", text: topologyKey, RuleTexts.qualifiedNameFaults(topologyKey))
  }
}

/// Rules for spreading pods, source `validateTopologySpreadConstraints`.
enum TopologySpreadRules {
  static func validate(_ constraints: JSONValue?, _ path: String, _ causes: inout CauseList) {
    let all = constraints?.arrayValue ?? []
    func text(_ constraint: JSONValue, _ field: String) -> String {
      constraint[field]?.stringValue ?? ""
    }
    for (index, constraint) in all.enumerated() {
      let place = "\(path)[\(index)]"
      let skew = constraint["maxSkew"]?.intValue ?? 0
      if skew <= 0 { causes.invalid("\(place).maxSkew", "\(skew)", "must be greater than zero") }
      let (key, action) = (text(constraint, "topologyKey"), text(constraint, "whenUnsatisfiable"))
      if key.isEmpty { causes.required("\(place).topologyKey", "can not be empty") }
      let actions = ["DoNotSchedule", "ScheduleAnyway"]
      if !actions.contains(action) {
        causes.notSupported("\(place).whenUnsatisfiable", action, actions)
      }
      let isRepeated = all[(index + 1)...].contains {
        text($0, "topologyKey") == key && text($0, "whenUnsatisfiable") == action
      }
      if isRepeated {
        causes.duplicate(
          "\(place).{topologyKey, whenUnsatisfiable}", "{\(key), \(action)}".goQuoted)
      }
      if let domains = constraint["minDomains"]?.intValue {
        if domains <= 0 {
          causes.invalid("\(place).minDomains", "\(domains)", "must be greater than zero")
        }
        if action != "DoNotSchedule" {
          causes.invalid(
            "\(place).minDomains", "\(domains)",
            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action)")
        }
      }
      for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        guard let policy = constraint[field]?.stringValue else { continue }
        if !["Honor", "Ignore"].contains(policy) {
          causes.notSupported("\(place).\(field)", policy, ["Honor", "Ignore"])
        }
      }
      let selector = constraint["labelSelector"].flatMap { try? LabelSelector(json: $0) }
      let keys = constraint["matchLabelKeys"]?.arrayValue?.compactMap(\.stringValue) ?? []
      causes.labelKeys("\(place).matchLabelKeys", keys, selector)
      selector?.validate("\(place).labelSelector", &causes)
    }
  }
}

extension CauseList {
  fileprivate mutating func weight(_ field: String, _ weight: Int) {
    if !(1...100).contains(weight) {
      invalid(field, "\(weight)", "must be in the range 1-100")
    }
  }

  /// Keys of labels whose values the pod brings; they need a selector to join.
  fileprivate mutating func labelKeys(
    _ field: String, _ keys: [String], _ selector: LabelSelector?
  ) {
    if keys.isEmpty { return }
    if selector == nil {
      forbidden(field, "must not be specified when labelSelector is not set")
    }
    for (index, key) in keys.enumerated() {
      invalid("\(field)[\(index)]", text: key, RuleTexts.qualifiedNameFaults(key))
    }
  }
}
