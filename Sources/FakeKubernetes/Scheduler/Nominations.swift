import KubernetesAPI

/// Pods that wait for a node on which others make room for them.
///
/// Source: `pkg/scheduler/backend/queue/nominator.go`.
struct Nominations {
  private var nodes: [String: [SchedulingPod]] = [:]
  private var nodeOfPod: [String: String] = [:]

  var isEmpty: Bool { nodeOfPod.isEmpty }

  /// The node that a pod waits for.
  func node(of uid: String) -> String? { nodeOfPod[uid] }

  /// The pods that wait for a node, in the order in which they came.
  func pods(on node: String) -> [SchedulingPod] { nodes[node] ?? [] }

  /// Those who count when the pod is put onto the node: of no less priority, and not itself.
  func pods(on node: String, before pod: SchedulingPod) -> [SchedulingPod] {
    if nodes.isEmpty { return [] }
    return pods(on: node).filter {
      $0.uid != pod.uid && $0.traits.value.priority >= pod.traits.value.priority
    }
  }

  mutating func set(_ pod: SchedulingPod, _ node: String) {
    remove(uid: pod.uid)
    nodeOfPod[pod.uid] = node
    nodes[node, default: []].append(pod)
  }

  mutating func remove(uid: String) {
    guard let node = nodeOfPod.removeValue(forKey: uid) else { return }
    nodes[node]?.removeAll { $0.uid == uid }
    if nodes[node]?.isEmpty ?? false { nodes[node] = nil }
  }
}
