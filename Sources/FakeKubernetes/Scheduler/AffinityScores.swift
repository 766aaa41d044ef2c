/// Scores by the pods that are there and by taints and node affinity, 0 to 100.
package enum AffinityScores {
  /// A label of nodes with one of its values.
  package struct Topology: Hashable, Sendable {
    package var key: String
    package var value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// Preferences between pods, normalized; nil: there are none (upstream skips the plugin).
  ///
  /// Source: `interpodaffinity/scoring.go`. Every matched term adds its weight to all nodes of the
  /// matched pod's topology; anti-affinity subtracts; preferences of existing pods count both ways;
  /// a required affinity of an existing pod counts `hardWeight`.
  package static func interPodAffinity(
    _ pod: SchedulingPod, nodes: [SchedulingNode], candidates: [SchedulingNode],
    namespaceLabels: [String: [String: String]],
    hardWeight: Int = SchedulerDefaults.hardPodAffinityWeight,
    ignoresPreferencesOfOthers: Bool = false
  ) -> [Int]? {
    var sums: [Topology: Int] = [:]
    let own = [(pod.preferredAffinity, 1), (pod.preferredAntiAffinity, -1)]
    let hasOwn = !pod.preferredAffinity.isEmpty || !pod.preferredAntiAffinity.isEmpty
    if !hasOwn && ignoresPreferencesOfOthers { return nil }
    for node in nodes where hasOwn || node.affinityPodCount > 0 {
      func add(_ term: SchedulingTraits.PodTerm, _ weight: Int) {
        guard let value = node.labels[term.topologyKey] else { return }
        sums[Topology(key: term.topologyKey, value: value), default: 0] += weight
      }
      for existing in node.pods {
        for (terms, sign) in own {
          for term in terms
          where term.selects(
            existing, ownerNamespace: pod.namespace, namespaceLabels: namespaceLabels)
          {
            add(term, sign * term.weight)
          }
        }
        func addTheirs(
          _ terms: [SchedulingTraits.PodTerm], _ weight: (SchedulingTraits.PodTerm) -> Int
        ) {
          for term in terms
          where term.selects(
            pod, ownerNamespace: existing.namespace, namespaceLabels: namespaceLabels)
          {
            add(term, weight(term))
          }
        }
        if hardWeight > 0 { addTheirs(existing.requiredAffinity) { _ in hardWeight } }
        if !ignoresPreferencesOfOthers {
          addTheirs(existing.preferredAffinity) { $0.weight }
          addTheirs(existing.preferredAntiAffinity) { -$0.weight }
        }
      }
    }
    if sums.isEmpty { return nil }
    let raw = candidates.map { node in
      node.labels.reduce(0) { $0 + (sums[Topology(key: $1.key, value: $1.value)] ?? 0) }
    }
    guard let low = raw.min(), let high = raw.max() else { return [] }
    return raw.map {
      high == low ? 0 : Int(100 * (Double($0 - low) / Double(high - low)))
    }
  }

  /// Prefers nodes with fewer PreferNoSchedule taints that the pod does not bear.
  package static func taints(
    _ tolerations: [TaintToleration], nodes: [SchedulingNode], comparesNumbers: Bool = false
  ) -> [Int] {
    let counts = nodes.map {
      intolerableTaints(tolerations, $0, comparesNumbers: comparesNumbers)
    }
    let high = counts.max() ?? 0
    return counts.map { high == 0 ? 100 : 100 - 100 * $0 / high }
  }

  /// How many PreferNoSchedule taints of a node are not borne.
  static func intolerableTaints(
    _ tolerations: [TaintToleration], _ node: SchedulingNode, comparesNumbers: Bool = false
  ) -> Int {
    node.taints.count { taint in
      taint.effect == "PreferNoSchedule"
        && !tolerations.contains {
          ($0.effect.isEmpty || $0.effect == "PreferNoSchedule")
            && $0.tolerates(taint, comparesNumbers: comparesNumbers)
        }
    }
  }

  /// Prefers nodes that match weighted node terms; the sum of weights, normalized.
  package static func nodeAffinity(_ pod: SchedulingPod, nodes: [SchedulingNode]) -> [Int] {
    let sums = nodes.map { node in
      pod.preferredNodeTerms.reduce(0) { $0 + ($1.matches(node) ? $1.weight : 0) }
    }
    let high = sums.max() ?? 0
    return sums.map { high == 0 ? 0 : 100 * $0 / high }
  }
}
