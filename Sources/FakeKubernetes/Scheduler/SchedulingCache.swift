import KubernetesAPI

/// The nodes and what is used on them, kept pod by pod.
struct SchedulingCache {
  /// In the order in which nodes came.
  private(set) var nodes: [SchedulingNode] = []
  private var positions: [String: Int] = [:]
  /// The node under which each counted pod is kept.
  private var placed: [String: String] = [:]
  /// Pods whose node is not known (yet).
  private var homeless: [String: [SchedulingPod]] = [:]
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

  /// Adds a node or takes over its changed properties; true: something that matters changed.
  mutating func set(_ node: SchedulingNode) -> Bool {
    if let position = positions[node.name] {
      let old = nodes[position]
      var changed = old
      changed.labels = node.labels
      changed.taints = node.taints
      changed.isUnschedulable = node.isUnschedulable
      changed.allocatable = node.allocatable
      changed.podsMax = node.podsMax
      nodes[position] = changed
      self.changed(position)
      return changed.labels != old.labels || changed.taints != old.taints
        || changed.isUnschedulable != old.isUnschedulable
        || changed.allocatable != old.allocatable || changed.podsMax != old.podsMax
    }
    positions[node.name] = nodes.count
    var added = node
    for pod in homeless.removeValue(forKey: node.name) ?? [] { added.add(pod) }
    affinityPodCount += added.affinityPodCount
    nodes.append(added)
    startEpoch()
    return true
  }

  mutating func removeNode(_ name: String) {
    guard let position = positions.removeValue(forKey: name) else { return }
    let removed = nodes.remove(at: position)
    homeless[name] = removed.pods
    affinityPodCount -= removed.affinityPodCount
    startEpoch()
    for index in position..<nodes.count { positions[nodes[index].name] = index }
  }

  /// Counts a pod on a node; replaces what was known of it.
  mutating func place(_ pod: SchedulingPod, on node: String) {
    if placed[pod.uid] == node, isCounted(pod, on: node) { return }
    remove(uid: pod.uid)
    placed[pod.uid] = node
    if let position = positions[node] {
      nodes[position].add(pod)
      if pod.traits.value.hasPodAffinity { affinityPodCount += 1 }
      changed(position)
    } else {
      homeless[node, default: []].append(pod)
    }
  }

  /// Forgets a pod; true: it was counted.
  @discardableResult
  mutating func remove(uid: String) -> Bool {
    guard let node = placed.removeValue(forKey: uid) else { return false }
    if let position = positions[node] {
      let before = nodes[position].affinityPodCount
      nodes[position].remove(uid: uid)
      affinityPodCount += nodes[position].affinityPodCount - before
      changed(position)
    } else {
      homeless[node]?.removeAll { $0.uid == uid }
    }
    return true
  }

  private func isCounted(_ pod: SchedulingPod, on node: String) -> Bool {
    guard let position = positions[node] else { return false }
    return nodes[position].pods.contains {
      $0.uid == pod.uid && $0.isDeleting == pod.isDeleting
        && $0.traits.isIdentical(to: pod.traits)
    }
  }

  func isPlaced(_ uid: String) -> Bool { placed[uid] != nil }
}
