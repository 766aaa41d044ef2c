import JSON

/// Rules for workloads, source `pkg/apis/apps/validation/validation.go`.
private enum WorkloadRules {
  static func validate(
    selector: LabelSelector, template: PodTemplate, _ causes: inout CauseList
  ) {
    for (index, requirement) in selector.matchExpressions.enumerated() {
      let field = "spec.selector.matchExpressions[\(index)].values"
      switch requirement.operator {
      case .in, .notIn:
        if requirement.values.isEmpty {
          causes.required(field, "must be specified when `operator` is 'In' or 'NotIn'")
        }
      case .exists, .doesNotExist:
        if !requirement.values.isEmpty {
          causes.forbidden(
            field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        }
      case .greaterThan, .lessThan, .equals, .doubleEquals, .notEquals: break
      }
    }
    if selector.isEmpty {
      causes.invalid("spec.selector", "{}", "empty selector is invalid for deployment")
    } else if !selector.matches(template.metadata.labels) {
      let labels = template.metadata.labels
      let text = labels.isEmpty ? "null" : JSONValue.object(JSONObject(stringMap: labels)).text()
      causes.invalid(
        "spec.template.metadata.labels", text,
        "`selector` does not match template `labels`")
    }
    ObjectMeta.validate(
      labels: template.metadata.labels, "spec.template.labels", &causes)
    template.spec.content.value.validate("spec.template.spec", isTemplate: true, &causes)
  }

  static func validateSelector(
    _ selector: LabelSelector, from old: LabelSelector, _ causes: inout CauseList
  ) {
    if selector != old {
      causes.invalid("spec.selector", selector.json.text(), "field is immutable")
    }
  }
}

extension Deployment {
  package func validate(_ causes: inout CauseList) {
    if let replicas = spec.replicas, replicas < 0 {
      causes.negative("spec.replicas", Int64(replicas))
    }
    WorkloadRules.validate(selector: spec.selector, template: spec.template, &causes)
    validateStrategy(&causes)
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

  private func validateStrategy(_ causes: inout CauseList) {
    let path = "spec.strategy"
    switch spec.strategy.type {
    case "Recreate":
      if spec.strategy.rollingUpdate != nil {
        causes.forbidden(
          "\(path).rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
      }
    case "RollingUpdate":
      guard let rollingUpdate = spec.strategy.rollingUpdate else {
        return causes.required("\(path).rollingUpdate")
      }
      validate(rollingUpdate.maxUnavailable, "\(path).rollingUpdate.maxUnavailable", &causes)
      validate(rollingUpdate.maxSurge, "\(path).rollingUpdate.maxSurge", &causes)
      if rollingUpdate.maxUnavailable.isZero, rollingUpdate.maxSurge.isZero {
        causes.invalid(
          "\(path).rollingUpdate.maxUnavailable",
          rollingUpdate.maxUnavailable?.json.text() ?? "null",
          "may not be 0 when `maxSurge` is 0")
      }
      if let percentage = rollingUpdate.maxUnavailable?.percentage, percentage > 100 {
        causes.invalid(
          "\(path).rollingUpdate.maxUnavailable", "\"\(percentage)%\"",
          "must not be greater than 100%")
      }
    default:
      causes.oneOf("\(path).type", spec.strategy.type, ["Recreate", "RollingUpdate"])
    }
  }

  private func validate(_ value: IntOrString?, _ field: String, _ causes: inout CauseList) {
    if let value { causes.countOrPercent(field, value) }
  }

  package func validateUpdate(from old: Deployment, _ causes: inout CauseList) {
    WorkloadRules.validateSelector(spec.selector, from: old.spec.selector, &causes)
  }
}

extension ReplicaSet {
  package func validate(_ causes: inout CauseList) {
    if let replicas = spec.replicas, replicas < 0 {
      causes.negative("spec.replicas", Int64(replicas))
    }
    if spec.minReadySeconds < 0 {
      causes.negative("spec.minReadySeconds", Int64(spec.minReadySeconds))
    }
    WorkloadRules.validate(selector: spec.selector, template: spec.template, &causes)
  }

  package func validateUpdate(from old: ReplicaSet, _ causes: inout CauseList) {
    WorkloadRules.validateSelector(spec.selector, from: old.spec.selector, &causes)
  }
}

extension IntOrString? {
  /// Whether this is 0 or 0%; absent counts as zero.
  fileprivate var isZero: Bool {
    switch self {
    case nil: true
    case .int(let number): number == 0
    case .string: self?.percentage == 0
    }
  }
}
