import JSON

/// Rules for the kinds whose members are kept as given, source `pkg/apis/core/v1/defaults.go`.
extension Secret {
  package mutating func applyDefaults() {
    if content["type"] == nil { content["type"] = "Opaque" }
    guard let texts = content["stringData"]?.objectValue else { return }
    var data = content["data"]?.objectValue ?? [:]
    for (key, value) in texts {
      data[key] = .string(Self.base64(Array((value.stringValue ?? "").utf8)))
    }
    content["stringData"] = nil
    if !data.isEmpty { content["data"] = .object(data) }
  }

  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    if content["type"] != old.content["type"] {
      causes.invalid("type", content["type"]?.text() ?? "\"\"", "field is immutable")
    }
    GenericRules.validateImmutable(content, old.content, ["data"], &causes)
  }

  /// RFC 4648 with padding.
  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - group.count)
      for position in 0..<4 {
        let digit = alphabet[bits >> (18 - 6 * position) & 63]
        result.append(position <= group.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension ResourceQuota {
  package mutating func applyDefaults() {
    var spec = content["spec"] ?? [:]
    spec["hard"] = Self.canonical(spec["hard"])
    content["spec"] = spec
    var status = content["status"] ?? [:]
    for part in ["hard", "used"] { status[part] = Self.canonical(status[part]) }
    content["status"] = status
  }

  package mutating func prepareForCreate() { content["status"] = [:] }

  private static let counted = [
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
  ]
  private static let measured = ["cpu", "memory", "ephemeral-storage"]

  /// Source: `pkg/apis/core/validation/validation.go` ValidateResourceQuotaSpec, but for scopes.
  package func validate(_ causes: inout CauseList) {
    let known =
      Self.counted + Self.measured + Self.measured.flatMap { ["requests.\($0)", "limits.\($0)"] }
      + ["requests.storage"]
    for (name, value) in (content["spec"]?["hard"]?.objectValue ?? [:]).sorted() {
      let field = "spec.hard[\(name)]"
      let isPlain = !name.contains("/") && !name.contains("hugepages-") && !known.contains(name)
      if isPlain {
        for text in [
          "must be a standard resource type or fully qualified",
          "must be a standard resource for quota",
        ] { causes.invalid(field, "\"\(name)\"", text) }
      }
      guard let amount = Quantity(value.stringValue ?? value.text()) else { continue }
      if amount < .zero {
        causes.invalid(field, "\"\(amount)\"", "must be greater than or equal to 0")
      }
      if Self.counted.contains(name), amount.milliValue % 1000 != 0 {
        causes.invalid(field, "\"\(amount)\"", "must be an integer")
      }
    }
  }

  /// Source: `pkg/apis/core/validation/validation.go` ValidateResourceQuotaUpdate.
  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    func scopes(_ quota: Self) -> [String] {
      (quota.content["spec"]?["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
    if Set(scopes(self)) != Set(scopes(old)) {
      let text = content["spec"]?["scopes"]?.text() ?? "null"
      causes.invalid("spec.scopes", text, "field is immutable")
    }
  }

  /// Amounts as upstream writes them.
  private static func canonical(_ amounts: JSONValue?) -> JSONValue? {
    guard let amounts = amounts?.objectValue else { return amounts }
    return .object(
      JSONObject(
        amounts.map { name, value in
          let quantity = Quantity(value.stringValue ?? value.text())
          return (name, quantity.map { .string($0.roundedToThousandths.description) } ?? value)
        }))
  }
}

extension PodDisruptionBudget {
  package static var hasGeneration: Bool { true }

  package func hasSameSpec(as other: Self) -> Bool { content["spec"] == other.content["spec"] }

  package mutating func applyDefaults() {
    if content["spec"] == nil { content["spec"] = [:] }
    var status = content["status"] ?? [:]
    for key in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"]
    where status[key] == nil {
      status[key] = 0
    }
    content["status"] = status
  }

  package mutating func prepareForCreate() {
    metadata.generation = 1
    content["status"] = nil
    applyDefaults()
  }

  /// Source: `pkg/apis/policy/validation/validation.go` ValidatePodDisruptionBudgetSpec.
  package func validate(_ causes: inout CauseList) {
    let spec = content["spec"] ?? [:]
    if let least = spec["minAvailable"], let most = spec["maxUnavailable"] {
      let shown: JSONValue = [
        "MinAvailable": least, "Selector": spec["selector"] ?? .null, "MaxUnavailable": most,
        "UnhealthyPodEvictionPolicy": spec["unhealthyPodEvictionPolicy"] ?? .null,
      ]
      causes.invalid("spec", shown.text(), "minAvailable and maxUnavailable cannot be both set")
    }
    for key in ["minAvailable", "maxUnavailable"] {
      guard let value = spec[key], let amount = IntOrString(json: value) else { continue }
      causes.countOrPercent("spec.\(key)", amount)
      if let percentage = amount.percentage, percentage > 100 {
        causes.invalid("spec.\(key)", value.text(), "must not be greater than 100%")
      }
    }
    let policies = ["AlwaysAllow", "IfHealthyBudget"]
    if let policy = spec["unhealthyPodEvictionPolicy"]?.stringValue, !policies.contains(policy) {
      causes.notSupported("spec.unhealthyPodEvictionPolicy", policy, policies)
    }
    let known = ["In", "NotIn", "Exists", "DoesNotExist"]
    let expressions = spec.value(at: "selector", "matchExpressions")?.arrayValue ?? []
    for (index, expression) in expressions.enumerated() {
      let comparison = expression["operator"]?.stringValue ?? ""
      if known.contains(comparison) { continue }
      causes.invalid(
        "spec.selector.matchExpressions[\(index)].operator", "\"\(comparison)\"",
        "not a valid selector operator")
    }
  }
}

extension ConfigMap {
  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    GenericRules.validateImmutable(content, old.content, ["data", "binaryData"], &causes)
  }
}

/// What Secrets and ConfigMaps have in common.
private enum GenericRules {
  static func validateImmutable(
    _ content: JSONObject, _ old: JSONObject, _ parts: [String], _ causes: inout CauseList
  ) {
    guard old["immutable"] == true else { return }
    if content["immutable"] != true {
      causes.forbidden("immutable", "field is immutable when `immutable` is set")
    }
    for part in parts where content[part] != old[part] {
      causes.forbidden(part, "field is immutable when `immutable` is set")
    }
  }
}
