package import KubernetesAPI

/// The outcome of looking for a node.
package enum NodeChoice: Equatable {
  /// The best node's name.
  case node(String)
  /// None passes; the message is upstream's.
  case unschedulable(message: String)
}

/// Everything one scheduling decision looks at.
package struct SchedulingSnapshot {
  /// Nodes in the order in which they came.
  package var nodes: [SchedulingNode]
  package var namespaceLabels: [String: [String: String]]
  /// Selector of the Services and the controller that own the pod; nil: no default spread.
  package var defaultSpreadSelector: LabelSelector?

  package init(
    nodes: [SchedulingNode], namespaceLabels: [String: [String: String]] = [:],
    defaultSpreadSelector: LabelSelector? = nil
  ) {
    self.nodes = nodes
    self.namespaceLabels = namespaceLabels
    self.defaultSpreadSelector = defaultSpreadSelector
  }

  /// Filters, scores and picks; `tieBreak` gets the number of best nodes and returns an index.
  ///
  /// `firstNode` is where the search begins; in clusters of 100 nodes and more only a part is
  /// searched (`schedule_one.go` numFeasibleNodesToFind).
  package func choose(
    _ pod: SchedulingPod, firstNode: Int = 0, tieBreak: (Int) -> Int
  ) -> (choice: NodeChoice, nodesSearched: Int) {
    if nodes.isEmpty {
      return (.unschedulable(message: "no nodes available to schedule pods"), 0)
    }
    if let fault = pod.invalidAffinity {
      return (.unschedulable(message: Self.parsingMessage(fault)), 0)
    }
    let affinity = AffinityFilter(pod, nodes: nodes, namespaceLabels: namespaceLabels)
    let spread = TopologySpread.failures(pod, nodes: nodes)
    var feasible: [SchedulingNode] = []
    var failures: [FilterFailure] = []
    var searched = 0
    let wanted = Self.feasibleNodesToFind(nodes.count)
    while searched < nodes.count && feasible.count < wanted {
      let node = nodes[(firstNode + searched) % nodes.count]
      searched += 1
      if let failure = SchedulingFilters.check(pod, on: node) ?? spread[node.name]
        ?? affinity.check(node)
      {
        failures.append(failure)
      } else {
        feasible.append(node)
      }
    }
    if feasible.isEmpty { return (.unschedulable(message: Self.message(failures)), searched) }
    if feasible.count == 1 { return (.node(feasible[0].name), searched) }
    let totals = scores(pod, candidates: feasible)
    let best = totals.max() ?? 0
    let winners = totals.indices.filter { totals[$0] == best }
    let index = winners.count == 1 ? 0 : tieBreak(winners.count)
    return (.node(feasible[winners[index]].name), searched)
  }

  /// Weighted sums of the plugins' scores (weights: `default_plugins.go`).
  package func scores(_ pod: SchedulingPod, candidates: [SchedulingNode]) -> [Int] {
    var totals = [Int](repeating: 0, count: candidates.count)
    func add(_ scores: [Int], weight: Int) {
      for index in totals.indices { totals[index] += weight * scores[index] }
    }
    add(AffinityScores.taints(pod.tolerations, nodes: candidates), weight: 3)
    if !pod.preferredNodeTerms.isEmpty {
      add(AffinityScores.nodeAffinity(pod, nodes: candidates), weight: 2)
    }
    let own = pod.spreadConstraints.filter { !$0.isRequired }
    let constraints =
      pod.spreadConstraints.isEmpty
      ? defaultSpreadSelector.map(TopologySpread.systemDefaults) ?? [] : own
    if let spread = TopologySpread.scores(
      pod, constraints: constraints, requiresAllKeys: !pod.spreadConstraints.isEmpty, nodes: nodes,
      candidates: candidates)
    {
      add(spread, weight: 2)
    }
    if let affinity = AffinityScores.interPodAffinity(
      pod, nodes: nodes, candidates: candidates, namespaceLabels: namespaceLabels)
    {
      add(affinity, weight: 2)
    }
    let skipsBalance = ResourceScores.skipsBalancedAllocation(pod)
    for (index, node) in candidates.enumerated() {
      totals[index] += ResourceScores.leastAllocated(pod, on: node)
      if !skipsBalance { totals[index] += ResourceScores.balancedAllocation(pod, on: node) }
    }
    return totals
  }

  private static func parsingMessage(_ fault: String) -> String {
    "running PreFilter plugin \"InterPodAffinity\": parsing pod: invalid selector \"\(fault)\""
  }

  /// All nodes below 100; then 50 % less one in 125 nodes, at least 5 %, at least 100.
  package static func feasibleNodesToFind(_ count: Int) -> Int {
    if count < 100 { return count }
    let percentage = max(5, 50 - count / 125)
    return max(100, count * percentage / 100)
  }

  /// `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. … preemption: …`.
  package static func message(_ failures: [FilterFailure]) -> String {
    var counts: [String: Int] = [:]
    for failure in failures { for reason in failure.reasons { counts[reason, default: 0] += 1 } }
    let all = counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
    let helped = failures.count(where: \.isHelpedByPreemption)
    var preemption: [String] = []
    if helped > 0 {
      preemption.append("\(helped) No preemption victims found for incoming pod")
    }
    if helped < failures.count {
      preemption.append("\(failures.count - helped) Preemption is not helpful for scheduling")
    }
    let head = "0/\(failures.count) nodes are available: "
    return head + all + ". no new claims to deallocate, preemption: " + head
      + preemption.sorted().joined(separator: ", ") + "."
  }
}
