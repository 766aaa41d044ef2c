import KubernetesAPI

/// The pods of one owner: counted, and ready to be ranked for deletion.
///
/// Unsorted, as upstream's come from a map: where ages are compared by their power of two, which
/// pods go depends on the order in which they are looked at.
final class OwnedPods {
  let owner: String
  /// The owner in the work queue, while it is a ReplicaSet that the controller knows.
  @exclusivity(unchecked) var item: WorkQueue.Item?
  @exclusivity(unchecked) private(set) var tally = PodTally()
  /// Where the pods are in the store.
  @exclusivity(unchecked) private var places: [Int32] = []
  @exclusivity(unchecked) private var isActive: [Bool] = []
  /// The numbers of the pods' nodes.
  @exclusivity(unchecked) private var nodes: [Int32] = []
  /// What ranks the pods, from when it was asked for last; those that changed since are stale.
  @exclusivity(unchecked) private var ranks: [DeletionRanking.RankedPod] = []
  @exclusivity(unchecked) private var stale: [Int32] = []

  init(owner: String) { self.owner = owner }

  /// Whether there is nothing to remember.
  var isEmpty: Bool { places.isEmpty && item == nil }

  /// Adds a pod; returns its position.
  func add(_ pod: Pod, node: Int) -> Int32 {
    places.append(pod.metadata.place)
    isActive.append(pod.isActive)
    nodes.append(Int32(node))
    if pod.isActive { tally.count(pod, onNode: node, by: 1) }
    return Int32(places.count - 1)
  }

  /// Takes over a change of the pod at a position.
  func change(_ position: Int32, from old: Pod, to new: Pod, node: Int) {
    let position = Int(position)
    if isActive[position] { tally.count(old, onNode: Int(nodes[position]), by: -1) }
    isActive[position] = new.isActive
    nodes[position] = Int32(node)
    if isActive[position] { tally.count(new, onNode: node, by: 1) }
    outdate(Int32(position))
  }

  /// Says that what ranks the pod at a position may have changed, but not what is counted.
  func outdate(_ position: Int32) {
    // What was never ranked is ranked anew anyway.
    if position < ranks.count { stale.append(position) }
    if stale.count > places.count { forgetRanks() }
  }

  /// Removes the pod at a position; returns the place of the one that takes the position over.
  func remove(_ position: Int32, _ pod: Pod) -> Int32? {
    let index = Int(position)
    if isActive[index] { tally.count(pod, onNode: Int(nodes[index]), by: -1) }
    let last = places.count - 1
    places.swapAt(index, last)
    isActive.swapAt(index, last)
    nodes.swapAt(index, last)
    places.removeLast()
    isActive.removeLast()
    nodes.removeLast()
    if !ranks.isEmpty {
      if ranks.count > last {
        ranks.swapAt(index, last)
        ranks.removeLast()
        stale.append(position)
      } else if index < ranks.count {
        stale.append(position)
      }
    }
    return index < last ? places[index] : nil
  }

  private func forgetRanks() {
    ranks = []
    stale = []
  }

  /// The places of the active pods, unsorted.
  var activePlaces: [Int32] { places.indices.filter { isActive[$0] }.map { places[$0] } }

  /// The places of so many active pods, those that go first, in this order.
  ///
  /// `related` are the pods of all ReplicaSets of the same owner; `find` gives the pod at a place.
  func firstToGo(
    _ count: Int, nowNanoseconds: Int64, related: [OwnedPods], find: (Int32) -> Pod?
  ) -> [Int32] {
    refreshRanks(find)
    for position in ranks.indices where isActive[position] {
      let node = Int(nodes[position])
      var rank = 0
      for owned in related { rank += owned.tally.count(onNode: node) }
      ranks[position].rank = Int32(truncatingIfNeeded: rank)
    }
    return DeletionRanking.firstToGo(count, of: ranks, nowNanoseconds: nowNanoseconds) {
      isActive[$0]
    }.map { places[$0] }
  }

  private func refreshRanks(_ find: (Int32) -> Pod?) {
    ranks.reserveCapacity(places.count)
    for position in stale where position < ranks.count {
      if let pod = find(places[Int(position)]) {
        ranks[Int(position)] = DeletionRanking.RankedPod(pod: pod, rank: 0)
      }
    }
    stale.removeAll(keepingCapacity: true)
    while ranks.count < places.count {
      ranks.append(DeletionRanking.RankedPod(pod: find(places[ranks.count]) ?? Pod(), rank: 0))
    }
  }
}

/// The pods of all owners, kept up to date change by change.
struct OwnedPodTable {
  private var byOwner: [String: OwnedPods] = [:]
  /// Whose each pod is and where there, by the pod's place in the store.
  private var ownerOfPlace: [(owned: OwnedPods?, position: Int32)] = []
  let nodes = NameNumbers()
  private var last: OwnedPods?

  /// The pods of an owner, if it has any or is known.
  subscript(owner: String) -> OwnedPods? {
    mutating get {
      if let last, last.owner == owner { return last }
      let found = byOwner[owner]
      if found != nil { last = found }
      return found
    }
  }

  /// Whose a pod is.
  func owner(of pod: Pod) -> OwnedPods? {
    let place = Int(pod.metadata.place)
    return place >= 0 && place < ownerOfPlace.count ? ownerOfPlace[place].owned : nil
  }

  /// Takes over how the work queue names a ReplicaSet; nil: the controller knows it no longer.
  mutating func set(_ item: WorkQueue.Item?, of owner: String) -> WorkQueue.Item? {
    if item == nil, byOwner[owner] == nil { return nil }
    let owned = findOrAdd(owner)
    let old = owned.item
    owned.item = item
    forgetIfEmpty(owned)
    return old
  }

  private mutating func findOrAdd(_ owner: String) -> OwnedPods {
    if let known = self[owner] { return known }
    let owned = OwnedPods(owner: owner)
    byOwner[owner] = owned
    last = owned
    return owned
  }

  private mutating func forgetIfEmpty(_ owned: OwnedPods) {
    guard owned.isEmpty else { return }
    byOwner[owned.owner] = nil
    if last === owned { last = nil }
  }

  /// Takes over a change of a pod.
  mutating func podChanged(_ old: Pod?, _ new: Pod?) {
    guard let place = (new ?? old).map({ Int($0.metadata.place) }) else { return }
    while ownerOfPlace.count <= place { ownerOfPlace.append((nil, 0)) }
    let (before, position) = ownerOfPlace[place]
    if let old, let new, let before,
      old.metadata.sharesFields(with: new.metadata) || new.metadata.controllerUID == before.owner
    {
      let node = nodes.number(new.spec.nodeName)
      return before.change(position, from: old, to: new, node: node)
    }
    if let before, let old {
      if let moved = before.remove(position, old) { ownerOfPlace[Int(moved)].position = position }
      ownerOfPlace[place].owned = nil
      forgetIfEmpty(before)
    }
    if let new, let owner = new.metadata.controllerUID {
      let owned = findOrAdd(owner)
      let node = nodes.number(new.spec.nodeName)
      ownerOfPlace[place] = (owned, owned.add(new, node: node))
    }
  }

  /// Says that what ranks a pod may have changed, but not what is counted.
  func podOutdated(_ pod: Pod) {
    let place = Int(pod.metadata.place)
    guard place < ownerOfPlace.count, let owned = ownerOfPlace[place].owned else { return }
    owned.outdate(ownerOfPlace[place].position)
  }
}
