package import KubernetesAPI

/// The outcome of looking for a node.
package enum NodeChoice: Equatable {
  /// The best node's name.
  case node(String)
  /// None passes; the message is upstream's, but for what preemption adds.
  ///
  /// The failures are those of all nodes, in their order; none if no node was looked at, since
  /// `plugins` rejected the pod as such, or nobody did and this is an error.
  case unschedulable(
    message: String, failures: [FilterFailure] = [], plugins: SchedulingPlugins = [])
}

/// Everything one scheduling decision looks at.
package struct SchedulingSnapshot {
  /// Nodes in the order in which they came.
  package var nodes: [SchedulingNode]
  package var namespaceLabels: [String: [String: String]]
  /// Selector of the Services and the controller that own the pod; nil: no default spread.
  package var defaultSpreadSelector: LabelSelector?
  /// Pods that wait for a node on which others make room for them.
  var nominations = Nominations()

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
    if pod.traits.value.affinityNodeNames?.isEmpty ?? false {
      let message = rejection("pod affinity terms conflict")
      return (.unschedulable(message: message, plugins: .nodeAffinity), 0)
    }
    if let fault = pod.lacksClaim {
      return (.unschedulable(message: rejection(fault), plugins: .volumes), 0)
    }
    if let fault = pod.invalidAffinity {
      return (.unschedulable(message: Self.parsingMessage(fault), plugins: .podAffinity), 0)
    }
    let affinity = AffinityFilter(pod, nodes: nodes, namespaceLabels: namespaceLabels)
    let spread = TopologySpread.failures(pod, nodes: nodes)
    var feasible: [SchedulingNode] = []
    var failures: [(position: Int, failure: FilterFailure)] = []
    var searched = 0
    let wanted = Self.feasibleNodesToFind(nodes.count)
    while searched < nodes.count && feasible.count < wanted {
      let position = (firstNode + searched) % nodes.count
      let node = nodes[position]
      searched += 1
      if let failure = nominatedFailure(pod, at: position)
        ?? SchedulingFilters.check(pod, on: node) ?? spread[node.name] ?? affinity.check(node)
      {
        failures.append((position, failure))
      } else {
        feasible.append(node)
      }
    }
    if feasible.isEmpty {
      let ordered = failures.sorted { $0.position < $1.position }.map(\.failure)
      return (.unschedulable(message: Self.headline(ordered), failures: ordered), searched)
    }
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
    add(
      AffinityScores.taints(pod.tolerations, nodes: candidates),
      weight: SchedulerDefaults.taintWeight)
    if !pod.preferredNodeTerms.isEmpty {
      add(
        AffinityScores.nodeAffinity(pod, nodes: candidates),
        weight: SchedulerDefaults.nodeAffinityWeight)
    }
    let own = pod.spreadConstraints.filter { !$0.isRequired }
    let constraints =
      pod.spreadConstraints.isEmpty
      ? defaultSpreadSelector.map(TopologySpread.systemDefaults) ?? [] : own
    if let spread = TopologySpread.scores(
      pod, constraints: constraints, requiresAllKeys: !pod.spreadConstraints.isEmpty, nodes: nodes,
      candidates: candidates)
    {
      add(spread, weight: SchedulerDefaults.spreadWeight)
    }
    if let affinity = AffinityScores.interPodAffinity(
      pod, nodes: nodes, candidates: candidates, namespaceLabels: namespaceLabels)
    {
      add(affinity, weight: SchedulerDefaults.podAffinityWeight)
    }
    add(candidates.map { ResourceScores.total(pod, on: $0) }, weight: 1)
    return totals
  }

  /// What is said of a pod that no node was looked at for.
  ///
  /// It ends with what the plug-in of DynamicResources adds when it was not asked before.
  private func rejection(_ fault: String) -> String {
    "0/\(nodes.count) nodes are available: \(fault). not found"
  }

  private static func parsingMessage(_ fault: String) -> String {
    "running PreFilter plugin \"InterPodAffinity\": parsing pod: invalid selector \"\(fault)\""
  }

  /// All nodes below 100; then 50 % less one in 125 nodes, at least 5 %, at least 100.
  package static func feasibleNodesToFind(_ count: Int) -> Int {
    if count < SchedulerDefaults.feasibleNodesMin { return count }
    let percentage = max(5, 50 - count / 125)
    return max(SchedulerDefaults.feasibleNodesMin, count * percentage / 100)
  }

  /// Upstream's words for failures: `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.`.
  package static func headline(_ failures: [FilterFailure]) -> String {
    var counts: [String: Int] = [:]
    for failure in failures { for reason in failure.reasons { counts[reason, default: 0] += 1 } }
    let all = counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
    return "0/\(failures.count) nodes are available: \(all)."
  }
}

extension SchedulingSnapshot {
  /// Whether what is on other nodes matters for the pod.
  package func looksAround(for pod: SchedulingPod) -> Bool {
    let traits = pod.traits.value
    return traits.hasPodAffinity || traits.spreadConstraints.contains(where: \.isRequired)
      || nodes.contains { $0.affinityPodCount > 0 }
  }

  /// Why a pod cannot go to a node were it as given, pods that wait for it included; nil: it can.
  package func failure(
    _ pod: SchedulingPod, at position: Int, with node: SchedulingNode, looksAround: Bool
  ) -> FilterFailure? {
    let waiting = nominations.pods(on: node.name, before: pod)
    if !waiting.isEmpty {
      var crowded = node
      for other in waiting { crowded.add(other) }
      if let failure = plainFailure(pod, at: position, with: crowded, looksAround: looksAround) {
        return failure
      }
    }
    return plainFailure(pod, at: position, with: node, looksAround: looksAround)
  }

  private func plainFailure(
    _ pod: SchedulingPod, at position: Int, with node: SchedulingNode, looksAround: Bool
  ) -> FilterFailure? {
    if let failure = SchedulingFilters.check(pod, on: node) { return failure }
    if !looksAround { return nil }
    var changed = nodes
    changed[position] = node
    return TopologySpread.failures(pod, nodes: changed)[node.name]
      ?? AffinityFilter(pod, nodes: changed, namespaceLabels: namespaceLabels).check(node)
  }

  /// Why a pod cannot go to a node with those that wait for it; nil: none waits, or it can.
  private func nominatedFailure(_ pod: SchedulingPod, at position: Int) -> FilterFailure? {
    if nominations.isEmpty { return nil }
    let node = nodes[position]
    if nominations.pods(on: node.name, before: pod).isEmpty { return nil }
    return failure(pod, at: position, with: node, looksAround: looksAround(for: pod))
  }
}
