package import KubernetesAPI

/// Which pods go first when there are too many.
///
/// Source: `pkg/controller/controller_utils.go` ActivePodsWithRanks.
package enum DeletionRanking {
  package static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"

  /// A pod with the number of active related pods on its node.
  package struct RankedPod {
    package var pod: Pod
    package var rank: Int

    package init(pod: Pod, rank: Int) {
      self.pod = pod
      self.rank = rank
    }
  }

  /// So many pods, those that go first; all of them in their order if all go.
  package static func podsToDelete(
    _ pods: [Pod], related: [Pod], count: Int, nowNanoseconds: Int64
  ) -> [Pod] {
    if count >= pods.count { return pods }
    var perNode: [String: Int] = [:]
    for pod in related where pod.isActive { perNode[pod.spec.nodeName, default: 0] += 1 }
    let ranked = pods.map { RankedPod(pod: $0, rank: perNode[$0.spec.nodeName] ?? 0) }
    let sorted = ranked.sorted { goesBefore($0, $1, nowNanoseconds: nowNanoseconds) }
    return sorted.prefix(count).map(\.pod)
  }

  /// Whether the left pod is deleted before the right one.
  package static func goesBefore(
    _ left: RankedPod, _ right: RankedPod, nowNanoseconds: Int64, usesDeletionCost: Bool = true
  ) -> Bool {
    let (a, b) = (left.pod, right.pod)
    if a.spec.nodeName.isEmpty != b.spec.nodeName.isEmpty { return a.spec.nodeName.isEmpty }
    if phaseOrder(a) != phaseOrder(b) { return phaseOrder(a) < phaseOrder(b) }
    if a.isReady != b.isReady { return !a.isReady }
    if usesDeletionCost, cost(a) != cost(b) { return cost(a) < cost(b) }
    if left.rank != right.rank { return left.rank > right.rank }
    if a.isReady {
      let times = (readySince(a), readySince(b))
      if times.0 != times.1 { return isMoreRecent(times.0, times.1, a, b, nowNanoseconds) }
    }
    if restarts(a) != restarts(b) { return restarts(a) > restarts(b) }
    let times = (a.metadata.creationTimestamp, b.metadata.creationTimestamp)
    if times.0 != times.1 { return isMoreRecent(times.0, times.1, a, b, nowNanoseconds) }
    // Upstream keeps the order of its cache, a Go map: up to eight pods come mostly in the order in
    // which they were added.
    return NameGenerator.isEarlier(a.metadata.uid, b.metadata.uid)
  }

  private static func phaseOrder(_ pod: Pod) -> Int {
    switch pod.status.phase {
    case "Pending": 0
    case "Running": 2
    default: 1
    }
  }

  private static func cost(_ pod: Pod) -> Int {
    pod.metadata.annotations[deletionCost].flatMap { Int32($0) }.map { Int($0) } ?? 0
  }

  private static func readySince(_ pod: Pod) -> Timestamp? {
    let condition = pod.status.conditions.first("Ready")
    return condition?.status == .true ? condition?.lastTransitionTime : nil
  }

  private static func restarts(_ pod: Pod) -> Int {
    pod.status.containerStatuses.map(\.restartCount).max() ?? 0
  }

  /// Compares ages by their power of two, so that pods of about the same age go at random.
  ///
  /// Ages of 5 s and 7 s are 2^32 ns and something: the uid decides. No time counts as newest.
  private static func isMoreRecent(
    _ left: Timestamp?, _ right: Timestamp?, _ a: Pod, _ b: Pod, _ now: Int64
  ) -> Bool {
    guard let left else { return right != nil }
    guard let right else { return false }
    let buckets = (bucket(left, now), bucket(right, now))
    if buckets.0 == buckets.1 { return a.metadata.uid < b.metadata.uid }
    return buckets.0 < buckets.1
  }

  /// The logarithm of the age in nanoseconds to base 2, rounded down; -1 for no age.
  private static func bucket(_ time: Timestamp, _ now: Int64) -> Int {
    let age = now - time.seconds * 1_000_000_000
    return age <= 0 ? -1 : 63 - age.leadingZeroBitCount
  }
}
