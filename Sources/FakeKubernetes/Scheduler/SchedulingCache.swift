import KubernetesAPI

/// The nodes and what is used on them, kept pod by pod.
struct SchedulingCache {
  /// What is known of a counted pod.
  private struct Placement {
    /// The number of its node.
    var node: Int32
    var isDeleting: Bool
    var traits: Shared<SchedulingTraits>
  }

  /// In the order in which nodes came.
  private(set) var nodes: [SchedulingNode] = []
  private let numbers = NameNumbers()
  private let zones = NameNumbers()
  /// Where each node is in `nodes`, by its number; -1 where it is not known.
  private var positions: [Int] = []
  /// The counted pods by their place in the store.
  private var placements: [Placement?] = []
  /// Pods whose node is not known (yet), by the node's number.
  private var homeless: [Int: [SchedulingPod]] = [:]
  /// Positions of nodes that changed, in order, since the epoch began.
  private(set) var changes: [Int32] = []
  /// Grows when positions have become void.
  private(set) var epoch = 0
  /// How many of the counted pods have affinity terms.
  private(set) var affinityPodCount = 0

  /// Says that the node at a position is not what it was.
  private mutating func changed(_ position: Int) {
    if changes.count > 4 * nodes.count + 1024 { startEpoch() }
    changes.append(Int32(position))
  }

  private mutating func startEpoch() {
    changes.removeAll(keepingCapacity: true)
    epoch += 1
  }

  private func position(_ number: Int) -> Int? {
    number < positions.count && positions[number] >= 0 ? positions[number] : nil
  }

  /// Adds a node or takes over its changed properties; nil: nothing that matters changed.
  mutating func set(_ node: SchedulingNode) -> SchedulingEvent? {
    var node = node
    node.zone = node.labels[TopologySpread.zone].map { zones.number("=" + $0) - 1 } ?? -1
    let number = numbers.number(node.name)
    if let position = position(number) { return update(position, node) }
    while positions.count <= number { positions.append(-1) }
    positions[number] = nodes.count
    var added = node
    for pod in homeless.removeValue(forKey: number) ?? [] { added.add(pod) }
    affinityPodCount += added.affinityPodCount
    nodes.append(added)
    startEpoch()
    return .nodeAdded(node)
  }

  private mutating func update(_ position: Int, _ node: SchedulingNode) -> SchedulingEvent? {
    let old = nodes[position]
    var changed = old
    changed.labels = node.labels
    changed.zone = node.zone
    changed.taints = node.taints
    changed.isUnschedulable = node.isUnschedulable
    changed.allocatable = node.allocatable
    changed.podsMax = node.podsMax
    nodes[position] = changed
    self.changed(position)
    let isChanged =
      changed.labels != old.labels || changed.taints != old.taints
      || changed.isUnschedulable != old.isUnschedulable
      || changed.allocatable != old.allocatable || changed.podsMax != old.podsMax
    return isChanged ? .nodeChanged(from: old, to: node) : nil
  }

  /// Forgets a node; nil: it was not known.
  mutating func removeNode(_ name: String) -> SchedulingEvent? {
    let number = numbers.number(name)
    guard let position = position(number) else { return nil }
    positions[number] = -1
    let removed = nodes.remove(at: position)
    homeless[number] = removed.pods
    affinityPodCount -= removed.affinityPodCount
    startEpoch()
    for index in position..<nodes.count { positions[numbers.number(nodes[index].name)] = index }
    return .nodeGone(removed)
  }

  /// Counts a pod on a node; replaces what was known of it.
  mutating func place(_ pod: SchedulingPod, on node: String) {
    let number = numbers.number(node)
    if let known = placement(pod.place), known.node == number,
      known.isDeleting == pod.isDeleting, known.traits.isIdentical(to: pod.traits)
    {
      return
    }
    remove(pod.place)
    while placements.count <= Int(pod.place) { placements.append(nil) }
    placements[Int(pod.place)] = Placement(
      node: Int32(number), isDeleting: pod.isDeleting, traits: pod.traits)
    if let position = position(number) {
      nodes[position].add(pod)
      if pod.traits.value.hasPodAffinity { affinityPodCount += 1 }
      changed(position)
    } else {
      homeless[number, default: []].append(pod)
    }
  }

  private func placement(_ place: Int32) -> Placement? {
    Int(place) < placements.count ? placements[Int(place)] : nil
  }

  /// Forgets the pod at a place of the store; true: it was counted.
  @discardableResult
  mutating func remove(_ place: Int32) -> Bool {
    guard let known = placement(place) else { return false }
    placements[Int(place)] = nil
    if let position = position(Int(known.node)) {
      let before = nodes[position].affinityPodCount
      nodes[position].remove(place: place)
      affinityPodCount += nodes[position].affinityPodCount - before
      changed(position)
    } else {
      homeless[Int(known.node)]?.removeAll { $0.place == place }
    }
    return true
  }

  /// Whether the pod at a place of the store is counted.
  func isPlaced(_ place: Int32) -> Bool { placement(place) != nil }
}
