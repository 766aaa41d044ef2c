import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What is kept of an owner's pods against a look at all of them.
struct OwnedPodsTests {
  /// Pods as a controller sees them, by place.
  private struct World {
    var pods: [Int32: Pod] = [:]
    var table = OwnedPodTable()
    let random: RandomStream

    mutating func change(_ place: Int32, _ body: (inout Pod) -> Void) {
      guard let old = pods[place] else { return }
      var new = old
      body(&new)
      pods[place] = new
      let changes = new.changes(from: old)
      // As the controller's informer tells it.
      if !changes.isDisjoint(with: [.metadata, .binding, .readiness, .end]) {
        table.podChanged(old, new)
      } else {
        table.podOutdated(new)
      }
    }

    mutating func add(_ place: Int32, owner: String) {
      var pod = Pod()
      pod.metadata.name = "pod-\(place)"
      pod.metadata.uid = "\(random.next() % 1000)-\(place)"
      pod.metadata.place = place
      pod.metadata.creationTimestamp = Timestamp(seconds: Int64(random.integer(below: 40)))
      var reference = OwnerReference()
      reference.uid = owner
      reference.isController = true
      pod.metadata.ownerReferences = [reference]
      pods[place] = pod
      table.podChanged(nil, pod)
    }

    mutating func remove(_ place: Int32) {
      table.podChanged(pods.removeValue(forKey: place), nil)
    }

    func active(_ owner: String) -> [Pod] {
      pods.values.filter { $0.isActive && $0.metadata.controllerUID == owner }
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `Counts and ranks are those of a look at every pod`(seed: UInt64) {
    let random = RandomStream(seed: seed, name: "pods")
    var world = World(random: random)
    let owners = ["old", "new"]
    for step in 0..<200 as Range<Int32> {
      world.add(step, owner: owners[random.integer(below: 2)])
      for _ in 0..<3 { disturb(&world, Int32(random.integer(below: Int(step) + 1))) }
      if step % 10 == 0 { compare(&world, owners, "seed \(seed), step \(step)") }
    }
  }

  private func disturb(_ world: inout World, _ place: Int32) {
    let random = world.random
    switch random.integer(below: 7) {
    case 0: world.change(place) { $0.spec.nodeName = "node-\(random.integer(below: 4))" }
    case 1: world.change(place) { $0.status.phase = "Running" }
    case 2:
      world.change(place) {
        $0.status.conditions = [
          Condition(
            type: "Ready", status: random.chance(0.7) ? .true : .false,
            lastTransitionTime: Timestamp(seconds: Int64(random.integer(below: 40))))
        ]
      }
    case 3: world.change(place) { $0.metadata.deletionTimestamp = Timestamp(seconds: 50) }
    case 4: world.change(place) { $0.metadata.ownerReferences[0].uid = "new" }
    case 5:
      world.change(place) {
        var status = ContainerStatus()
        status.restartCount = random.integer(below: 3)
        $0.status.containerStatuses = [status]
      }
    default: if random.chance(0.3) { world.remove(place) }
    }
  }

  private func compare(_ world: inout World, _ owners: [String], _ place: Comment) {
    let all = owners.flatMap(world.active)
    let related = owners.compactMap { world.table[$0] }
    for owner in owners {
      let active = world.active(owner)
      let tally = world.table[owner]?.tally ?? PodTally()
      #expect(tally.active == active.count, place)
      #expect(tally.ready == active.count(where: \.isReady), place)
      let now: Int64 = 60_000_000_000
      for count in [1, active.count / 2] where count < active.count {
        let wanted = DeletionRanking.podsToDelete(
          active, related: all, count: count, nowNanoseconds: now)
        let chosen =
          world.table[owner]?.firstToGo(
            count, nowNanoseconds: now, related: related, find: { [world] in world.pods[$0] }) ?? []
        // Comparing ages by their power of two is no order: which of them goes may differ, but not
        // what decides before ages do.
        #expect(chosen.count == count, place)
        #expect(
          chosen.compactMap { world.pods[$0] }.map(Self.coarse) == wanted.map(Self.coarse), place)
      }
    }
  }

  private static func coarse(_ pod: Pod) -> String {
    "\(!pod.spec.nodeName.isEmpty) \(pod.status.phase) \(pod.isReady)"
  }
}
