package import KubernetesAPI

/// Which pods go first when there are too many.
///
/// Source: `pkg/controller/controller_utils.go` ActivePodsWithRanks.
package enum DeletionRanking {
  package static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"

  /// A pod with all that decides whether it goes before another one.
  package struct RankedPod {
    package let pod: Pod
    /// The number of active related pods on its node.
    let rank: Int
    let isBound: Bool
    let phaseOrder: Int
    let cost: Int
    let isReady: Bool
    let readySince: Timestamp?
    let restarts: Int

    package init(pod: Pod, rank: Int) {
      self.pod = pod
      self.rank = rank
      isBound = !pod.spec.nodeName.isEmpty
      phaseOrder = DeletionRanking.phaseOrder(pod)
      let annotations = pod.metadata.annotations
      cost =
        annotations.isEmpty
        ? 0 : annotations[deletionCost].flatMap { Int32($0) }.map { Int($0) } ?? 0
      var since: Timestamp?
      var isReady = false
      for condition in pod.status.conditions where condition.type == "Ready" {
        isReady = condition.status == .true
        since = isReady ? condition.lastTransitionTime : nil
      }
      self.isReady = isReady
      readySince = since
      restarts = pod.status.containerStatuses.reduce(0) { max($0, $1.restartCount) }
    }
  }

  /// So many pods, those that go first, in this order; all of them as they are if all go.
  package static func podsToDelete(
    _ pods: [Pod], related: [Pod], count: Int, nowNanoseconds: Int64
  ) -> [Pod] {
    if count >= pods.count { return pods }
    var perNode: [String: Int] = [:]
    for pod in related where pod.isActive { perNode[pod.spec.nodeName, default: 0] += 1 }
    return podsToDelete(pods, count: count, nowNanoseconds: nowNanoseconds) { perNode[$0] ?? 0 }
  }

  /// The same with the number of active related pods of each node.
  ///
  /// Costs a look at each pod and a heap of `count`, not the order of all.
  static func podsToDelete(
    _ pods: [Pod], count: Int, nowNanoseconds: Int64, related: (_ node: String) -> Int
  ) -> [Pod] {
    if count >= pods.count { return pods }
    var heap = Heap(count: count, nowNanoseconds: nowNanoseconds)
    for pod in pods { heap.offer(RankedPod(pod: pod, rank: related(pod.spec.nodeName))) }
    return heap.pods.sorted { goesBefore($0, $1, nowNanoseconds: nowNanoseconds) }.map(\.pod)
  }

  /// The pods that go first among those that were offered; on top the last of them.
  private struct Heap {
    private(set) var pods: [RankedPod] = []
    let count: Int
    let nowNanoseconds: Int64

    init(count: Int, nowNanoseconds: Int64) {
      self.count = count
      self.nowNanoseconds = nowNanoseconds
      pods.reserveCapacity(count)
    }

    private func isAfter(_ left: Int, _ right: Int) -> Bool {
      goesBefore(pods[right], pods[left], nowNanoseconds: nowNanoseconds)
    }

    mutating func offer(_ pod: RankedPod) {
      if pods.count < count {
        pods.append(pod)
        var index = pods.count - 1
        while index > 0, isAfter(index, (index - 1) / 2) {
          pods.swapAt(index, (index - 1) / 2)
          index = (index - 1) / 2
        }
      } else if let last = pods.first, goesBefore(pod, last, nowNanoseconds: nowNanoseconds) {
        pods[0] = pod
        sink()
      }
    }

    private mutating func sink() {
      var index = 0
      while true {
        var last = index
        for child in [2 * index + 1, 2 * index + 2] where child < pods.count && isAfter(child, last)
        {
          last = child
        }
        if last == index { return }
        pods.swapAt(index, last)
        index = last
      }
    }
  }

  /// Whether the left pod is deleted before the right one.
  package static func goesBefore(
    _ left: RankedPod, _ right: RankedPod, nowNanoseconds: Int64, usesDeletionCost: Bool = true
  ) -> Bool {
    if left.isBound != right.isBound { return !left.isBound }
    if left.phaseOrder != right.phaseOrder { return left.phaseOrder < right.phaseOrder }
    if left.isReady != right.isReady { return !left.isReady }
    if usesDeletionCost, left.cost != right.cost { return left.cost < right.cost }
    if left.rank != right.rank { return left.rank > right.rank }
    let (a, b) = (left.pod.metadata, right.pod.metadata)
    if left.isReady, left.readySince != right.readySince {
      return isMoreRecent(left.readySince, right.readySince, a, b, nowNanoseconds)
    }
    if left.restarts != right.restarts { return left.restarts > right.restarts }
    if a.creationTimestamp != b.creationTimestamp {
      return isMoreRecent(a.creationTimestamp, b.creationTimestamp, a, b, nowNanoseconds)
    }
    // Upstream keeps the order of its cache, a Go map: up to eight pods come mostly in the order in
    // which they were added.
    return NameGenerator.isEarlier(a.uid, b.uid)
  }

  private static func phaseOrder(_ pod: Pod) -> Int {
    switch pod.status.phase {
    case "Pending": 0
    case "Running": 2
    default: 1
    }
  }

  /// Compares ages by their power of two, so that pods of about the same age go at random.
  ///
  /// Ages of 5 s and 7 s are 2^32 ns and something: the uid decides. No time counts as newest.
  private static func isMoreRecent(
    _ left: Timestamp?, _ right: Timestamp?, _ a: ObjectMeta, _ b: ObjectMeta, _ now: Int64
  ) -> Bool {
    guard let left else { return right != nil }
    guard let right else { return false }
    let buckets = (bucket(left, now), bucket(right, now))
    if buckets.0 == buckets.1 { return a.uid < b.uid }
    return buckets.0 < buckets.1
  }

  /// The logarithm of the age in nanoseconds to base 2, rounded down; -1 for no age.
  private static func bucket(_ time: Timestamp, _ now: Int64) -> Int {
    let age = now - time.seconds * 1_000_000_000
    return age <= 0 ? -1 : 63 - age.leadingZeroBitCount
  }
}
