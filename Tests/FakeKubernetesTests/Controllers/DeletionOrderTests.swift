import KubernetesAPI
import Testing

@testable import FakeKubernetes

/// Which pods and old ReplicaSets go first, where what decides it is written oddly.
struct DeletionOrderTests {
  private func pod(_ change: (inout Pod) -> Void) -> DeletionRanking.RankedPod {
    var pod = Pod()
    pod.status.phase = "Running"
    change(&pod)
    return DeletionRanking.RankedPod(pod: pod, rank: 0)
  }

  /// Source: `pkg/apis/core/helper/helpers.go` GetDeletionCostFromPodAnnotations.
  @Test(arguments: [
    ("5", 5), ("-5", -5), ("0", 0), ("+5", 0), ("05", 0), ("-05", -5), ("x", 0), ("", 0),
  ])
  func `a cost is a number as Go writes it`(text: String, cost: Int32) {
    let ranked = pod { $0.metadata.annotations[DeletionRanking.deletionCost] = text }
    #expect(ranked.cost == cost)
  }

  /// Source: `pkg/controller/controller_utils.go` compareMaxContainerRestarts.
  @Test func `of pods whose containers restarted as often the sidecars decide`() {
    func restarted(_ count: Int, _ policy: String?) -> DeletionRanking.RankedPod {
      pod { pod in
        var container = Container()
        container.name = "side"
        container.restartPolicy = policy
        pod.spec.initContainers = [container]
        var status = ContainerStatus()
        status.name = "side"
        status.restartCount = count
        pod.status.initContainerStatuses = [status]
      }
    }
    func goesBefore(_ left: DeletionRanking.RankedPod, _ right: DeletionRanking.RankedPod) -> Bool {
      DeletionRanking.goesBefore(left, right, nowNanoseconds: 0)
    }
    #expect(goesBefore(restarted(2, "Always"), restarted(1, "Always")))
    #expect(!goesBefore(restarted(1, "Always"), restarted(2, "Always")))
    #expect(restarted(2, nil).sidecarRestarts == 0)
  }

  private func replicaSet(_ name: String, created: Int64, revision: String?) -> ReplicaSet {
    var replicaSet = ReplicaSet()
    replicaSet.metadata.name = name
    replicaSet.metadata.creationTimestamp = Timestamp(seconds: created)
    replicaSet.metadata.annotations[RevisionAnnotations.revision] = revision
    replicaSet.spec.replicas = 0
    return replicaSet
  }

  /// Source: `deployment_util.go` ReplicaSetsByRevision.
  @Test(
    arguments: [
      ("by revision", "3", "2", ["second"]), ("one has none", nil, "2", ["first"]),
      ("one has what is none", "x", "0", ["first"]), ("or the other", "3", "x", ["first"]),
    ] as [(String, String?, String?, [String])])
  func `old ReplicaSets go by revision, or by age where one has none that is a number`(
    name: String, first: String?, second: String?, expected: [String]
  ) {
    let gone = ReplicaSetChoice.historyToDelete(
      [
        replicaSet("second", created: 2, revision: second),
        replicaSet("first", created: 1, revision: first),
      ], limit: 1)
    #expect(gone.map(\.metadata.name) == expected, "\(name)")
  }

  /// Source: `deployment_util.go` SetNewReplicaSetAnnotations.
  @Test func `a revision that is no number is not replaced`() {
    var replicaSet = replicaSet("new", created: 1, revision: "x")
    let isChanged = RevisionAnnotations.update(
      &replicaSet, from: Deployment(), revision: 4, exists: true)
    #expect(!isChanged)
    #expect(replicaSet.metadata.annotations[RevisionAnnotations.revision] == "x")
  }
}
