import FakeKubernetes
import JSON
import KubernetesAPI

/// Table `hpa_controller`: one reconcile of one autoscaler.
enum AutoscalerControllerRows {
  static let evaluators: [String: FidelityTable.Evaluator] = ["hpa_controller": reconcile]

  private static func reconcile(_ row: TableRow) throws -> JSONValue {
    let surroundings = try GivenSurroundings(row)
    var reconciliation = AutoscalerReconciliation(
      try autoscaler(row), memory: try memory(row), settings: try settings(row),
      surroundings: surroundings)
    reconciliation.decide()
    reconciliation.apply()
    let status = reconciliation.autoscaler.status
    let before = try row.int("specReplicas")
    let written = surroundings.written ?? before
    let conditions = status.conditions.map { condition -> JSONValue in
      [
        .string(condition.type), .string(condition.status.rawValue), .string(condition.reason),
      ]
    }
    let cpu = status.currentMetrics.first { $0.resource?.name == "cpu" }?.resource
    let isAsserted = row.want["cpuUtilization"].map { !$0.isNull } ?? false
    if status.desiredReplicas != before, surroundings.written != status.desiredReplicas {
      throw TableError("status tells \(status.desiredReplicas), \(written) was written")
    }
    return [
      "desiredReplicas": JSONValue(status.desiredReplicas),
      "cpuUtilization": isAsserted ? JSONValue(cpu?.current.averageUtilization) : .null,
      "conditions": .array(conditions),
      "action": written > before ? "scale_up" : written < before ? "scale_down" : "none",
      "error": reconciliation.failure == nil ? "none" : "internal",
    ]
  }

  private static func settings(_ row: TableRow) throws -> AutoscalerSettings {
    var settings = AutoscalerSettings()
    settings.downscaleStabilization = .nanoseconds(
      try row.nanoseconds("downscaleStabilizationSeconds"))
    settings.cpuInitializationPeriod = .nanoseconds(
      try row.nanoseconds("cpuInitializationPeriodSeconds"))
    settings.initialReadinessDelay = .nanoseconds(
      try row.nanoseconds("initialReadinessDelaySeconds"))
    settings.tolerance = try row.double("tolerance")
    settings.scaleUpLimitFactor = try row.int("scaleUpLimitFactor")
    settings.scaleUpLimitMinimum = try row.int("scaleUpLimitMinimum")
    return settings
  }

  private static func memory(_ row: TableRow) throws -> AutoscalerMemory {
    let memory = AutoscalerMemory()
    guard let known = row.value("recommendations")?.arrayValue else { return memory }
    let now = try row.nanoseconds("now")
    memory.recommendations = RecommendationLog(
      known.map { pair in
        RecommendationLog.Entry(
          replicas: pair[0]?.intValue ?? 0,
          timestampNanoseconds: now - (pair[1]?.integerValue ?? 0) * 1_000_000_000)
      })
    return memory
  }

  private static func autoscaler(_ row: TableRow) throws -> HorizontalPodAutoscaler {
    var autoscaler = HorizontalPodAutoscaler()
    autoscaler.metadata.name = "hpa"
    autoscaler.metadata.namespace = GivenSurroundings.namespace
    autoscaler.spec.scaleTargetRef.kind = try row.text("scaleTargetKind")
    autoscaler.spec.scaleTargetRef.name = "target"
    autoscaler.spec.minReplicas = row.optionalInt("minReplicas")
    autoscaler.spec.maxReplicas = try row.int("maxReplicas")
    if let percent = row.optionalInt("cpuTargetUtilization") {
      autoscaler.spec.metrics.append(.cpuUtilization(percent: percent))
    }
    autoscaler.spec.metrics += try row.rows("extraMetrics").map(metric)
    if autoscaler.spec.metrics.isEmpty {
      // What the API server fills in: facts_hpa.json, defaultCPUUtilization.
      autoscaler.spec.metrics = [.cpuUtilization(percent: 80)]
    }
    let up = try row.value("scaleUpRules").map { try ScalingRules(json: $0) }
    let down = try row.value("scaleDownRules").map { try ScalingRules(json: $0) }
    if up != nil || down != nil {
      var behavior = HorizontalPodAutoscalerBehavior()
      behavior.scaleUp = up
      behavior.scaleDown = down
      autoscaler.spec.behavior = behavior
    }
    autoscaler.status.currentReplicas = try row.int("specReplicas")
    autoscaler.status.desiredReplicas = try row.int("specReplicas")
    autoscaler.status.lastScaleTime = row.value("lastScaleTime")?.integerValue.map {
      Timestamp(seconds: $0)
    }
    return autoscaler
  }

  private static func metric(_ row: TableRow) throws -> MetricSpec {
    switch try row.text("type") {
    case "ContainerResource":
      ReplicaCalculatorRows.metric(
        container: try row.text("container"), utilization: try row.int("averageUtilization"))
    case let type:
      metric(
        type, value: row.input["valueMilli"]?.integerValue,
        average: row.input["averageValueMilli"]?.integerValue)
    }
  }

  /// A metric of a type with a target in all or per pod; of an unknown type nothing but the type.
  static func metric(_ type: String, value: Int64? = nil, average: Int64? = nil) -> MetricSpec {
    var target = MetricTarget()
    target.type = value == nil ? "AverageValue" : "Value"
    target.value = value.map { Quantity(milli: $0) }
    target.averageValue = average.map { Quantity(milli: $0) }
    var metric = MetricSpec()
    metric.type = type
    switch type {
    case "Pods":
      var source = PodsMetricSource()
      source.metric.name = "qps"
      source.target = target
      metric.pods = source
    case "Object":
      var source = ObjectMetricSource()
      source.metric.name = "qps"
      source.describedObject.kind = "Deployment"
      source.describedObject.name = "some-deployment"
      source.target = target
      metric.object = source
    case "External":
      var source = ExternalMetricSource()
      source.metric.name = "qps"
      source.target = target
      metric.external = source
    default: break
    }
    return metric
  }
}
