import KubernetesAPI

/// Where to put the next pod of some traits, kept up to date node by node.
///
/// In large clusters upstream looks at a part of the nodes for each pod. Here all nodes are kept
/// in buckets of equal score and only those that changed since the last pod are looked at again,
/// so that a decision costs what changed and no pod sees only a part of the cluster. The scores
/// are those of `SchedulingSnapshot`; pods whose score depends on more are decided there.
final class NodeRanking {
  /// What a node's score depends on; nodes with the same are equally good.
  private struct Score: Hashable {
    /// By its resources: `ResourceScores.total`.
    var resources: Int
    /// PreferNoSchedule taints that the pod does not bear.
    var taints: Int
    /// How many of the pod's like are there.
    var likes: Int
    /// The zone's number in the cache; -1: the node has no zone.
    var zone: Int
  }

  private struct Bucket {
    var score: Score
    var nodes: [Int32]
  }

  /// Of all pods that are ranked.
  private let traits: SchedulingTraits
  let selector: LabelSelector?
  /// How far in the cache's log of changes this has come.
  @exclusivity(unchecked) private var position = 0
  @exclusivity(unchecked) private var epoch = -1
  @exclusivity(unchecked) private var buckets: [Bucket] = []
  @exclusivity(unchecked) private var bucketOfScore: [Score: Int] = [:]
  @exclusivity(unchecked) private var freeBuckets: [Int] = []
  /// Of each node: its bucket (-1: it cannot take the pod) and its place in it.
  @exclusivity(unchecked) private var placeOfNode: [(bucket: Int32, index: Int32)] = []
  @exclusivity(unchecked) private var likesOfNode: [Int] = []
  @exclusivity(unchecked) private var zoneOfNode: [Int] = []
  /// Of each zone: how many of the pod's like it has and how many nodes that can take the pod.
  @exclusivity(unchecked) private var likesOfZone: [Int] = []
  @exclusivity(unchecked) private var roomOfZone: [Int] = []
  @exclusivity(unchecked) private var feasible = 0
  /// Whether pods of some traits are the pod's like, by the traits' number.
  @exclusivity(unchecked) private var likeness: [Likeness] = []

  private enum Likeness: UInt8 {
    case unknown
    case alike
    case different
  }

  /// Makes a ranking for pods like this one; `selector` is that of the default spread.
  init(_ pod: SchedulingPod, selector: LabelSelector?) {
    traits = pod.traits.value
    self.selector = selector
  }

  /// Whether pods of some traits are ranked here; others need a look at all nodes.
  static func canRank(_ traits: SchedulingTraits) -> Bool {
    !traits.hasPodAffinity && traits.hostPorts.isEmpty && traits.spreadConstraints.isEmpty
      && traits.preferredNodeTerms.isEmpty && traits.nodeName.isEmpty && traits.lacksClaim == nil
  }

  /// The position of the best node, nil if none can take the pod.
  ///
  /// `tieBreak` gets the number of best nodes and returns an index.
  func best(in cache: SchedulingCache, tieBreak: (Int) -> Int) -> Int? {
    catchUp(with: cache)
    if feasible == 0 { return nil }
    let totals = totals()
    var best = Int.min
    var count = 0
    for (bucket, total) in totals where total >= best {
      if total > best { count = 0 }
      best = total
      count += buckets[bucket].nodes.count
    }
    var index = count == 1 ? 0 : tieBreak(count)
    for (bucket, total) in totals where total == best {
      let nodes = buckets[bucket].nodes
      if index < nodes.count { return Int(nodes[index]) }
      index -= nodes.count
    }
    preconditionFailure("the tie-break returned \(index) more than there are best nodes")
  }

  /// The weighted sums of upstream's scores of the buckets that have nodes.
  private func totals() -> [(bucket: Int, total: Int)] {
    let hostWeight = TopologySpread.weight(domains: feasible)
    let zoneWeight = TopologySpread.weight(domains: roomOfZone.count { $0 > 0 })
    var raw: [(bucket: Int, spread: Int)] = []
    var (low, high, taintsMax) = (Int.max, Int.min, 0)
    for (index, bucket) in buckets.enumerated() where !bucket.nodes.isEmpty {
      let score = bucket.score
      var sum = TopologySpread.term(
        score.likes, weight: hostWeight, maxSkew: SchedulerDefaults.hostSkew)
      if score.zone >= 0 {
        sum += TopologySpread.term(
          likesOfZone[score.zone], weight: zoneWeight, maxSkew: SchedulerDefaults.zoneSkew)
      }
      let spread = Int(sum.rounded())
      raw.append((index, spread))
      low = min(low, spread)
      high = max(high, spread)
      taintsMax = max(taintsMax, score.taints)
    }
    return raw.map { index, spread in
      let score = buckets[index].score
      var total = score.resources
      let taints = taintsMax == 0 ? 100 : 100 - 100 * score.taints / taintsMax
      total += SchedulerDefaults.taintWeight * taints
      if selector != nil {
        total +=
          SchedulerDefaults.spreadWeight * TopologySpread.normalized(spread, low: low, high: high)
      }
      return (index, total)
    }
  }

