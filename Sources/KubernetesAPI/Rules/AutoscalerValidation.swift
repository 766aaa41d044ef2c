/// Rules for autoscalers, source `pkg/apis/autoscaling/validation/validation.go`.
extension HorizontalPodAutoscaler {
  package func validate(_ causes: inout CauseList) {
    if let minimum = spec.minReplicas, minimum < 1 {
      causes.invalid("spec.minReplicas", "\(minimum)", "must be greater than or equal to 1")
    }
    if spec.maxReplicas < 1 {
      causes.invalid("spec.maxReplicas", "\(spec.maxReplicas)", "must be greater than 0")
    }
    if let minimum = spec.minReplicas, spec.maxReplicas < minimum {
      causes.invalid(
        "spec.maxReplicas", "\(spec.maxReplicas)",
        "must be greater than or equal to `minReplicas`")
    }
    spec.scaleTargetRef.validate("spec.scaleTargetRef", needsGroup: true, &causes)
    for (index, metric) in spec.metrics.enumerated() {
      metric.validate("spec.metrics[\(index)]", &causes)
    }
    if spec.minReplicas == 0, !spec.metrics.contains(where: { $0.worksWithoutPods }) {
      causes.forbidden(
        "spec.metrics",
        "must specify at least one Object or External metric to support scaling to zero replicas")
    }
    spec.behavior?.scaleUp?.validate("spec.behavior.scaleUp", &causes)
    spec.behavior?.scaleDown?.validate("spec.behavior.scaleDown", &causes)
  }

  package func validateStatus(from old: Self, _ causes: inout CauseList) {
    for (name, count) in [
      ("currentReplicas", status.currentReplicas), ("desiredReplicas", status.desiredReplicas),
    ] where count < 0 {
      causes.negative("status.\(name)", Int64(count))
    }
  }
}

extension CrossVersionObjectReference {
  fileprivate func validate(_ path: String, needsGroup: Bool, _ causes: inout CauseList) {
    for (field, text) in [("kind", kind), ("name", name)] {
      if text.isEmpty {
        causes.required("\(path).\(field)")
      } else {
        causes.invalid("\(path).\(field)", text: text, RuleTexts.pathSegmentFaults(text))
      }
    }
    let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 2 {
      causes.invalid(
        "\(path).apiVersion", "\"\(apiVersion)\"",
        "unexpected GroupVersion string: \(apiVersion)")
    } else if needsGroup, parts.count < 2 || parts[0].isEmpty {
      causes.invalid(
        "\(path).apiVersion", "\"\(apiVersion)\"", "apiVersion must specify API group")
    }
  }
}

extension MetricSpec {
  fileprivate var worksWithoutPods: Bool { type == "Object" || type == "External" }

  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    let sources = [
      ("Object", "object", object != nil), ("External", "external", external != nil),
      ("Pods", "pods", pods != nil), ("Resource", "resource", resource != nil),
      ("ContainerResource", "containerResource", containerResource != nil),
    ]
    let present = sources.filter(\.2)
    switch present.first?.1 {
    case "object": object?.validate("\(path).object", &causes)
    case "external": external?.validate("\(path).external", &causes)
    case "pods": pods?.validate("\(path).pods", &causes)
    case "resource": resource?.validate("\(path).resource", &causes)
    case "containerResource": containerResource?.validate("\(path).containerResource", &causes)
    default: break
    }
    if type.isEmpty { causes.required("\(path).type", "must specify a metric source type") }
    let expected = sources.first { $0.0 == type }
    if let expected {
      if !expected.2 {
        causes.required(
          "\(path).\(expected.1)", "must populate information for the given metric source")
      }
    } else {
      // Upstream asks twice, and the cause stands twice.
      for _ in 0..<2 { causes.notSupported("\(path).type", type, sources.map(\.0).sorted()) }
    }
    if present.count == 1 { return }
    for (kind, field, _) in present where kind != type {
      causes.forbidden("\(path).\(field)", "must populate the given metric source only")
    }
  }
}

extension MetricIdentifier {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if name.isEmpty {
      causes.required("\(path).name", "must specify a metric name")
    } else {
      causes.invalid("\(path).name", text: name, RuleTexts.pathSegmentFaults(name))
    }
  }
}

