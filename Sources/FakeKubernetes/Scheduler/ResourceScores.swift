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
    let traits = pod.traits.value
    var score = LeastAllocatedScore()
    for (name, weight) in weights.entries {
      if isIgnored(name, asked: traits.requests) { continue }
      score.add(
        used: scoringAmount(name, traits, node), capacity: node.allocatable[name], weight: weight)
    }
    return score.value
  }

  /// What the pod and those on the node ask for of a resource, with upstream's defaults.
  private static func scoringAmount(
    _ name: String, _ traits: SchedulingTraits, _ node: SchedulingNode
  ) -> Int64 {
    switch name {
    case "cpu": node.scoringRequested.cpu + traits.scoringRequests.cpu
    case "memory": node.scoringRequested.memory + traits.scoringRequests.memory
    default: node.requested[name] + traits.requests[name]
    }
  }

  /// Scores a pod on a node by what is truly asked for.
  package static func balancedAllocation(
    _ pod: SchedulingPod, on node: SchedulingNode, weights: ResourceWeights = .standard
  ) -> Int {
    let asked = pod.traits.value.requests
    var score = BalancedAllocationScore()
    for (name, _) in weights.entries where !isIgnored(name, asked: asked) {
      score.add(used: node.requested[name] + asked[name], capacity: node.allocatable[name])
    }
    return score.value
  }

  /// The weighted sum of both scores with the standard weights, balance only where it counts.
  ///
  /// It is asked for each node that has changed: CPU and memory are added up without a look at names.
  package static func total(_ pod: SchedulingPod, on node: SchedulingNode) -> Int {
    total(pod.traits.value, on: node)
  }

  /// The same for all pods of the same traits.
  static func total(_ traits: SchedulingTraits, on node: SchedulingNode) -> Int {
    let asked = traits.requests
    let scoring = traits.scoringRequests
    let capacity = (cpu: node.allocatable.cpu, memory: node.allocatable.memory)
    var least = LeastAllocatedScore()
    least.add(used: node.scoringRequested.cpu + scoring.cpu, capacity: capacity.cpu, weight: 1)
    least.add(
      used: node.scoringRequested.memory + scoring.memory, capacity: capacity.memory, weight: 1)
    let fit = SchedulerDefaults.fitWeight * least.value
    if asked.cpu == 0 && asked.memory == 0 { return fit }
    var balance = BalancedAllocationScore()
    balance.add(used: node.requested.cpu + asked.cpu, capacity: capacity.cpu)
    balance.add(used: node.requested.memory + asked.memory, capacity: capacity.memory)
    return fit + SchedulerDefaults.balanceWeight * balance.value
  }

  /// Whether a resource counts only for pods that ask for it, and this one does not.
  private static func isIgnored(_ name: String, asked: ResourceAmounts) -> Bool {
    name != "cpu" && name != "memory" && name != "ephemeral-storage" && asked[name] == 0
  }

  /// Whether balance is left out: the pod asks for none of the resources.
  package static func skipsBalancedAllocation(
    _ pod: SchedulingPod, weights: ResourceWeights = .standard
  ) -> Bool {
    weights.entries.allSatisfy { pod.requests[$0.name] == 0 }
  }
}

/// Prefers nodes with much left (`noderesources/least_allocated.go`), 0 to 100.
///
/// Resources that the node does not have are left out. Example: cpu 4000 of which 3000 are used,
/// memory 10000 of which 5000: (25 + 50) / 2 = 37.
package struct LeastAllocatedScore {
  private var sum: Int64 = 0
  private var weights: Int64 = 0

  package init() {}

  /// Adds a resource; `used` includes what the pod asks for.
  package mutating func add(used: Int64, capacity: Int64, weight: Int64) {
    if capacity == 0 { return }
    sum += weight * (used > capacity ? 0 : (capacity - used) * 100 / capacity)
    weights += weight
  }

  package var value: Int { weights == 0 ? 0 : Int(sum / weights) }
}

/// Prefers nodes whose resources are used evenly (`noderesources/balanced_allocation.go`), 0 to 100.
///
/// trunc((1 - standard deviation of the used fractions) * 100); for two resources the deviation is
/// half their distance. Resources that the node does not have are left out.
package struct BalancedAllocationScore {
  private var count = 0
  private var first = 0.0
  private var second = 0.0
  /// The third fraction and those after it.
  private var others: [Double] = []

  package init() {}

  /// Adds a resource; `used` includes what the pod asks for.
  package mutating func add(used: Int64, capacity: Int64) {
    if capacity == 0 { return }
    let fraction = min(1, Double(used) / Double(capacity))
    switch count {
    case 0: first = fraction
    case 1: second = fraction
    default: others.append(fraction)
    }
    count += 1
  }

  package var value: Int { Int((1 - deviation) * 100) }

  private var deviation: Double {
    if count < 2 { return 0 }
    if count == 2 { return abs((first - second) / 2) }
    let fractions = [first, second] + others
    let mean = fractions.reduce(0, +) / Double(count)
    let squares = fractions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(count)).squareRoot()
  }
}
