import FakeKubernetes
import JSON
import KubernetesAPI

/// What an autoscaler of a row of `hpa_controller` looks at, with the row's fault.
final class GivenSurroundings: AutoscalerSurroundings {
  static let namespace = "test-namespace"

  let nowNanoseconds: Int64
  let metrics: (any MetricsSource)?
  /// The size that was written, nil if none was.
  private(set) var written: Int?
  private let pods: [Pod]
  private let scale: TargetScale
  private let fault: String

  init(_ row: TableRow) throws {
    nowNanoseconds = try row.nanoseconds("now")
    fault = row.optionalText("inject") ?? ""
    pods = try row.rows("pods").map(Self.pod)
    metrics = try Self.metrics(row, pods: pods, fault: fault)
    let selector =
      switch fault {
      case "scale_selector_missing": ""
      case "scale_selector_unparsable": "cheddar cheese"
      default: "app=scaled"
      }
    scale = TargetScale(
      replicas: try row.int("specReplicas"), statusReplicas: try row.int("statusReplicas"),
      selector: selector)
  }

  /// A pod of two containers that share the request evenly.
  private static func pod(_ row: TableRow) throws -> Pod {
    var pod = try row.autoscaledPod()
    pod.metadata.namespace = namespace
    let request = row.value("requestMilli")?.integerValue.map { $0 / 2 }
    pod.spec.containers = ["container1", "container2"].map {
      TableRow.container($0, cpuMilli: request)
    }
    return pod
  }

  /// Levels are CPU by pod, shared evenly by two containers, or the values of another metric.
  private static func metrics(
    _ row: TableRow, pods: [Pod], fault: String
  ) throws -> GivenMetrics {
    let source = GivenMetrics()
    source.failsAll = fault == "metrics_api_error"
    source.failsExternal = fault == "external_metrics_error"
    let levels = try row.list("levelsMilli").map { $0.integerValue ?? 0 }
    let timestamp = try row.nanoseconds("metricTimestamp")
    let window = try row.nanoseconds("metricWindowSeconds")
    for (index, level) in levels.enumerated() {
      // There may be samples of pods that are not the target's.
      let name = index < pods.count ? pods[index].metadata.name : "other-\(index)"
      source.custom[name] = level
      source.pods.append(
        PodMetrics(
          name: name,
          containers: ["container1", "container2"].map {
            PodMetrics.ContainerMetrics(name: $0, usageMilli: ["cpu": level / 2])
          },
          timestampNanoseconds: timestamp, windowNanoseconds: window))
    }
    source.object = levels.first
    source.external = levels
    return source
  }

  func scale(
    of target: CrossVersionObjectReference, namespace: String
  ) throws(StatusError) -> TargetScale {
    if fault == "scale_get_error" { throw .badRequest("something went wrong") }
    return scale
  }

  func setScale(
    of target: CrossVersionObjectReference, namespace: String, replicas: Int
  ) throws(StatusError) {
    if fault == "scale_update_error" { throw .badRequest("something went wrong") }
    written = replicas
  }

  func pods(namespace: String, selector: LabelQuery) -> [AutoscalerPod] {
    pods.filter { selector.matches($0.metadata.labels) }.map { AutoscalerPod($0) }
  }

  let selectorsState = 0

  func others(
    than autoscaler: ObjectKey, whose matches: (LabelQuery) -> Bool
  ) -> [ObjectKey] {
    let labels: [String: String]
    switch fault {
    case "other_hpa_selector_disjoint": labels = ["app": "another"]
    case "other_hpa_selector_same": labels = ["app": "scaled"]
    case "other_hpa_selector_overlaps_pods":
      labels = ["name": pods.first?.metadata.name ?? ""]
    default: return []
    }
    return matches(LabelQuery(labels)) ? [ObjectKey(Self.namespace, "other")] : []
  }

  func record(
    _ autoscaler: HorizontalPodAutoscaler, _ severity: EventRecorder.Severity, _ reason: String,
    _ message: String
  ) {}

  func scaled(_ autoscaler: HorizontalPodAutoscaler, from current: Int, to desired: Int) {}
}
