import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// Which pods have to go, by the rules alone.
struct PreemptionTests {
  /// A pod that is there: name, priority, CPU in millicores, start.
  struct Existing: Sendable {
    var name: String
    var priority: Int
    var cpu: Int64
    var start: Int64 = 0
    var labels: [String: String] = [:]
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var nodes: [[Existing]]
    var budgets: [Preemption.Budget] = []
    /// What the pod asks for.
    var cpu: Int64 = 2000
    /// Nil: the message of `message` is expected.
    var node: String?
    var victims: [String] = []
    var message = ""
  }

  static let app = LabelSelector(matchLabels: ["app": "web"])

  static let rows = [
    Row(
      testDescription: "as few as are enough",
      nodes: [
        [Existing(name: "a", priority: 0, cpu: 2000), Existing(name: "b", priority: 0, cpu: 2000)]
      ],
      node: "n0", victims: ["b"]),
    Row(
      testDescription: "the more important are reprieved first",
      nodes: [
        [Existing(name: "a", priority: 1, cpu: 2000), Existing(name: "b", priority: 5, cpu: 2000)]
      ],
      node: "n0", victims: ["a"]),
    Row(
      testDescription: "of equals those that began later go",
      nodes: [
        [
          Existing(name: "a", priority: 1, cpu: 2000, start: 9),
          Existing(name: "b", priority: 1, cpu: 2000, start: 3),
        ]
      ],
      node: "n0", victims: ["a"]),
    Row(
      testDescription: "the node whose most important victim is least important",
      nodes: [
        [Existing(name: "a", priority: 7, cpu: 4000)],
        [Existing(name: "b", priority: 6, cpu: 4000)],
        [Existing(name: "c", priority: 8, cpu: 4000)],
      ], node: "n1", victims: ["b"]),
    Row(
      testDescription: "the smaller sum of priorities, so fewer victims",
      nodes: [
        [Existing(name: "a", priority: 5, cpu: 2000), Existing(name: "b", priority: 5, cpu: 2000)],
        [Existing(name: "c", priority: 5, cpu: 3500)],
      ], cpu: 3000, node: "n1", victims: ["c"]),
    Row(
      testDescription: "the node whose victim began last",
      nodes: [
        [Existing(name: "a", priority: 5, cpu: 4000, start: 10)],
        [Existing(name: "b", priority: 5, cpu: 4000, start: 20)],
      ], node: "n1", victims: ["b"]),
    Row(
      testDescription: "a disruption budget is kept if it can be",
      nodes: [
        [Existing(name: "a", priority: 1, cpu: 4000, labels: ["app": "web"])],
        [Existing(name: "b", priority: 9, cpu: 4000)],
      ],
      budgets: [Preemption.Budget(namespace: "default", selector: app, disruptionsAllowed: 0)],
      node: "n1", victims: ["b"]),
    Row(
      testDescription: "a disruption budget is broken if it must be",
      nodes: [[Existing(name: "a", priority: 1, cpu: 4000, labels: ["app": "web"])]],
      budgets: [Preemption.Budget(namespace: "default", selector: app, disruptionsAllowed: 0)],
      node: "n0", victims: ["a"]),
    Row(
      testDescription: "of one node those go that no budget protects",
      nodes: [
        [
          Existing(name: "a", priority: 1, cpu: 2000, labels: ["app": "web"]),
          Existing(name: "b", priority: 9, cpu: 2000),
        ]
      ],
      budgets: [Preemption.Budget(namespace: "default", selector: app, disruptionsAllowed: 0)],
      node: "n0", victims: ["b"]),
    Row(
      testDescription: "nobody of less priority",
      nodes: [
        [Existing(name: "a", priority: 10, cpu: 4000)],
        [Existing(name: "b", priority: 11, cpu: 4000)],
      ],
      message: "0/2 nodes are available: 2 No preemption victims found for incoming pod."),
    Row(
      testDescription: "all of less priority are not enough",
      nodes: [
        [Existing(name: "a", priority: 11, cpu: 3000), Existing(name: "b", priority: 1, cpu: 1000)]
      ], message: "0/1 nodes are available: 1 Insufficient cpu."),
  ]

  @Test(arguments: rows)
  func `preemption removes`(row: Row) throws {
    var incoming = SchedulingPod()
    incoming.uid = "incoming"
    incoming.namespace = "default"
    incoming.priority = 10
    incoming.requests = ["cpu": row.cpu]
    var known: [String: Existing] = [:]
    let nodes = row.nodes.enumerated().map { number, pods in
      var node = SchedulingNode(
        name: "n\(number)", allocatable: ["cpu": 4000, "memory": 1 << 30])
      for existing in pods {
        var pod = SchedulingPod()
        pod.uid = existing.name
        pod.namespace = "default"
        pod.priority = existing.priority
        pod.requests = ["cpu": existing.cpu]
        pod.labels = existing.labels
        known[existing.name] = existing
        node.add(pod)
      }
      return node
    }
    let snapshot = SchedulingSnapshot(nodes: nodes)
    guard
      case .unschedulable(_, let failures, _) = snapshot.choose(incoming, tieBreak: { _ in 0 })
        .choice
    else {
      Issue.record("the pod fits without preemption")
      return
    }
    let search = Preemption(incoming, snapshot: snapshot, budgets: row.budgets) { pod in
      Preemption.Victim(
        pod: pod, name: pod.uid, startSeconds: known[pod.uid]?.start ?? 0)
    }
    switch search.find(failures: failures, draw: { _ in 0 }) {
    case .candidate(let candidate):
      #expect(candidate.node == row.node)
      #expect(candidate.victims.map(\.name) == row.victims)
    case .none(let message):
      #expect(row.node == nil)
      #expect(message == row.message)
    }
  }
}

