/// Required (anti-)affinity between pods: which nodes pass.
///
/// Counts are made once for a pod, then each node is looked up
/// (`interpodaffinity/filtering.go`).
package struct AffinityFilter {
  private var affinity: [AffinityScores.Topology: Int] = [:]
  private var antiAffinity: [AffinityScores.Topology: Int] = [:]
  private var existingAntiAffinity: [AffinityScores.Topology: Int] = [:]
  private let pod: SchedulingPod
  private let matchesItself: Bool

  package init(
    _ pod: SchedulingPod, nodes: [SchedulingNode], namespaceLabels: [String: [String: String]]
  ) {
    self.pod = pod
    func selects(_ terms: [SchedulingTraits.PodTerm], _ other: SchedulingPod) -> Bool {
      terms.allSatisfy {
        $0.selects(other, ownerNamespace: pod.namespace, namespaceLabels: namespaceLabels)
      }
    }
    matchesItself = selects(pod.requiredAffinity, pod)
    let hasOwn = !pod.requiredAffinity.isEmpty || !pod.requiredAntiAffinity.isEmpty
    for node in nodes where hasOwn || node.affinityPodCount > 0 {
      for existing in node.pods {
        for term in existing.requiredAntiAffinity
        where term.selects(
          pod, ownerNamespace: existing.namespace, namespaceLabels: namespaceLabels)
        {
          Self.count(term, node, &existingAntiAffinity)
        }
        if !pod.requiredAffinity.isEmpty && selects(pod.requiredAffinity, existing) {
          for term in pod.requiredAffinity { Self.count(term, node, &affinity) }
        }
        for term in pod.requiredAntiAffinity where selects([term], existing) {
          Self.count(term, node, &antiAffinity)
        }
      }
    }
  }

  private static func count(
    _ term: SchedulingTraits.PodTerm, _ node: SchedulingNode,
    _ counts: inout [AffinityScores.Topology: Int]
  ) {
    guard let value = node.labels[term.topologyKey] else { return }
    counts[AffinityScores.Topology(key: term.topologyKey, value: value), default: 0] += 1
  }

  /// nil: the node passes.
  package func check(_ node: SchedulingNode) -> FilterFailure? {
    func found(
      _ term: SchedulingTraits.PodTerm, _ counts: [AffinityScores.Topology: Int]
    ) -> Bool {
      guard let value = node.labels[term.topologyKey] else { return false }
      return (counts[AffinityScores.Topology(key: term.topologyKey, value: value)] ?? 0) > 0
    }
    let hasKeys = pod.requiredAffinity.allSatisfy { node.labels[$0.topologyKey] != nil }
    let isSatisfied =
      hasKeys
      && (pod.requiredAffinity.allSatisfy { found($0, affinity) }
        || (affinity.isEmpty && matchesItself))
    if !isSatisfied {
      return FilterFailure(
        ["node(s) didn't match pod affinity rules"], by: .podAffinity,
        isHelpedByPreemption: false)
    }
    if pod.requiredAntiAffinity.contains(where: { found($0, antiAffinity) }) {
      return FilterFailure(
        ["node(s) didn't match pod anti-affinity rules"], by: .podAffinity,
        isHelpedByPreemption: true)
    }
    let isRefused = node.labels.contains { key, value in
      (existingAntiAffinity[AffinityScores.Topology(key: key, value: value)] ?? 0) > 0
    }
    if isRefused {
      return FilterFailure(
        ["node(s) didn't satisfy existing pods anti-affinity rules"], by: .podAffinity,
        isHelpedByPreemption: true)
    }
    return nil
  }
}
