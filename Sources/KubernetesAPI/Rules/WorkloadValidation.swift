import JSON

/// Rules for workloads, source `pkg/apis/apps/validation/validation.go`.
private enum WorkloadRules {
  static func validate(
    _ selector: LabelSelector, isAbsent: Bool, _ template: PodTemplate, _ causes: inout CauseList
  ) {
    if isAbsent {
      causes.required("spec.selector")
    } else {
      selector.validate("spec.selector", &causes)
      if selector.isEmpty {
        causes.invalid("spec.selector", "{}", "empty selector is invalid for deployment")
      }
    }
    if !selector.isWellFormed {
      causes.invalid("spec.selector", selector.shown, "invalid label selector")
      return
    }
    let labels = template.metadata.labels
    if isAbsent || !selector.isEmpty && !selector.matches(labels) {
      let text = labels.isEmpty ? "null" : JSONValue.object(JSONObject(stringMap: labels)).text()
      causes.invalid(
        "spec.template.metadata.labels", text, "`selector` does not match template `labels`")
    }
    validate(template, &causes)
  }

  private static func validate(_ template: PodTemplate, _ causes: inout CauseList) {
    ObjectMeta.validate(labels: template.metadata.labels, "spec.template.labels", &causes)
    ObjectMeta.validate(
      annotations: template.metadata.annotations, "spec.template.annotations", &causes)
    let path = "spec.template.spec"
    let content = template.spec.content.value
    content.validate(path, nodeName: template.spec.nodeName, isPod: false, &causes)
    if content.restartPolicy != "Always" {
      causes.notSupported("\(path).restartPolicy", content.restartPolicy, ["Always"])
    }
    if content.activeDeadlineSeconds != nil {
      causes.forbidden(
        "\(path).activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported")
    }
  }

  static func validateSelector(
    _ selector: LabelSelector, from old: LabelSelector, _ causes: inout CauseList
  ) {
    if selector != old { causes.invalid("spec.selector", selector.shown, "field is immutable") }
  }

  /// No number of a status is negative.
  static func validate(_ counts: [(String, Int)], _ causes: inout CauseList) {
    for (name, count) in counts where count < 0 { causes.negative("status.\(name)", Int64(count)) }
  }

  /// Some of all are no more than all.
  static func validate(_ parts: [(String, Int)], of replicas: Int, _ causes: inout CauseList) {
    for (name, count) in parts where count > replicas {
      causes.invalid("status.\(name)", "\(count)", "cannot be greater than status.replicas")
    }
  }

  static func validate(available: Int, ready: Int, _ causes: inout CauseList) {
    if available > ready {
      causes.invalid(
        "status.availableReplicas", "\(available)", "cannot be greater than readyReplicas")
    }
  }
}

extension Deployment {
  package func validate(_ causes: inout CauseList) { validate(over: nil, &causes) }

  /// A template and a selector that were accepted are not looked at again.
  private func validate(over old: Deployment?, _ causes: inout CauseList) {
    if let replicas = spec.replicas, replicas < 0 {
      causes.negative("spec.replicas", Int64(replicas))
    }
    let isAccepted =
      old.map { old in
        spec.template.sharesParts(with: old.spec.template) && spec.selector == old.spec.selector
          && spec.lacksSelector == old.spec.lacksSelector
      } ?? false
    if !isAccepted {
      WorkloadRules.validate(
        spec.selector, isAbsent: spec.lacksSelector, spec.template, &causes)
    }
    spec.strategy.validate("spec.strategy", &causes)
    if spec.minReadySeconds < 0 {
      causes.negative("spec.minReadySeconds", Int64(spec.minReadySeconds))
    }
    if let limit = spec.revisionHistoryLimit, limit < 0 {
      causes.negative("spec.revisionHistoryLimit", Int64(limit))
    }
    if let deadline = spec.progressDeadlineSeconds {
      if deadline < 0 { causes.negative("spec.progressDeadlineSeconds", Int64(deadline)) }
      if deadline <= spec.minReadySeconds {
        causes.invalid(
          "spec.progressDeadlineSeconds", "\(deadline)", "must be greater than minReadySeconds")
      }
    }
  }

  package func validateUpdate(from old: Deployment, _ causes: inout CauseList) {
    validate(over: old, &causes)
    WorkloadRules.validateSelector(spec.selector, from: old.spec.selector, &causes)
  }

