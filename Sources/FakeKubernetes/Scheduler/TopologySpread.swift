package import KubernetesAPI

/// Even spread of a pod's likes over hosts and zones.
///
/// Source: `podtopologyspread/scoring.go` and `filtering.go`.
package enum TopologySpread {
  private static let hostname = "kubernetes.io/hostname"
  static let zone = "topology.kubernetes.io/zone"

  /// Upstream's system defaults, for pods that a Service or a controller selects.
  package static func systemDefaults(_ selector: LabelSelector) -> [SchedulingTraits
    .SpreadConstraint]
  {
    [
      SchedulingTraits.SpreadConstraint(
        topologyKey: hostname, maxSkew: SchedulerDefaults.hostSkew, isRequired: false,
        selector: selector),
      SchedulingTraits.SpreadConstraint(
        topologyKey: zone, maxSkew: SchedulerDefaults.zoneSkew, isRequired: false,
        selector: selector),
    ]
  }

  /// Scores 0 to 100 of the candidates; nil: no constraints.
  ///
  /// Raw: sum over constraints of count * ln(domains + 2) + maxSkew - 1, rounded; normalized
  /// 100 * (max + min - raw) / max. Own constraints (`requiresAllKeys`) leave out nodes that lack
  /// one of the labels: they score 0.
  package static func scores(
    _ pod: SchedulingPod, constraints: [SchedulingTraits.SpreadConstraint], requiresAllKeys: Bool,
    nodes: [SchedulingNode], candidates: [SchedulingNode]
  ) -> [Int]? {
    if constraints.isEmpty { return nil }
    func hasAllKeys(_ node: SchedulingNode) -> Bool {
      constraints.allSatisfy { node.labels[$0.topologyKey] != nil }
    }
    let isLeftOut = candidates.map { requiresAllKeys && !hasAllKeys($0) }
    let counted = zip(candidates, isLeftOut).filter { !$0.1 }.map(\.0)
    var domains = constraints.map { constraint -> [String: Int] in
      if constraint.topologyKey == hostname { return [:] }
      var values: [String: Int] = [:]
      for node in counted {
        if let value = node.labels[constraint.topologyKey] { values[value] = 0 }
      }
      return values
    }
    let weights = constraints.indices.map { index in
      let isHost = constraints[index].topologyKey == hostname
      return weight(domains: isHost ? counted.count : domains[index].count)
    }
    var likes = constraints.map { LikeCounter(pod, $0.selector) }
    for node in nodes where !(requiresAllKeys && !hasAllKeys(node)) {
      for (index, constraint) in constraints.enumerated() where constraint.counts(node, for: pod) {
        guard let value = node.labels[constraint.topologyKey], domains[index][value] != nil
        else { continue }
        domains[index][value, default: 0] += likes[index].count(on: node)
      }
    }
    let raw = candidates.indices.map { position -> Int in
      if isLeftOut[position] { return 0 }
      let node = candidates[position]
      var sum = 0.0
      for (index, constraint) in constraints.enumerated() {
        guard let value = node.labels[constraint.topologyKey] else { continue }
        let count =
          constraint.topologyKey == hostname
          ? likes[index].count(on: node) : domains[index][value] ?? 0
        sum += term(count, weight: weights[index], maxSkew: constraint.maxSkew)
      }
      return Int(sum.rounded())
    }
    return normalize(raw, isLeftOut)
  }

  private static func normalize(_ raw: [Int], _ isLeftOut: [Bool]) -> [Int] {
    let counted = zip(raw, isLeftOut).filter { !$0.1 }.map(\.0)
    let low = counted.min() ?? 0
    let high = counted.max() ?? 0
    return raw.indices.map {
      if isLeftOut[$0] { return 0 }
      return normalized(raw[$0], low: low, high: high)
    }
  }

  /// What a constraint counts in a sum, the more domains the more.
  static func weight(domains: Int) -> Double { naturalLogarithm(domains + 2) }

  /// What a constraint adds to a node's sum.
  static func term(_ count: Int, weight: Double, maxSkew: Int) -> Double {
    Double(count) * weight + Double(maxSkew - 1)
  }

  /// A node's rounded sum as a score, 0 to 100, between the lowest and the highest sum.
  static func normalized(_ sum: Int, low: Int, high: Int) -> Int {
    high == 0 ? 100 : 100 * (high + low - sum) / high
  }

  /// Which candidates break a DoNotSchedule constraint, in the order given; nil: passes.
  package static func failures(
    _ pod: SchedulingPod, nodes: [SchedulingNode]
  ) -> [String: FilterFailure] {
    let constraints = pod.spreadConstraints.filter(\.isRequired)
    var result: [String: FilterFailure] = [:]
    if constraints.isEmpty { return result }
    let eligible = nodes.filter { node in
      constraints.allSatisfy { node.labels[$0.topologyKey] != nil }
    }
    for constraint in constraints {
      var counts: [String: Int] = [:]
      var likes = LikeCounter(pod, constraint.selector)
      for node in eligible where constraint.counts(node, for: pod) {
        guard let value = node.labels[constraint.topologyKey] else { continue }
        counts[value, default: 0] += likes.count(on: node)
      }
      let fewest = counts.count < constraint.minDomains ? 0 : counts.values.min() ?? 0
      let own = constraint.selects(pod.labels) ? 1 : 0
      for node in nodes where result[node.name] == nil {
        let text = "node(s) didn't match pod topology spread constraints"
        guard let value = node.labels[constraint.topologyKey] else {
          result[node.name] = FilterFailure(
            [text + " (missing required label)"], by: .topologySpread, isHelpedByPreemption: false)
          continue
        }
        if (counts[value] ?? 0) + own - fewest > constraint.maxSkew {
          result[node.name] = FilterFailure(
            [text], by: .topologySpread, isHelpedByPreemption: true)
        }
      }
    }
    return result
  }

  /// ln of a whole number of at least 1, by plain arithmetic, so that every machine agrees.
  ///
  /// n = m * 2^k with m in 1..<2; ln m = 2 artanh((m - 1) / (m + 1)).
  package static func naturalLogarithm(_ number: Int) -> Double {
    var mantissa = Double(max(1, number))
    var exponent = 0.0
    while mantissa >= 2 {
      mantissa /= 2
      exponent += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var power = ratio
    var sum = 0.0
    var divisor = 1.0
    for _ in 0..<24 {
      sum += power / divisor
      power *= ratio * ratio
      divisor += 2
    }
    return 2 * sum + exponent * 0.693_147_180_559_945_3
  }
}

extension SchedulingTraits.SpreadConstraint {
  /// Whether a node's pods count, source `podtopologyspread/common.go` matchNodeInclusionPolicies.
  fileprivate func counts(_ node: SchedulingNode, for pod: SchedulingPod) -> Bool {
    (countsOtherNodes || pod.allowsByAffinity(node))
      && (!heedsTaints || SchedulingFilters.toleratesAll(node.taints, pod.tolerations))
  }
}
