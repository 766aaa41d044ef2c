package import JSON

/// Scales a target by metrics; the autoscaling/v2 form.
package struct HorizontalPodAutoscaler: KubernetesObject {
  package static let resource = ResourceType(
    group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler",
    plural: "horizontalpodautoscalers", shortNames: ["hpa"], subresources: ["status"])
  package var metadata = ObjectMeta()
  private var sharedSpec = HorizontalPodAutoscaler.noSpec
  private var sharedStatus = HorizontalPodAutoscaler.noStatus

  private static let noSpec = Shared(HorizontalPodAutoscalerSpec())
  private static let noStatus = Shared(HorizontalPodAutoscalerStatus())

  package init() {}

  package var spec: HorizontalPodAutoscalerSpec {
    _read { yield sharedSpec.value }
    _modify { yield &sharedSpec.value }
  }

  package var status: HorizontalPodAutoscalerStatus {
    _read { yield sharedStatus.value }
    _modify { yield &sharedStatus.value }
    set { sharedStatus = Shared(newValue) }
  }

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? HorizontalPodAutoscalerSpec()
    status = try fields.nested("status") ?? HorizontalPodAutoscalerStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  /// What is said of how fast the target may grow and shrink; most autoscalers say nothing.
  package var behavior: HorizontalPodAutoscalerBehavior? {
    sharedSpec.read { $0.pointee.behavior == nil } ? nil : spec.behavior
  }

  /// Whether a condition of these words, with a time, is there already.
  package func tells(
    _ type: String, _ value: ConditionStatus, _ reason: String, _ message: String
  ) -> Bool {
    sharedStatus.read { status in
      guard let index = status.pointee.conditions.index(of: type) else { return false }
      return status.pointee.conditions.withUnsafeBufferPointer { conditions in
        conditions[index].status == value && conditions[index].lastTransitionTime != nil
          && conditions[index].reason == reason && conditions[index].message == message
      }
    }
  }

  /// Whether both tell the same; quick for copies of one autoscaler.
  package func hasSameStatus(as other: Self) -> Bool { sharedStatus == other.sharedStatus }

  package mutating func takeStatus(from other: Self) { sharedStatus = other.sharedStatus }

  package mutating func takeSpec(from other: Self) {
    sharedSpec = other.sharedSpec
  }

  /// What the annotations begin with in which `autoscaling/v1` keeps what it lacks.
  package static let annotationPrefix = "autoscaling.alpha.kubernetes.io/"

  /// Drops the annotations that only `autoscaling/v1` shows.
  ///
  /// Source: `pkg/apis/autoscaling/helpers.go` DropRoundTripHorizontalPodAutoscalerAnnotations.
  package mutating func dropAnnotationsOfV1() {
    if metadata.annotations.isEmpty { return }
    for name in [
      "metrics", "current-metrics", "conditions", "behavior", "scale-down-tolerance",
      "scale-up-tolerance",
    ] {
      let key = Self.annotationPrefix + name
      if metadata.annotations[key] != nil { metadata.annotations[key] = nil }
    }
  }
}

/// What is wanted of an autoscaler.
package struct HorizontalPodAutoscalerSpec: JSONConvertible {
  package var scaleTargetRef = CrossVersionObjectReference()
  package var minReplicas: Int?
  package var maxReplicas = 0
  package var metrics: [MetricSpec] = []
  package var behavior: HorizontalPodAutoscalerBehavior?

  package init() {}

  package init(_ fields: FieldReader) throws {
    scaleTargetRef = try fields.nested("scaleTargetRef") ?? CrossVersionObjectReference()
    minReplicas = try fields.int("minReplicas")
    maxReplicas = try fields.int("maxReplicas") ?? 0
    metrics = try fields.list("metrics")
    // autoscaling/v1 knows one metric only; source `pkg/apis/autoscaling/v1/conversion.go`.
    if metrics.isEmpty, let percent = try fields.int("targetCPUUtilizationPercentage") {
      metrics = [.cpuUtilization(percent: percent)]
    }
    behavior = try fields.nested("behavior")
  }

  package func write(to object: inout JSONObject) {
    object["scaleTargetRef"] = scaleTargetRef.json
    object.put("minReplicas", minReplicas)
    object.put("maxReplicas", maxReplicas)
    object.put("metrics", metrics)
    object.put("behavior", behavior)
  }
}