extension MetricTarget {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if type.isEmpty { causes.required("\(path).type", "must specify a metric target type") }
    if !["Utilization", "Value", "AverageValue"].contains(type) {
      causes.invalid(
        "\(path).type", "\"\(type)\"", "must be either Utilization, Value, or AverageValue")
    }
    for (field, amount) in [("value", value), ("averageValue", averageValue)] {
      guard let amount, amount <= .zero else { continue }
      causes.invalid("\(path).\(field)", "\"\(amount)\"", "must be positive")
    }
    if let averageUtilization, averageUtilization < 1 {
      causes.invalid(
        "\(path).averageUtilization", "\(averageUtilization)", "must be greater than 0")
    }
  }

  /// What holds for resources of pods and of containers.
  fileprivate func validateResource(_ path: String, _ causes: inout CauseList) {
    validate(path, &causes)
    if averageUtilization == nil, averageValue == nil {
      causes.required(
        "\(path).averageUtilization",
        "must set either a target raw value or a target utilization")
    }
    if averageUtilization != nil, averageValue != nil {
      causes.forbidden(
        "\(path).averageValue", "may not set both a target raw value and a target utilization")
    }
  }
}

extension ObjectMetricSource {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    describedObject.validate("\(path).describedObject", needsGroup: false, &causes)
    metric.validate("\(path).metric", &causes)
    target.validate("\(path).target", &causes)
    if target.value == nil, target.averageValue == nil {
      causes.required(
        "\(path).target.averageValue", "must set either a target value or averageValue")
    }
  }
}

extension ExternalMetricSource {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    metric.validate("\(path).metric", &causes)
    target.validate("\(path).target", &causes)
    if target.value == nil, target.averageValue == nil {
      causes.required(
        "\(path).target.averageValue",
        "must set either a target value for metric or a per-pod target")
    }
    if target.value != nil, target.averageValue != nil {
      causes.forbidden(
        "\(path).target.value",
        "may not set both a target value for metric and a per-pod target")
    }
  }
}

extension PodsMetricSource {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    metric.validate("\(path).metric", &causes)
    target.validate("\(path).target", &causes)
    if target.averageValue ?? .zero <= .zero {
      causes.required(
        "\(path).target.averageValue", "must specify a positive target averageValue")
    }
  }
}

extension ResourceMetricSource {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if name.isEmpty { causes.required("\(path).name", "must specify a resource name") }
    target.validateResource("\(path).target", &causes)
  }
}

extension ContainerResourceMetricSource {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if name.isEmpty { causes.required("\(path).name", "must specify a resource name") }
    if container.isEmpty { causes.required("\(path).container", "must specify a container") }
    target.validateResource("\(path).target", &causes)
  }
}

extension ScalingRules {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    let window = "\(path).stabilizationWindowSeconds"
    if let seconds = stabilizationWindowSeconds, seconds < 0 {
      causes.invalid(window, "\(seconds)", "must be greater than or equal to zero")
    }
    if let seconds = stabilizationWindowSeconds, seconds > 3600 {
      causes.invalid(window, "\(seconds)", "must be less than or equal to 3600")
    }
    if let selectPolicy, !["Disabled", "Max", "Min"].contains(selectPolicy) {
      causes.notSupported("\(path).selectPolicy", selectPolicy, ["Disabled", "Max", "Min"])
    }
    if policies.isEmpty {
      causes.required("\(path).policies", "must specify at least one Policy")
    }
    for (index, policy) in policies.enumerated() {
      policy.validate("\(path).policies[\(index)]", &causes)
    }
  }
}

extension ScalingPolicy {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if !["Percent", "Pods"].contains(type) {
      causes.notSupported("\(path).type", type, ["Percent", "Pods"])
    }
    for (field, number) in [("value", value), ("periodSeconds", periodSeconds)] where number <= 0 {
      causes.invalid("\(path).\(field)", "\(number)", "must be greater than zero")
    }
    if periodSeconds > 1800 {
      causes.invalid(
        "\(path).periodSeconds", "\(periodSeconds)", "must be less than or equal to 1800")
    }
  }
}
