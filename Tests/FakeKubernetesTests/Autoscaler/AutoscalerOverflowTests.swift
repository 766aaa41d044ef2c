import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// Metrics of whatever size.
private final class GreatMetrics: MetricsSource {
  let values: [Int64]

  init(_ values: [Int64]) { self.values = values }

  func podMetrics(namespace: String, selector: LabelQuery) throws(AutoscalerError) -> [PodMetrics] {
    [
      PodMetrics(
        name: "p0", containers: [.init(name: "app", usageMilli: ["cpu": values[0]])],
        timestampNanoseconds: 0, windowNanoseconds: 0)
    ]
  }

  func objectMetric(
    _ name: String, namespace: String, object: CrossVersionObjectReference,
    metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> Int64 {
    values[0]
  }

  func externalMetric(
    _ name: String, namespace: String, selector: LabelSelector?
  ) throws(AutoscalerError) -> [Int64] {
    values
  }
}

private func evaluation(_ values: [Int64], statusReplicas: Int = 3) -> MetricEvaluation {
  let calculator = ReplicaCalculator(
    nowNanoseconds: 0, cpuInitializationNanoseconds: 0, initialReadinessDelayNanoseconds: 0,
    tolerance: AutoscalerTolerance())
  let pods = (0..<3).map { index in
    AutoscalerPod(
      name: "p\(index)", phase: "Running",
      ready: .init(isFalse: false, isTrue: true, transitionNanoseconds: 0), startNanoseconds: 0,
      containerRequests: [])
  }
  return MetricEvaluation(
    source: GreatMetrics(values), calculator: calculator, namespace: "ns",
    selector: LabelQuery(["app": "web"]), pods: pods, specReplicas: 3,
    statusReplicas: statusReplicas)
}

/// Sources: `replica_calculator.go` GetExternalMetricReplicas, GetExternalPerPodMetricReplicas,
/// GetObjectPerPodMetricReplicas.
@Test(
  arguments: [
    ("one value as large as can be", "external", [.max], 1, 1, 2_147_483_647, .max),
    ("a sum beyond that", "external", [1 << 62, 1 << 62], 3, .max, 1, .max),
    ("a sum below zero is taken for one", "external", [-50], 3, 100, 2_147_483_647, .max),
    ("and ends the sum", "external", [.max, 1, .min], 3, 1, 2_147_483_647, .max),
    ("one that is divided", "external", [1000], 3, 500, 2, 334),
    ("an object's value has no such bounds", "object", [1 << 62], 1, 1, -2_147_483_648, 1 << 62),
    ("divided by no pod", "object", [500], 0, 100, 5, .min),
  ] as [(String, String, [Int64], Int, Int64, Int, Int64)])
func `a metric for each pod is as large as can be`(
  name: String, kind: String, values: [Int64], statusReplicas: Int, target: Int64, replicas: Int,
  usage: Int64
) throws {
  let metric = AutoscalerOverflow.metric(kind, ["averageValue": .string("\(target)m")])
  let outcome = try evaluation(values, statusReplicas: statusReplicas).evaluate(metric)
  let current = outcome.status.external?.current ?? outcome.status.object?.current
  #expect(outcome.replicas == replicas, "\(name)")
  #expect(current?.averageValue?.milliValue == usage, "\(name)")
}

@Test(
  arguments: [
    ("a sum beyond what can be", [.max, 1, -1], 2_147_483_647, .max),
    ("only what is added makes it so, else it wraps", [.min, -1], 2_147_483_647, .max),
    ("as small as can be", [.min], -2_147_483_648, .min),
    ("below zero", [-50], -1, -50),
  ] as [(String, [Int64], Int, Int64)])
func `a metric in all is as large as can be`(
  name: String, values: [Int64], replicas: Int, usage: Int64
) throws {
  let outcome = try evaluation(values).evaluate(
    AutoscalerOverflow.metric("external", ["value": "100m"]))
  #expect(outcome.replicas == replicas, "\(name)")
  #expect(outcome.status.external?.current.value?.milliValue == usage, "\(name)")
}

/// Source: `metrics/client.go` GetResourceMetric.
@Test func `a container that no sample has is told of`() throws {
  let metric = try MetricSpec(
    json: [
      "type": "ContainerResource",
      "containerResource": [
        "name": "cpu", "container": "side", "target": ["averageValue": "1"],
      ],
    ])
  do throws(MetricEvaluation.Failure) {
    _ = try evaluation([5]).evaluate(metric)
    Issue.record("a value came from nowhere")
  } catch {
    #expect(
      error.message
        == "failed to get cpu usage: unable to get metrics for resource cpu: failed to get "
        + "container metrics: container side not present in metrics for pod ns/p0")
  }
}

private enum AutoscalerOverflow {
  static func metric(_ kind: String, _ target: JSONValue) -> MetricSpec {
    let source: JSONValue = [
      "metric": ["name": "m"], "target": target,
      "describedObject": ["kind": "Service", "name": "web"],
    ]
    let type = kind == "external" ? "External" : "Object"
    do {
      return try MetricSpec(json: ["type": .string(type), kind: source])
    } catch {
      preconditionFailure("no metric: \(error)")
    }
  }
}

/// Source: `apimachinery/pkg/api/errors/errors.go` NewGenericServerResponse.
@Test func `metrics that are unavailable name the request`() throws {
  let simulation = Simulation(seed: 1)
  let metrics = ScriptedMetrics(server: APIServer(simulation: simulation)) { _ in 0 }
  metrics.set(["unavailable": true])
  let text = "the server is currently unable to handle the request"
  var object = CrossVersionObjectReference()
  (object.apiVersion, object.kind, object.name) = ("v1", "Service", "web")
  let query = LabelQuery(["app": "web"])
  #expect(throws: AutoscalerError("\(text) (get pods.metrics.k8s.io)")) {
    _ = try metrics.podMetrics(namespace: "ns", selector: query)
  }
  #expect(throws: AutoscalerError("\(text) (get pods.custom.metrics.k8s.io *)")) {
    _ = try metrics.customMetric("rps", namespace: "ns", selector: query, metricSelector: nil)
  }
  #expect(throws: AutoscalerError("\(text) (get services.custom.metrics.k8s.io web)")) {
    _ = try metrics.objectMetric("rps", namespace: "ns", object: object, metricSelector: nil)
  }
  #expect(throws: AutoscalerError("\(text) (get queue.external.metrics.k8s.io)")) {
    _ = try metrics.externalMetric("queue", namespace: "ns", selector: nil)
  }
}