  package func validateStatus(from old: Deployment, _ causes: inout CauseList) {
    WorkloadRules.validate(
      [
        ("observedGeneration", Int(status.observedGeneration)), ("replicas", status.replicas),
        ("updatedReplicas", status.updatedReplicas), ("readyReplicas", status.readyReplicas),
        ("availableReplicas", status.availableReplicas),
        ("unavailableReplicas", status.unavailableReplicas),
        ("terminatingReplicas", status.terminatingReplicas ?? 0),
        ("collisionCount", status.collisionCount ?? 0),
      ], &causes)
    WorkloadRules.validate(
      [
        ("updatedReplicas", status.updatedReplicas), ("readyReplicas", status.readyReplicas),
        ("availableReplicas", status.availableReplicas),
      ], of: status.replicas, &causes)
    WorkloadRules.validate(
      available: status.availableReplicas, ready: status.readyReplicas, &causes)
    if let before = old.status.collisionCount, status.collisionCount ?? -1 < before {
      causes.invalid(
        "status.collisionCount", "\(status.collisionCount ?? 0)", "cannot be decremented")
    }
  }
}

extension DeploymentStrategy {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    switch type {
    case "Recreate":
      if rollingUpdate != nil {
        causes.forbidden(
          "\(path).rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
      }
    case "RollingUpdate":
      guard let rollingUpdate else {
        return causes.required(
          "\(path).rollingUpdate", "this should be defaulted and never be nil")
      }
      let (unavailable, surge) = (rollingUpdate.maxUnavailable, rollingUpdate.maxSurge)
      let field = "\(path).rollingUpdate.maxUnavailable"
      if let unavailable { causes.countOrPercent(field, unavailable) }
      if let surge { causes.countOrPercent("\(path).rollingUpdate.maxSurge", surge) }
      if unavailable.isZero, surge.isZero {
        causes.invalid(
          field, unavailable?.json.text() ?? "0", "may not be 0 when `maxSurge` is 0")
      }
      if let unavailable { causes.atMostWhole(field, unavailable) }
    default:
      causes.notSupported(path, shown: shown, ["Recreate", "RollingUpdate"])
    }
  }

  /// The strategy as causes show it.
  private var shown: String {
    let update: JSONValue =
      rollingUpdate.map { update -> JSONValue in
        [
          "MaxUnavailable": update.maxUnavailable?.json ?? 0,
          "MaxSurge": update.maxSurge?.json ?? 0,
        ]
      } ?? .null
    let value: JSONValue = ["Type": .string(type), "RollingUpdate": update]
    return value.text()
  }
}

extension ReplicaSet {
  package func validate(_ causes: inout CauseList) { validate(over: nil, &causes) }

  /// A template and a selector that were accepted are not looked at again.
  private func validate(over old: ReplicaSet?, _ causes: inout CauseList) {
    if let replicas = spec.replicas, replicas < 0 {
      causes.negative("spec.replicas", Int64(replicas))
    }
    if spec.minReadySeconds < 0 {
      causes.negative("spec.minReadySeconds", Int64(spec.minReadySeconds))
    }
    let isAccepted =
      old.map { old in
        spec.template.sharesParts(with: old.spec.template) && spec.selector == old.spec.selector
          && spec.lacksSelector == old.spec.lacksSelector
      } ?? false
    if isAccepted { return }
    WorkloadRules.validate(
      spec.selector, isAbsent: spec.lacksSelector, spec.template, &causes)
  }

  package func validateUpdate(from old: ReplicaSet, _ causes: inout CauseList) {
    validate(over: old, &causes)
    WorkloadRules.validateSelector(spec.selector, from: old.spec.selector, &causes)
  }

  package func validateStatus(from old: ReplicaSet, _ causes: inout CauseList) {
    let parts = [
      ("fullyLabeledReplicas", status.fullyLabeledReplicas),
      ("readyReplicas", status.readyReplicas), ("availableReplicas", status.availableReplicas),
    ]
    WorkloadRules.validate(
      [("replicas", status.replicas)] + parts + [
        ("terminatingReplicas", status.terminatingReplicas ?? 0),
        ("observedGeneration", Int(status.observedGeneration)),
      ], &causes)
    WorkloadRules.validate(parts, of: status.replicas, &causes)
    WorkloadRules.validate(
      available: status.availableReplicas, ready: status.readyReplicas, &causes)
  }
}

extension IntOrString? {
  /// Whether this is no count and no percentage, or one of zero.
  fileprivate var isZero: Bool {
    switch self {
    case nil: true
    case .int(let number): number == 0
    case .string(let text):
      (FieldRules.isPercent(text) ? self?.percentage : Int(text)) ?? 0 == 0
    }
  }
}

extension CauseList {
  /// Adds a cause if the value is a percentage above 100.
  mutating func atMostWhole(_ field: String, _ value: IntOrString) {
    guard case .string(let text) = value, FieldRules.isPercent(text),
      let percentage = value.percentage, percentage > 100
    else { return }
    invalid(field, text.goQuoted, "must not be greater than 100%")
  }
}
