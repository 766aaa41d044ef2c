import KubernetesAPI

/// How much each resource counts in a score.
package struct ResourceWeights: Sendable {
  package let entries: [(name: String, weight: Int64)]

  /// CPU and memory alike, the default.
  package static let standard = ResourceWeights(unchecked: [("cpu", 1), ("memory", 1)])

  private init(unchecked entries: [(String, Int64)]) { self.entries = entries }

  /// A weight that is not from 1 to 100.
  package struct Fault: Error, Equatable {
    package var index: Int
  }

  /// Source: `pkg/scheduler/apis/config/validation` validateResources.
  package init(checking entries: [(String, Int64)]) throws(Fault) {
    if let index = entries.firstIndex(where: { !(1...100).contains($0.1) }) {
      throw Fault(index: index)
    }
    self.init(unchecked: entries)
  }
}

/// Scores by a node's resources, 0 to 100.
package enum ResourceScores {
  /// Scores a pod on a node; CPU and memory count with upstream's defaults where none is asked for.
  package static func leastAllocated(
    _ pod: SchedulingPod, on node: SchedulingNode, weights: ResourceWeights = .standard
  ) -> Int {
    var requested = node.requested
    requested.add(pod.traits.value.requests)
    requested.cpu = node.scoringRequested.cpu + pod.traits.value.scoringRequests.cpu
    requested.memory = node.scoringRequested.memory + pod.traits.value.scoringRequests.memory
    return leastAllocated(
      weights: weights.entries, requested: requested, allocatable: node.allocatable,
      asked: pod.traits.value.requests)
  }

  /// Scores a pod on a node by what is truly asked for.
  package static func balancedAllocation(
    _ pod: SchedulingPod, on node: SchedulingNode, weights: ResourceWeights = .standard
  ) -> Int {
    var requested = node.requested
    requested.add(pod.traits.value.requests)
    return balancedAllocation(
      names: weights.entries.map(\.name), requested: requested, allocatable: node.allocatable,
      asked: pod.traits.value.requests)
  }

  /// The weighted sum of both scores, balance only where it counts.
  package static func total(_ pod: SchedulingPod, on node: SchedulingNode) -> Int {
    let fit = SchedulerDefaults.fitWeight * leastAllocated(pod, on: node)
    if skipsBalancedAllocation(pod) { return fit }
    return fit + SchedulerDefaults.balanceWeight * balancedAllocation(pod, on: node)
  }

  /// Whether balance is left out: the pod asks for none of the resources.
  package static func skipsBalancedAllocation(
    _ pod: SchedulingPod, weights: ResourceWeights = .standard
  ) -> Bool {
    weights.entries.allSatisfy { pod.requests[$0.name] == 0 }
  }

  /// Prefers nodes with much left (`noderesources/least_allocated.go`).
  ///
  /// `requested` includes the pod. Resources that the node does not have, and extended ones that
  /// the pod does not ask for, are left out. Example: cpu 4000 of which 3000, memory 10000 of which
  /// 5000: (25 + 50) / 2 = 37.
  package static func leastAllocated(
    weights: [(name: String, weight: Int64)], requested: ResourceAmounts,
    allocatable: ResourceAmounts, asked: ResourceAmounts
  ) -> Int {
    var sum: Int64 = 0
    var weightSum: Int64 = 0
    for (name, weight) in weights {
      let isExtended = name != "cpu" && name != "memory" && name != "ephemeral-storage"
      if isExtended && asked[name] == 0 { continue }
      let capacity = allocatable[name]
      if capacity == 0 { continue }
      let used = requested[name]
      sum += weight * (used > capacity ? 0 : (capacity - used) * 100 / capacity)
      weightSum += weight
    }
    return weightSum == 0 ? 0 : Int(sum / weightSum)
  }

  /// Prefers nodes whose resources are used evenly (`noderesources/balanced_allocation.go`).
  ///
  /// trunc((1 - standard deviation of the used fractions) * 100); for two resources the deviation
  /// is half their distance.
  package static func balancedAllocation(
    names: [String], requested: ResourceAmounts, allocatable: ResourceAmounts,
    asked: ResourceAmounts
  ) -> Int {
    var fractions: [Double] = []
    for name in names {
      let isExtended = name != "cpu" && name != "memory" && name != "ephemeral-storage"
      if isExtended && asked[name] == 0 { continue }
      let capacity = allocatable[name]
      if capacity == 0 { continue }
      fractions.append(min(1, Double(requested[name]) / Double(capacity)))
    }
    let deviation: Double
    if fractions.count == 2 {
      deviation = abs((fractions[0] - fractions[1]) / 2)
    } else if fractions.count > 2 {
      let mean = fractions.reduce(0, +) / Double(fractions.count)
      let squares = fractions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      deviation = (squares / Double(fractions.count)).squareRoot()
    } else {
      deviation = 0
    }
    return Int((1 - deviation) * 100)
  }
}
