import JSON
import KubernetesAPI
import Testing

@testable import FakeKubernetes

private let second: Int64 = 1_000_000_000

private func calculator() -> ReplicaCalculator {
  ReplicaCalculator(
    nowNanoseconds: 1_000_000 * second, cpuInitializationNanoseconds: 120 * second,
    initialReadinessDelayNanoseconds: 10 * second, tolerance: AutoscalerTolerance())
}

private func pods(_ count: Int) -> [AutoscalerPod] {
  (0..<count).map { index in
    AutoscalerPod(
      name: "p\(index)", phase: "Running",
      ready: .init(isFalse: false, isTrue: true, transitionNanoseconds: 0), startNanoseconds: 0,
      containerRequests: [.init(name: "app", milliByResource: ["cpu": 1000])])
  }
}

private func samples(_ milli: [Int64]) -> PodSamples {
  var result = PodSamples()
  for (index, value) in milli.enumerated() {
    result.append("p\(index)", PodMetricSample(valueMilli: value))
  }
  return result
}

@Test(
  arguments: [
    ([300, 500, 700], 30, 5, 50), ([300, 500, 700], 50, 3, 50), ([100, 100, 100], 30, 1, 10),
    // A missing pod counts as idle when growing and as busy when shrinking.
    ([500, 700], 30, 4, 60), ([100, 100], 50, 3, 10),
  ] as [([Int64], Int, Int, Int)])
func `CPU utilization proposes a size`(
  milli: [Int64], target: Int, replicas: Int, utilization: Int
) throws {
  let proposal = try calculator().resourceReplicas(
    current: 3, targetUtilization: target, resource: "cpu", container: "", pods: pods(3),
    samples: samples(milli))
  #expect(proposal.replicas == replicas)
  #expect(proposal.utilization == utilization)
}

@Test func `a container without a request is an error that names it`() {
  var all = pods(2)
  all[1].containerRequests[0].milliByResource = [:]
  #expect(throws: AutoscalerError("missing request for cpu in container app of Pod p1")) {
    try calculator().resourceReplicas(
      current: 2, targetUtilization: 50, resource: "cpu", container: "", pods: all,
      samples: samples([500, 500]))
  }
}

@Test func `a value per pod is rounded up, one in all counts ready pods`() throws {
  #expect(
    calculator().perPodReplicas(statusReplicas: 3, usageMilli: 20_000, targetMilli: 5000)
      == .init(replicas: 4, usageMilli: 6667))
  #expect(
    try calculator().valueReplicas(
      current: 3, usageMilli: 8600, targetMilli: 4400, pods: pods(1)
    ).replicas == 2)
}

@Test func `the highest recommendation of the window holds`() {
  let now = 1000 * second
  var log = RecommendationLog([
    .init(replicas: 4, timestampNanoseconds: now - 120 * second),
    .init(replicas: 5, timestampNanoseconds: now - 60 * second),
  ])
  #expect(log.stabilize(3, downscaleWindowNanoseconds: 300 * second, nowNanoseconds: now) == 5)
  #expect(log.entries.map(\.replicas) == [4, 5, 3])
  let later = now + 241 * second
  #expect(log.stabilize(3, downscaleWindowNanoseconds: 300 * second, nowNanoseconds: later) == 3)
}

@Test func `growth is limited by the built-in rate or by policies`() {
  let free = ScaleLimit.withoutBehavior(current: 1, desired: 10, minReplicas: 1, maxReplicas: 10)
  #expect(free.replicas == 4)
  #expect(free.reason.reason == "ScaleUpLimit")
  let now = 1000 * second
  let up = ScaleEventLog([.init(change: 2, timestampNanoseconds: now - 5 * second)])
  let ruled = ScaleLimit.withBehavior(
    current: 5, desired: 20, minReplicas: 1, maxReplicas: 20, upRules: .defaultScaleUp,
    downRules: .defaultScaleDown, up: up, down: ScaleEventLog(), nowNanoseconds: now)
  // Five less the two of this period: max(3 + 4, 3 * 2) = 7.
  #expect(ruled.replicas == 7)
}

@Test func `a toleration without an end outlives the taint, the least time wins`() {
  let taints = [
    NodeTaint(key: "a", effect: "NoExecute"), NodeTaint(key: "b", effect: "NoExecute"),
  ]
  func toleration(_ key: String, _ seconds: Int64?) -> TaintToleration {
    TaintToleration(key: key, operator: "Exists", effect: "NoExecute", seconds: seconds)
  }
  #expect(
    NodeTaintRules.stay(taints, tolerations: [toleration("a", 30), toleration("b", 6)])
      == .limited(seconds: 6))
  #expect(
    NodeTaintRules.stay(taints, tolerations: [toleration("a", nil), toleration("b", nil)])
      == .unlimited)
  #expect(NodeTaintRules.stay(taints, tolerations: [toleration("a", nil)]) == .none)
}

