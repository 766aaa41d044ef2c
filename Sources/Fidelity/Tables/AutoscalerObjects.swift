import FakeKubernetes
import JSON
import KubernetesAPI

/// Pods, metrics and settings of the fields of `hpa_*` rows.
extension TableRow {
  /// The fields now, periods and tolerances as what calculates.
  func replicaCalculator() throws -> ReplicaCalculator {
    ReplicaCalculator(
      nowNanoseconds: try nanoseconds("now"),
      cpuInitializationNanoseconds: try nanoseconds("cpuInitializationPeriodSeconds"),
      initialReadinessDelayNanoseconds: try nanoseconds("initialReadinessDelaySeconds"),
      tolerance: AutoscalerTolerance(
        down: try double("toleranceDown"), up: try double("toleranceUp")))
  }

  /// A pod of name, phase, startTime, deleting and its condition Ready.
  ///
  /// `ready` and `readyTransition` tell of the condition, or `readyCondition` does.
  func autoscaledPod() throws -> Pod {
    var pod = Pod()
    pod.metadata.name = try text("name")
    pod.metadata.labels = ["app": "scaled", "name": try text("name")]
    pod.status.phase = try text("phase")
    pod.status.startTime = value("startTime")?.integerValue.map { Timestamp(seconds: $0) }
    if try flag("deleting") { pod.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    if let ready = input["ready"]?.boolValue {
      pod.status.conditions = [
        Condition(
          type: "Ready", status: ready ? .true : .false,
          lastTransitionTime: Timestamp(seconds: try int64("readyTransition")))
      ]
    } else if let condition = try optionalObject("readyCondition") {
      pod.status.conditions = [
        Condition(
          type: "Ready", status: try condition.conditionStatus(),
          lastTransitionTime: Timestamp(seconds: try condition.int64("transition")))
      ]
    }
    return pod
  }

  /// A container with a CPU request in millicores, or without one.
  static func container(_ name: String, cpuMilli: Int64?) -> Container {
    var container = Container()
    container.name = name
    if let cpuMilli { container.resources.requests["cpu"] = Quantity(milli: cpuMilli) }
    return container
  }
}

/// Metrics that are given, or that fail.
final class GivenMetrics: MetricsSource {
  var pods: [PodMetrics] = []
  /// Values by pod.
  var custom: [String: Int64] = [:]
  var object: Int64?
  var external: [Int64] = []
  /// The APIs that fail.
  var failsAll = false
  var failsExternal = false

  private func check(_ fails: Bool) throws(AutoscalerError) {
    if fails { throw AutoscalerError("something went wrong") }
  }

  func podMetrics(namespace: String, selector: LabelQuery) throws(AutoscalerError) -> [PodMetrics] {
    try check(failsAll)
    return pods
  }

  func customMetric(
    _ name: String, namespace: String, selector: LabelQuery, metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> PodSamples {
    try check(failsAll)
    var samples = PodSamples()
    for (name, value) in custom.sorted(by: { $0.key < $1.key }) {
      samples.append(name, PodMetricSample(valueMilli: value))
    }
    return samples
  }

  func objectMetric(
    _ name: String, namespace: String, object described: CrossVersionObjectReference,
    metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> Int64 {
    try check(failsAll || object == nil)
    return object ?? 0
  }

  func externalMetric(
    _ name: String, namespace: String, selector: LabelSelector?
  ) throws(AutoscalerError) -> [Int64] {
    try check(failsAll || failsExternal)
    return external
  }
}
