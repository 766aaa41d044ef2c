import KubernetesAPI
import Testing

@testable import FakeKubernetes

private func deployment(_ replicas: Int, surge: Int, unavailable: Int) -> Deployment {
  var deployment = Deployment()
  deployment.spec.replicas = replicas
  deployment.spec.strategy.type = "RollingUpdate"
  var rolling = RollingUpdate()
  rolling.maxSurge = .int(surge)
  rolling.maxUnavailable = .int(unavailable)
  deployment.spec.strategy.rollingUpdate = rolling
  return deployment
}

private func replicaSet(_ name: String, _ replicas: Int, available: Int) -> ReplicaSet {
  var replicaSet = ReplicaSet()
  replicaSet.metadata.name = name
  replicaSet.metadata.uid = name
  replicaSet.spec.replicas = replicas
  replicaSet.status.replicas = replicas
  replicaSet.status.availableReplicas = available
  return replicaSet
}

/// Sizes that are written, in order, and whether the look counts as having scaled down.
struct ScaleDownOutcome: Equatable {
  var sizes: [String]
  var isDone: Bool
}

@Test(
  arguments: [
    // Scaled from 9 to 4 in the middle of a rollout, the old ReplicaSet a moment ago from 6 to 3.
    ("its status still tells of 6", [("old", 3, 6)], ScaleDownOutcome(sizes: [], isDone: false)),
    ("its status tells of 3", [("old", 3, 3)], ScaleDownOutcome(sizes: ["old 1"], isDone: true)),
    // What is not available goes before the stale one is looked at, and still nothing is done.
    (
      "one without available pods before it", [("a", 2, 0), ("b", 3, 6)],
      ScaleDownOutcome(sizes: ["a 0"], isDone: false)
    ),
    ("nothing is left to go", [("old", 0, 0)], ScaleDownOutcome(sizes: [], isDone: false)),
  ] as [(String, [(String, Int, Int)], ScaleDownOutcome)])
func `a stale status of an old ReplicaSet lets nothing more go`(
  name: String, old: [(name: String, replicas: Int, available: Int)], expected: ScaleDownOutcome
) {
  let next = RollingUpdateRules.nextOldSizes(
    deployment(4, surge: 1, unavailable: 3),
    old: old.map { replicaSet($0.name, $0.replicas, available: $0.available) },
    newReplicaSet: replicaSet("new", 2, available: 0))
  let sizes = next.sizes.map { "\($0.replicaSet.metadata.name) \($0.size)" }
  #expect(ScaleDownOutcome(sizes: sizes, isDone: next.isDone) == expected, "\(name)")
}

@Test func `templates are equal whatever their hash label, and only then`() {
  var left = PodTemplate()
  left.metadata.labels = ["app": "web", RevisionAnnotations.templateHash: "abc"]
  var right = PodTemplate()
  right.metadata.labels = ["app": "web"]
  #expect(RevisionAnnotations.areEqual(left, right))
  right.metadata.labels[RevisionAnnotations.templateHash] = "def"
  #expect(RevisionAnnotations.areEqual(left, right))
  right.metadata.labels["tier"] = "front"
  #expect(!RevisionAnnotations.areEqual(left, right))
  right.metadata.labels["tier"] = nil
  right.metadata.annotations["a"] = "b"
  #expect(!RevisionAnnotations.areEqual(left, right))
  right.metadata.annotations = [:]
  right.spec.restartPolicy = "Never"
  #expect(!RevisionAnnotations.areEqual(left, right))
}

/// Validation lets any number of digits through; Go takes the low 32 bits of what does not fit.
@Test func `a huge percentage does not stop the controllers`() {
  let huge = IntOrString.string("9223372036854775807%")
  let limits = RollingUpdateRules.resolveFenceposts(
    maxSurge: huge, maxUnavailable: .string("100000000000000000%"), desired: 3)
  // 276701161105643264 and 3000000000000000: 2^32 times 64424509 and 698492, and the rest.
  #expect(limits?.surge == 1_889_785_600)
  #expect(limits?.unavailable == -296_517_632)
  #expect(
    DisruptionRules.count(minAvailable: nil, maxUnavailable: huge, pods: 3, scale: 3)
      == DisruptionRules.Count(expected: 3, desiredHealthy: 0))
}
