package import KubernetesAPI

/// Which pods go first when there are too many.
///
/// Source: `pkg/controller/controller_utils.go` ActivePodsWithRanks.
package enum DeletionRanking {
  package static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"

  /// So many pods, those that go first, in this order; all of them as they are if all go.
  package static func podsToDelete(
    _ pods: [Pod], related: [Pod], count: Int, nowNanoseconds: Int64
  ) -> [Pod] {
    var perNode: [String: Int] = [:]
    for pod in related where pod.isActive { perNode[pod.spec.nodeName, default: 0] += 1 }
    return podsToDelete(pods, count: count, nowNanoseconds: nowNanoseconds) { perNode[$0] ?? 0 }
  }

  /// The same with the number of active related pods of each node.
  static func podsToDelete(
    _ pods: [Pod], count: Int, nowNanoseconds: Int64, related: (_ node: String) -> Int
  ) -> [Pod] {
    if count >= pods.count { return pods }
    let ranks = pods.map { RankedPod(pod: $0, rank: related($0.spec.nodeName)) }
    return firstToGo(count, of: ranks, nowNanoseconds: nowNanoseconds).map { pods[$0] }
  }

  /// The positions of those that go first, in this order.
  ///
  /// Costs a comparison for each pod and a heap of `count`, not the order of all.
  static func firstToGo(
    _ count: Int, of ranks: [RankedPod], nowNanoseconds: Int64,
    where isOffered: (Int) -> Bool = { _ in true }
  ) -> [Int] {
    if count <= 0 { return [] }
    var heap = Heap(count: count, ranks: ranks, nowNanoseconds: nowNanoseconds)
    for position in ranks.indices where isOffered(position) { heap.offer(position) }
    return heap.positions.sorted {
      goesBefore(ranks[$0], ranks[$1], nowNanoseconds: nowNanoseconds)
    }
  }

  /// The positions of those that go first among those that were offered; on top the last of them.
  private struct Heap {
    private(set) var positions: [Int] = []
    let count: Int
    let ranks: [RankedPod]
    let nowNanoseconds: Int64

    init(count: Int, ranks: [RankedPod], nowNanoseconds: Int64) {
      self.count = count
      self.ranks = ranks
      self.nowNanoseconds = nowNanoseconds
      positions.reserveCapacity(min(count, ranks.count))
    }

    private func isAfter(_ left: Int, _ right: Int) -> Bool {
      goesBefore(
        ranks[positions[right]], ranks[positions[left]], nowNanoseconds: nowNanoseconds)
    }

    mutating func offer(_ position: Int) {
      if positions.count < count {
        positions.append(position)
        var index = positions.count - 1
        while index > 0, isAfter(index, (index - 1) / 2) {
          positions.swapAt(index, (index - 1) / 2)
          index = (index - 1) / 2
        }
      } else if goesBefore(
        ranks[position], ranks[positions[0]], nowNanoseconds: nowNanoseconds)
      {
        positions[0] = position
        sink()
      }
    }

    private mutating func sink() {
      var index = 0
      while true {
        var last = index
        for child in [2 * index + 1, 2 * index + 2]
        where child < positions.count && isAfter(child, last) {
          last = child
        }
        if last == index { return }
        positions.swapAt(index, last)
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
    if left.isReady, left.readySince != right.readySince {
      return isMoreRecent(left.readySince, right.readySince, left, right, nowNanoseconds)
    }
    if left.restarts != right.restarts { return left.restarts > right.restarts }
    if left.sidecarRestarts != right.sidecarRestarts {
      return left.sidecarRestarts > right.sidecarRestarts
    }
    if left.created != right.created {
      return isMoreRecent(left.created, right.created, left, right, nowNanoseconds)
    }
    // Upstream keeps the order of its cache, a Go map: up to eight pods come mostly in the order in
    // which they were added.
    return NameGenerator.isEarlier(left.uid, right.uid)
  }

  /// Compares ages by their power of two, so that pods of about the same age go at random.
  ///
  /// Ages of 5 s and 7 s are 2^32 ns and something: the uid decides. No time counts as newest.
  private static func isMoreRecent(
    _ left: Int64, _ right: Int64, _ a: RankedPod, _ b: RankedPod, _ now: Int64
  ) -> Bool {
    if left == RankedPod.never { return right != RankedPod.never }
    if right == RankedPod.never { return false }
    let buckets = (bucket(left, now), bucket(right, now))
    if buckets.0 == buckets.1 { return a.hasLesserUID(than: b) }
    return buckets.0 < buckets.1
  }

  /// The logarithm of the age in nanoseconds to base 2, rounded down; -1 for no age.
  private static func bucket(_ seconds: Int64, _ now: Int64) -> Int {
    let age = now - seconds * 1_000_000_000
    return age <= 0 ? -1 : 63 - age.leadingZeroBitCount
  }
}
