import JSON

/// Rules for quotas, source `pkg/apis/core/validation/validation.go` ValidateResourceQuota.
extension ResourceQuota {
  private static let podScopes = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort"]
  private static let scopes =
    podScopes + ["PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"]
  private static let podResources = [
    "pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory",
  ]

  package mutating func applyDefaults() {
    if content["spec"] == nil { content["spec"] = [:] }
    if content["status"] == nil { content["status"] = [:] }
  }

  package mutating func prepareForCreate() { content["status"] = [:] }

  package func validate(_ causes: inout CauseList) {
    validateAmounts("spec", "hard", &causes)
    validateScopes(&causes)
    validateSelector(&causes)
  }

  private func validateAmounts(_ part: String, _ list: String, _ causes: inout CauseList) {
    for (name, value) in (content[part]?[list]?.objectValue ?? [:]).sorted() {
      let field = "\(part).\(list)[\(name)]"
      causes.invalid(field, text: name, ResourceNames.quotaFaults(name))
      if let amount = Quantity(value.stringValue ?? value.text()) {
        causes.amount(field, name, amount)
      }
    }
  }

  private var limited: [String] {
    (content["spec"]?["hard"]?.objectValue ?? [:]).keys.sorted()
  }

  /// Which resources a scope can tell apart.
  ///
  /// Source: `pkg/apis/core/helper/helpers.go` IsResourceQuotaScopeValidForResource.
  private static func isValid(_ scope: String, _ resource: String) -> Bool {
    switch scope {
    case "BestEffort": resource == "pods"
    case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass",
      "CrossNamespacePodAffinity":
      podResources.contains(resource)
    default: true
    }
  }

  private func validateScopes(_ causes: inout CauseList) {
    let given = content["spec"]?["scopes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    let shown = JSONValue.array(given.map { .string($0) }).text()
    for scope in given {
      if !Self.scopes.contains(scope) {
        causes.invalid("spec.scopes", shown, "unsupported scope")
      }
      for name in limited where ResourceNames.isOfQuotas(name) && !Self.isValid(scope, name) {
        causes.invalid("spec.scopes", shown, "unsupported scope applied to resource")
      }
    }
    validateConflicts(of: given, "spec.scopes", shown, &causes)
  }

  private func validateConflicts(
    of scopes: [String], _ field: String, _ shown: String, _ causes: inout CauseList
  ) {
    for pair in [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]
    where pair.allSatisfy(scopes.contains) {
      causes.invalid(field, shown, "conflicting scopes")
    }
  }

  private func validateSelector(_ causes: inout CauseList) {
    let spec = content["spec"]
    let expressions = spec?.value(at: "scopeSelector", "matchExpressions")?.arrayValue ?? []
    let path = "spec.scopeSelector.matchExpressions"
    for expression in expressions {
      let scope = expression["scopeName"]?.stringValue ?? ""
      if !Self.scopes.contains(scope) {
        causes.invalid("\(path).scopeName", scope.goQuoted, "unsupported scope")
      }
      for name in limited where ResourceNames.isOfQuotas(name) && !Self.isValid(scope, name) {
        causes.invalid(path, shownSelector, "unsupported scope applied to resource")
      }
      validate(expression, scope, path, &causes)
    }
    let shown = spec?["scopes"]?.text() ?? "null"
    validateConflicts(
      of: expressions.compactMap { $0["scopeName"]?.stringValue }, path, shown, &causes)
  }

  /// The selector as causes show it, in the names of the internal type.
  private var shownSelector: String {
    let expressions =
      content["spec"]?.value(at: "scopeSelector", "matchExpressions")?.arrayValue ?? []
    let shown: JSONValue = [
      "MatchExpressions": .array(
        expressions.map { expression -> JSONValue in
          [
            "ScopeName": expression["scopeName"] ?? "", "Operator": expression["operator"] ?? "",
            "Values": expression["values"] ?? .null,
          ]
        })
    ]
    return shown.text()
  }

  private func validate(
    _ expression: JSONValue, _ scope: String, _ path: String, _ causes: inout CauseList
  ) {
    let comparison = expression["operator"]?.stringValue ?? ""
    let values = expression["values"]?.arrayValue ?? []
    let onlyExists = Self.podScopes.contains(scope) || scope == "CrossNamespacePodAffinity"
    if onlyExists, comparison != "Exists" {
      causes.invalid(
        "\(path).operator", comparison.goQuoted,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
          + "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
          + "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity")
    }
    switch comparison {
    case "In", "NotIn":
      if values.isEmpty {
        causes.required(
          "\(path).values",
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
      }
    case "Exists", "DoesNotExist":
      if !values.isEmpty {
        causes.invalid(
          "\(path).values", JSONValue.array(values).text(),
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
      }
    default:
      causes.invalid("\(path).operator", comparison.goQuoted, "not a valid selector operator")
    }
  }

  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    validate(&causes)
    func scopes(_ quota: Self) -> Set<String> {
      Set((quota.content["spec"]?["scopes"]?.arrayValue ?? []).compactMap(\.stringValue))
    }
    if scopes(self) != scopes(old) {
      let text = content["spec"]?["scopes"]?.text() ?? "null"
      causes.invalid("spec.scopes", text, "field is immutable")
    }
  }

  package func validateStatus(from old: Self, _ causes: inout CauseList) {
    validateAmounts("status", "hard", &causes)
    validateAmounts("status", "used", &causes)
  }
}