/// An object of the same namespace.
package struct CrossVersionObjectReference: JSONConvertible {
  package var kind = ""
  package var name = ""
  package var apiVersion = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    kind = try fields.text("kind")
    name = try fields.text("name")
    apiVersion = try fields.text("apiVersion")
  }

  package func write(to object: inout JSONObject) {
    object.put("kind", kind)
    object.put("name", name)
    object.putText("apiVersion", apiVersion)
  }
}

/// How fast the target may grow and shrink.
package struct HorizontalPodAutoscalerBehavior: JSONConvertible {
  package var scaleUp: ScalingRules?
  package var scaleDown: ScalingRules?

  package init() {}

  package init(_ fields: FieldReader) throws {
    scaleUp = try fields.nested("scaleUp")
    scaleDown = try fields.nested("scaleDown")
  }

  package func write(to object: inout JSONObject) {
    object.put("scaleUp", scaleUp)
    object.put("scaleDown", scaleDown)
  }
}

/// Policies of one direction.
package struct ScalingRules: JSONConvertible {
  package var stabilizationWindowSeconds: Int?
  package var selectPolicy: String?
  package var policies: [ScalingPolicy] = []
  /// Whether an empty list was given, which is not as good as none.
  package var hasEmptyPolicies = false
  package var tolerance: Quantity?

  package init() {}

  package init(_ fields: FieldReader) throws {
    stabilizationWindowSeconds = try fields.int("stabilizationWindowSeconds")
    selectPolicy = try fields.string("selectPolicy")
    policies = try fields.list("policies")
    hasEmptyPolicies = fields.value("policies") == []
    tolerance = try fields.quantity("tolerance")
  }

  package func write(to object: inout JSONObject) {
    object.put("stabilizationWindowSeconds", stabilizationWindowSeconds)
    object.put("selectPolicy", selectPolicy)
    object.put("policies", policies)
    object.put("tolerance", tolerance)
  }
}

/// The most that may change in a period.
package struct ScalingPolicy: JSONConvertible {
  /// `Pods` or `Percent`.
  package var type = ""
  package var value = 0
  package var periodSeconds = 0

  package init() {}

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    value = try fields.int("value") ?? 0
    periodSeconds = try fields.int("periodSeconds") ?? 0
  }

  package func write(to object: inout JSONObject) {
    object.put("type", type)
    object.put("value", value)
    object.put("periodSeconds", periodSeconds)
  }
}

/// What was observed and decided.
package struct HorizontalPodAutoscalerStatus: JSONConvertible {
  package var observedGeneration: Int64?
  package var lastScaleTime: Timestamp?
  package var currentReplicas = 0
  package var desiredReplicas = 0
  package var currentMetrics: [MetricStatus] = []
  package var conditions: [Condition] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    observedGeneration = try fields.int64("observedGeneration")
    lastScaleTime = try fields.timestamp("lastScaleTime")
    currentReplicas = try fields.int("currentReplicas") ?? 0
    desiredReplicas = try fields.int("desiredReplicas") ?? 0
    currentMetrics = try fields.list("currentMetrics")
    conditions = try fields.list("conditions")
  }

  package func write(to object: inout JSONObject) {
    object.put("observedGeneration", observedGeneration)
    object.put("lastScaleTime", lastScaleTime)
    object.putCount("currentReplicas", currentReplicas)
    object.put("desiredReplicas", desiredReplicas)
    object["currentMetrics"] = currentMetrics.isEmpty ? .null : .array(currentMetrics.map(\.json))
    object.put("conditions", conditions)
  }
}