@Test func `samples are found in any order, and those of strangers count in an average`() throws {
  var mixed = PodSamples()
  for (name, milli) in [("p2", 700), ("stranger", 900), ("p0", 300), ("p1", 500)] {
    mixed.append(name, PodMetricSample(valueMilli: Int64(milli)))
  }
  let utilization = try calculator().resourceReplicas(
    current: 3, targetUtilization: 50, resource: "cpu", container: "", pods: pods(3),
    samples: mixed)
  #expect(utilization.utilization == 50)
  // (300 + 500 + 700 + 900) / 4 of 600: within tolerance.
  let plain = try calculator().plainReplicas(
    current: 3, targetMilli: 600, resource: "cpu", pods: pods(3), samples: mixed)
  #expect(plain == .init(replicas: 3, usageMilli: 600))
}

@Test(
  arguments: [
    ("its own", ["cpu": 700], 700), ("its containers'", ["memory": 1000], 1000),
    ("none for the whole", [:], 1000),
  ] as [(String, AmountByResource, Int64)])
func `a pod that asks for something as a whole answers for it alone`(
  name: String, whole: AmountByResource, expected: Int64
) throws {
  var pod = pods(1)[0]
  pod.podRequests = whole
  let requests = try ReplicaCalculator.requests(of: [pod], container: "", resource: "cpu")
  #expect(requests == [expected], "\(name)")
}

@Test func `what is missing of a request is named`() {
  var pod = pods(1)[0]
  pod.podRequests = ["memory": 1]
  pod.containerRequests[0].milliByResource = [:]
  #expect(throws: AutoscalerError("missing pod-level request for cpu in Pod p0")) {
    try ReplicaCalculator.requests(of: [pod], container: "", resource: "cpu")
  }
  #expect(throws: AutoscalerError("container side not found in Pod p0")) {
    try ReplicaCalculator.requests(of: pods(1), container: "side", resource: "cpu")
  }
}

/// A metrics API that is not there.
private final class NoMetrics: MetricsSource {
  func podMetrics(namespace: String, selector: LabelQuery) throws(AutoscalerError) -> [PodMetrics] {
    throw AutoscalerError("gone")
  }

  func objectMetric(
    _ name: String, namespace: String, object: CrossVersionObjectReference,
    metricSelector: LabelSelector?
  ) throws(AutoscalerError) -> Int64 {
    throw AutoscalerError("gone")
  }

  func externalMetric(
    _ name: String, namespace: String, selector: LabelSelector?
  ) throws(AutoscalerError) -> [Int64] {
    throw AutoscalerError("gone")
  }
}

@Test(
  arguments: [
    (
      #"{"type":"ContainerResource","containerResource":{"name":"cpu","container":"app","#
        + #""target":{"averageUtilization":50}}}"#,
      "failed to get app container metric value: failed to get cpu utilization: "
        + "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics "
        + "API: gone"
    ),
    (
      #"{"type":"External","external":{"metric":{"name":"queue"},"target":{"value":"5"}}}"#,
      "failed to get queue external metric value: failed to get external metric queue: unable to "
        + "get external metric ns/queue/nil: unable to fetch metrics from external metrics API: gone"
    ),
    (
      #"{"type":"External","external":{"metric":{"name":"queue","selector":{"matchLabels":"#
        + #"{"a":"b"},"matchExpressions":[{"key":"q","operator":"In","values":["c","d"]}]}},"#
        + #""target":{"value":"5"}}}"#,
      "failed to get queue external metric value: failed to get external metric queue: unable to "
        + "get external metric ns/queue/&LabelSelector{MatchLabels:map[string]string{a: b,},"
        + "MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:q,Operator:In,"
        + "Values:[c d],},},}: unable to fetch metrics from external metrics API: gone"
    ),
    (
      #"{"type":"External","external":{"metric":{"name":"queue"},"target":{"averageValue":"5"}}}"#,
      "failed to get queue external metric value: failed to get queue external metric: unable to "
        + "get external metric ns/queue/nil: unable to fetch metrics from external metrics API: gone"
    ),
    (
      #"{"type":"Object","object":{"metric":{"name":"rps"},"target":{"value":"5"},"#
        + #""describedObject":{"kind":"Service","name":"web"}}}"#,
      "failed to get object metric value: unable to get metric rps: Service on ns web/unable to "
        + "fetch metrics from custom metrics API: gone"
    ),
    (
      #"{"type":"Object","object":{"metric":{"name":"rps"},"target":{"averageValue":"5"},"#
        + #""describedObject":{"kind":"Service","name":"web"}}}"#,
      "failed to get object metric value: failed to get rps object metric: unable to get metric "
        + "rps: Service on ns web/unable to fetch metrics from custom metrics API: gone"
    ),
  ])
func `a metric that cannot be had is told of in upstream's words`(
  spec: String, expected: String
) throws {
  let evaluation = MetricEvaluation(
    source: NoMetrics(), calculator: calculator(), namespace: "ns",
    selector: LabelQuery(["app": "web"]), pods: pods(2), specReplicas: 2, statusReplicas: 2)
  let metric = try MetricSpec(json: JSONValue(parsing: spec))
  do throws(MetricEvaluation.Failure) {
    _ = try evaluation.evaluate(metric)
    Issue.record("a value came from nowhere")
  } catch {
    #expect(error.error == expected)
  }
}
