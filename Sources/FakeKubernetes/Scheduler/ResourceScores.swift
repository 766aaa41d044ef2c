/// Scores by a node's resources, 0 to 100.
package enum ResourceScores {
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
      if isExtended && (asked[name] ?? 0) == 0 { continue }
      let capacity = allocatable[name] ?? 0
      if capacity == 0 { continue }
      let used = requested[name] ?? 0
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
      if isExtended && (asked[name] ?? 0) == 0 { continue }
      let capacity = allocatable[name] ?? 0
      if capacity == 0 { continue }
      fractions.append(min(1, Double(requested[name] ?? 0) / Double(capacity)))
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
