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