/// Preemption as it happens in a cluster of one node of 4 CPUs.
struct PreemptionInClusterTests {
  private func makeWorld() throws -> KubeletWorld {
    let world = try KubeletWorld { _ in
      var script = ContainerScript()
      script.terminatesAfter = .seconds(2)
      return script
    }
    for (name, value, policy) in [
      ("low", 10, nil), ("high", 1000, nil), ("patient", 1000, "Never"),
    ] as [(String, Int, String?)] {
      var priority = PriorityClass()
      priority.metadata.name = name
      priority.value = value
      priority.preemptionPolicy = policy
      try world.cluster.server.create(priority)
    }
    return world
  }

  private func create(_ world: KubeletWorld, _ name: String, _ priority: String) throws {
    try world.create { pod in
      pod.metadata.name = name
      pod.spec.priorityClassName = priority
      pod.spec.containers[0].resources.requests = ["cpu": Quantity(3)]
    }
  }

  private func find(_ world: KubeletWorld, _ name: String) -> Pod? {
    world.cluster.server.find(Pod.self, "default", name)
  }

  @Test func `a pod of high priority takes the place of one of low priority`() throws {
    let world = try makeWorld()
    try create(world, "small", "low")
    try world.run(seconds: 5)
    #expect(find(world, "small")?.spec.priority == 10)
    try create(world, "great", "high")
    try world.run(seconds: 1)
    let great = try #require(find(world, "great"))
    #expect(great.status.nominatedNodeName == "node-1")
    let text = "0/1 nodes are available: 1 Insufficient cpu."
    #expect(great.status.conditions.first("PodScheduled")?.message == text)
    #expect(world.events["FailedScheduling: \(text)"] == 1)
    let small = try #require(find(world, "small"))
    #expect(small.metadata.isBeingDeleted)
    let target = try #require(small.status.conditions.first("DisruptionTarget"))
    #expect(target.reason == "PreemptionByScheduler")
    #expect(
      target.message == "default-scheduler: preempting to accommodate a higher priority pod")
    #expect(world.events["Preempted: Preempted by pod \(great.metadata.uid) on node node-1"] == 1)
    // Another one of low priority does not get the place that is made.
    try create(world, "late", "low")
    try world.run(seconds: 10)
    #expect(find(world, "small") == nil)
    #expect(find(world, "great")?.spec.nodeName == "node-1")
    let late = try #require(find(world, "late"))
    #expect(late.spec.nodeName.isEmpty)
    #expect(
      late.status.conditions.first("PodScheduled")?.message
        == text + " no new claims to deallocate, preemption: 0/1 nodes are available: 1 No "
        + "preemption victims found for incoming pod.")
  }

  @Test func `a pod that is helped already does not remove more`() throws {
    let world = try makeWorld()
    try create(world, "small", "low")
    try world.run(seconds: 5)
    try create(world, "great", "high")
    try world.run(seconds: 1)
    // More room has all pods tried again.
    _ = try world.cluster.server.modifyStatus(Node.self, "", "node-1") {
      $0.status.allocatable["pods"] = Quantity(111)
    }
    try world.run(seconds: 1)
    #expect(
      find(world, "great")?.status.conditions.first("PodScheduled")?.message
        == "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: "
        + "not eligible due to a terminating pod on the nominated node.")
    #expect(find(world, "great")?.status.nominatedNodeName == "node-1")
  }

  @Test func `a pod that may not preempt waits`() throws {
    let world = try makeWorld()
    try create(world, "small", "low")
    try world.run(seconds: 5)
    try create(world, "great", "patient")
    try world.run(seconds: 5)
    #expect(find(world, "small")?.metadata.isBeingDeleted == false)
    #expect(
      find(world, "great")?.status.conditions.first("PodScheduled")?.message
        == "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: "
        + "not eligible due to preemptionPolicy=Never.")
  }

  @Test func `a gated pod is scheduled when its last gate is gone`() throws {
    let world = try makeWorld()
    try world.create { $0.spec.schedulingGates = [["name": "a.com/one"], ["name": "two"]] }
    try world.run(seconds: 20)
    let condition = try #require(world.pod?.status.conditions.first("PodScheduled"))
    #expect(condition.reason == "SchedulingGated")
    #expect(condition.message == "Scheduling is blocked due to non-empty scheduling gates")
    #expect(world.events.isEmpty)
    let server = world.cluster.server
    #expect(throws: StatusError.self) { try server.bind("default", "pod", to: "node-1") }
    #expect(throws: StatusError.self) {
      try server.modify(Pod.self, "default", "pod") {
        $0.spec.schedulingGates = [["name": "three"]]
      }
    }
    try server.modify(Pod.self, "default", "pod") { $0.spec.schedulingGates = [["name": "two"]] }
    try world.run(seconds: 5)
    #expect(world.pod?.spec.nodeName == "")
    try server.modify(Pod.self, "default", "pod") { $0.spec.schedulingGates = nil }
    try world.run(seconds: 5)
    #expect(world.pod?.spec.nodeName == "node-1")
  }
}
