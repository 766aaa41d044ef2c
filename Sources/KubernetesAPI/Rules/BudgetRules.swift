import JSON

/// Rules for disruption budgets, source `pkg/apis/policy/validation/validation.go`.
extension PodDisruptionBudget {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 1) }
  package static var isReplacedBlindly: Bool { false }
  package static var hasGeneration: Bool { true }

  private static let numbers = [
    "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods",
  ]

  package func hasSameSpec(as other: Self) -> Bool { content["spec"] == other.content["spec"] }

  package mutating func applyDefaults() {
    if content["spec"] == nil { content["spec"] = [:] }
    var status = content["status"] ?? [:]
    for key in Self.numbers where status[key] == nil { status[key] = 0 }
    content["status"] = status
  }

  package mutating func prepareForCreate() {
    metadata.generation = 1
    content["status"] = nil
    applyDefaults()
  }

  package func validate(_ causes: inout CauseList) {
    let spec = content["spec"] ?? [:]
    let selector = spec["selector"].flatMap { try? LabelSelector(json: $0) }
    if let least = spec["minAvailable"], let most = spec["maxUnavailable"] {
      let shown = [
        "\"MinAvailable\":\(least.text())", "\"Selector\":\(selector?.shown ?? "null")",
        "\"MaxUnavailable\":\(most.text())",
        "\"UnhealthyPodEvictionPolicy\":\(spec["unhealthyPodEvictionPolicy"]?.text() ?? "null")",
      ]
      causes.invalid(
        "spec", "{\(shown.joined(separator: ","))}",
        "minAvailable and maxUnavailable cannot be both set")
    }
    for key in ["minAvailable", "maxUnavailable"] {
      guard let value = spec[key], let amount = IntOrString(json: value) else { continue }
      causes.countOrPercent("spec.\(key)", amount)
      causes.atMostWhole("spec.\(key)", amount)
    }
    selector?.validate("spec.selector", &causes)
    let policies = ["AlwaysAllow", "IfHealthyBudget"]
    if let policy = spec["unhealthyPodEvictionPolicy"]?.stringValue, !policies.contains(policy) {
      causes.notSupported("spec.unhealthyPodEvictionPolicy", policy, policies)
    }
  }

  package func validateStatus(from old: Self, _ causes: inout CauseList) {
    let conditions = content["status"]?["conditions"]?.arrayValue ?? []
    for (index, condition) in conditions.enumerated() {
      let type = condition["type"]?.stringValue ?? ""
      let path = "status.conditions[\(index)]"
      if conditions[..<index].contains(where: { $0["type"]?.stringValue == type }) {
        causes.duplicate("\(path).type", type.goQuoted)
      }
      validate(condition, path, &causes)
    }
    for key in Self.numbers {
      guard let number = content["status"]?[key]?.integerValue, number < 0 else { continue }
      causes.negative("status.\(key)", number)
    }
  }

  /// Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go` ValidateCondition.
  private func validate(_ condition: JSONValue, _ path: String, _ causes: inout CauseList) {
    let type = condition["type"]?.stringValue ?? ""
    causes.invalid("\(path).type", text: type, RuleTexts.qualifiedNameFaults(type))
    let status = condition["status"]?.stringValue ?? ""
    if !["False", "True", "Unknown"].contains(status) {
      causes.notSupported("\(path).status", status, ["False", "True", "Unknown"])
    }
    if let generation = condition["observedGeneration"]?.integerValue, generation < 0 {
      causes.invalid(
        "\(path).observedGeneration", "\(generation)", "must be greater than or equal to zero")
    }
    if condition["lastTransitionTime"]?.stringValue == nil {
      causes.required("\(path).lastTransitionTime", "must be set")
    }
    let reason = condition["reason"]?.stringValue ?? ""
    if reason.isEmpty {
      causes.required("\(path).reason", "must be set")
    } else {
      causes.invalid("\(path).reason", text: reason, RuleTexts.conditionReasonFaults(reason))
      if reason.utf8.count > 1024 { causes.tooLong("\(path).reason", 1024) }
    }
    if condition["message"]?.stringValue?.utf8.count ?? 0 > 32_768 {
      causes.tooLong("\(path).message", 32_768)
    }
  }
}
