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
      return changed.labels != old.labels || changed.taints != old.taints
        || changed.isUnschedulable != old.isUnschedulable
        || changed.allocatable != old.allocatable || changed.podsMax != old.podsMax
    }
    positions[node.name] = nodes.count
    var added = node
    for pod in homeless.removeValue(forKey: node.name) ?? [] { added.add(pod) }
    nodes.append(added)
    return true
  }

  mutating func removeNode(_ name: String) {
    guard let position = positions.removeValue(forKey: name) else { return }
    let removed = nodes.remove(at: position)
    homeless[name] = removed.pods
    for index in position..<nodes.count { positions[nodes[index].name] = index }
  }

  /// Counts a pod on a node; replaces what was known of it.
  mutating func place(_ pod: SchedulingPod, on node: String) {
    remove(uid: pod.uid)
    placed[pod.uid] = node
    if let position = positions[node] {
      nodes[position].add(pod)
    } else {
      homeless[node, default: []].append(pod)
    }
  }

  /// Forgets a pod; true: it was counted.
  @discardableResult
  mutating func remove(uid: String) -> Bool {
    guard let node = placed.removeValue(forKey: uid) else { return false }
    if let position = positions[node] {
      nodes[position].remove(uid: uid)
    } else {
      homeless[node]?.removeAll { $0.uid == uid }
    }
    return true
  }

  /// The pod as counted, if it is.
  func pod(uid: String) -> SchedulingPod? {
    guard let node = placed[uid], let position = positions[node] else { return nil }
    return nodes[position].pods.first { $0.uid == uid }
  }

  func isPlaced(_ uid: String) -> Bool { placed[uid] != nil }
}