  private func catchUp(with cache: SchedulingCache) {
    if epoch != cache.epoch || cache.changes.count - position > cache.nodes.count {
      rebuild(cache)
    } else {
      cache.nodes.withUnsafeBufferPointer { nodes in
        for change in cache.changes[position...] { update(Int(change), nodes[Int(change)]) }
      }
    }
    epoch = cache.epoch
    position = cache.changes.count
  }

  private func rebuild(_ cache: SchedulingCache) {
    buckets = []
    bucketOfScore = [:]
    freeBuckets = []
    let count = cache.nodes.count
    placeOfNode = Array(repeating: (-1, 0), count: count)
    likesOfNode = Array(repeating: 0, count: count)
    zoneOfNode = Array(repeating: -1, count: count)
    likesOfZone = []
    roomOfZone = []
    feasible = 0
    cache.nodes.withUnsafeBufferPointer { nodes in
      for position in nodes.indices { update(position, nodes[position]) }
    }
  }

  private func update(_ position: Int, _ node: SchedulingNode) {
    remove(position)
    let zone = node.zone
    while likesOfZone.count <= zone {
      likesOfZone.append(0)
      roomOfZone.append(0)
    }
    let likes = selector == nil ? 0 : count(node)
    if traits.allowsByAffinity(node) {
      if zoneOfNode[position] >= 0 { likesOfZone[zoneOfNode[position]] -= likesOfNode[position] }
      if zone >= 0 { likesOfZone[zone] += likes }
      zoneOfNode[position] = zone
      likesOfNode[position] = likes
    }
    if SchedulingFilters.check(traits, on: node) != nil { return }
    insert(position, score(node, likes: likes, zone: zone))
  }

  private func score(_ node: SchedulingNode, likes: Int, zone: Int) -> Score {
    let taints =
      node.taints.isEmpty
      ? 0 : AffinityScores.intolerableTaints(traits.tolerations, node)
    let resources = ResourceScores.total(traits, on: node)
    return Score(resources: resources, taints: taints, likes: likes, zone: zone)
  }

  /// How many of the pod's like a node has; it has a group for each of its pods' traits, so that
  /// nothing may be asked of a group but its number.
  private func count(_ node: SchedulingNode) -> Int {
    var count = 0
    node.groups.withUnsafeBufferPointer { groups in
      for index in groups.indices {
        let number = groups[index].number
        var likeness = Likeness.unknown
        if number >= 0, number < self.likeness.count { likeness = self.likeness[number] }
        if likeness == .unknown { likeness = self.likeness(groups[index].traits.value) }
        if likeness == .alike { count += groups[index].live }
      }
    }
    return count
  }

  private func likeness(_ others: SchedulingTraits) -> Likeness {
    let matches =
      others.namespace == traits.namespace && (selector?.matches(others.labels) ?? false)
    let answer: Likeness = matches ? .alike : .different
    let number = others.number
    if number >= 0 {
      while likeness.count <= number { likeness.append(.unknown) }
      likeness[number] = answer
    }
    return answer
  }

  private func insert(_ position: Int, _ score: Score) {
    let index: Int
    if let known = bucketOfScore[score] {
      index = known
    } else if let free = freeBuckets.popLast() {
      buckets[free].score = score
      bucketOfScore[score] = free
      index = free
    } else {
      index = buckets.count
      buckets.append(Bucket(score: score, nodes: []))
      bucketOfScore[score] = index
    }
    placeOfNode[position] = (Int32(index), Int32(buckets[index].nodes.count))
    buckets[index].nodes.append(Int32(position))
    feasible += 1
    if score.zone >= 0 { roomOfZone[score.zone] += 1 }
  }

  private func remove(_ position: Int) {
    let place = placeOfNode[position]
    guard place.bucket >= 0 else { return }
    let index = Int(place.bucket)
    placeOfNode[position] = (-1, 0)
    if let last = buckets[index].nodes.popLast(), last != Int32(position) {
      buckets[index].nodes[Int(place.index)] = last
      placeOfNode[Int(last)].index = place.index
    }
    feasible -= 1
    let score = buckets[index].score
    if score.zone >= 0 { roomOfZone[score.zone] -= 1 }
    if buckets[index].nodes.isEmpty {
      bucketOfScore[score] = nil
      freeBuckets.append(index)
    }
  }
}

/// The rankings of traits that were scheduled lately.
struct NodeRankings {
  /// How many rankings are kept before all are forgotten.
  private static let rankingsMax = 1024

  private var rankings: [ObjectIdentifier: NodeRanking] = [:]

  /// The ranking for pods like this one.
  mutating func ranking(_ pod: SchedulingPod, selector: LabelSelector?) -> NodeRanking {
    if let known = rankings[pod.traits.identity], known.selector == selector { return known }
    if rankings.count >= Self.rankingsMax { rankings = [:] }
    let ranking = NodeRanking(pod, selector: selector)
    rankings[pod.traits.identity] = ranking
    return ranking
  }
}
