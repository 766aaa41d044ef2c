import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// The ranking of nodes against a look at all of them.
struct NodeRankingTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `A ranking finds the nodes that a look at all nodes finds`(seed: UInt64) {
    let random = RandomStream(seed: seed, name: "world")
    var cache = SchedulingCache()
    for number in 0..<(5 + random.integer(below: 30)) { _ = cache.set(node(number, random)) }
    let kinds = (0..<3).map { kind($0, random) }
    let rankings = kinds.map { NodeRanking($0.pod, selector: $0.selector) }
    for step in 0..<60 {
      let index = random.integer(below: kinds.count)
      let (pod, selector) = kinds[index]
      let snapshot = SchedulingSnapshot(nodes: cache.nodes, defaultSpreadSelector: selector)
      let wanted = best { snapshot.choose(pod, tieBreak: $0).choice }
      let ranked = best { tieBreak in
        rankings[index].best(in: cache, tieBreak: tieBreak).map { .node(cache.nodes[$0].name) }
          ?? .unschedulable(message: "")
      }
      #expect(ranked == wanted, "seed \(seed), step \(step)")
      change(&cache, pod, wanted, step, random)
    }
  }

  /// All nodes that a tie-break could pick; empty: none takes the pod.
  private func best(_ choose: ((Int) -> Int) -> NodeChoice) -> Set<String> {
    var count = 1
    var names: Set<String> = []
    var index = 0
    while index < count {
      let choice = choose {
        count = $0
        return index
      }
      if case .node(let name) = choice { names.insert(name) }
      index += 1
    }
    return names
  }

  private func change(
    _ cache: inout SchedulingCache, _ pod: SchedulingPod, _ best: Set<String>, _ step: Int,
    _ random: RandomStream
  ) {
    if let name = best.min() {
      cache.place(
        SchedulingPod(
          uid: "\(step)", place: Int32(step), isDeleting: false, traits: pod.traits),
        on: name)
    }
    switch random.integer(below: 8) {
    case 0: cache.remove(Int32(random.integer(below: step + 1)))
    case 1: _ = cache.set(node(random.integer(below: cache.nodes.count + 1), random))
    case 2:
      let uid = "\(random.integer(below: step + 1))"
      if let node = cache.nodes.first(where: { $0.pods.contains { $0.uid == uid } }),
        let found = node.pods.first(where: { $0.uid == uid })
      {
        cache.place(
          SchedulingPod(uid: uid, place: found.place, isDeleting: true, traits: found.traits),
          on: node.name)
      }
    case 3 where cache.nodes.count > 3:
      _ = cache.removeNode(cache.nodes[random.integer(below: cache.nodes.count)].name)
    default: break
    }
  }

  private func node(_ number: Int, _ random: RandomStream) -> SchedulingNode {
    var node = SchedulingNode(
      name: "n\(number)", labels: ["kubernetes.io/hostname": "n\(number)", "disk": "ssd"],
      allocatable: [
        "cpu": Int64(1000 * (1 + random.integer(below: 4))), "memory": 8 << 30,
      ], podsMax: 5 + random.integer(below: 10))
    if random.chance(0.8) {
      node.labels["topology.kubernetes.io/zone"] = "z\(random.integer(below: 3))"
    }
    if random.chance(0.2) { node.labels["disk"] = "hdd" }
    if random.chance(0.2) { node.taints = [NodeTaint(key: "slow", effect: "PreferNoSchedule")] }
    node.isUnschedulable = random.chance(0.1)
    return node
  }

  private func kind(
    _ number: Int, _ random: RandomStream
  ) -> (pod: SchedulingPod, selector: LabelSelector?) {
    var pod = SchedulingPod()
    pod.namespace = "default"
    pod.labels = ["app": "a\(number)"]
    pod.requests = ["cpu": Int64(100 * (1 + random.integer(below: 9))), "memory": 1 << 28]
    pod.scoringRequests = pod.requests
    if random.chance(0.3) { pod.nodeSelector = ["disk": "ssd"] }
    let hasSelector = random.chance(0.7)
    return (pod, hasSelector ? LabelSelector(matchLabels: pod.labels) : nil)
  }
}
