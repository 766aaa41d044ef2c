import KubernetesAPI

/// Counts a pod's likes node by node; of all pods with the same traits one is looked at.
struct LikeCounter {
  private let namespace: String
  private let selector: LabelSelector?
  /// Whether pods of some traits are alike, by the traits' number.
  private var answers: [Int: Bool] = [:]

  /// Counts the pods of the pod's namespace that a selector takes, none if it is empty or missing.
  init(_ pod: SchedulingPod, _ selector: LabelSelector?) {
    namespace = pod.namespace
    self.selector = selector
  }

  /// How many of a node's pods are alike and not being deleted.
  mutating func count(on node: SchedulingNode) -> Int {
    guard let selector, !selector.isEmpty else { return 0 }
    var count = 0
    for index in node.groups.indices where isAlike(node.groups[index], selector) {
      count += node.groups[index].live
    }
    return count
  }

  private mutating func isAlike(
    _ group: SchedulingNode.PodGroup, _ selector: LabelSelector
  ) -> Bool {
    if let answer = answers[group.number] { return answer }
    let answer = group.traits.read { traits in
      traits.pointee.namespace == namespace && selector.matches(traits.pointee.labels)
    }
    // Traits that no cache numbered have the same number, whatever they are.
    if group.number >= 0 { answers[group.number] = answer }
    return answer
  }
}
