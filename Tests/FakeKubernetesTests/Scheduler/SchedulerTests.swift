import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

@Test func `a pod that fits nowhere says why, node by node`() throws {
  let world = try KubeletWorld()
  world.nodes.add(name: "small", cpu: "2", labels: ["disk": "ssd"])
  world.nodes.add(name: "narrow", cpu: "8", memory: "512Mi", labels: ["disk": "ssd"])
  try world.run(seconds: 2)
  for name in ["small", "narrow"] {
    _ = try world.cluster.server.modify(Node.self, "", name) { $0.spec.taints = [] }
  }
  try world.run(seconds: 2)
  try world.create { pod in
    pod.spec.nodeSelector = ["disk": "ssd"]
    pod.spec.containers[0].resources.requests = ["cpu": Quantity(3), "memory": Quantity(1 << 30)]
  }
  try world.run(seconds: 2)
  let message =
    "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, "
    + "1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, "
    + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
  let condition = try #require(world.pod?.status.conditions.first("PodScheduled"))
  #expect(condition.reason == "Unschedulable")
  #expect(condition.message == message)
  #expect(world.events["FailedScheduling: \(message)"] == 1)
  world.nodes.add(name: "big", cpu: "8", labels: ["disk": "ssd"])
  try world.run(seconds: 2)
  _ = try world.cluster.server.modify(Node.self, "", "big") { $0.spec.taints = [] }
  try world.run(seconds: 3)
  #expect(world.pod?.spec.nodeName == "big")
}

/// There are no claims of storage here.
///
/// Source: `volume_restrictions.go` and `volume_binding.go`
/// PreFilter; the message ends with what DynamicResources says when it was not asked before.
@Test(
  arguments: [
    (["data"], "persistentvolumeclaim \"data\" not found"),
    (["", "data"], "persistentvolumeclaim \"data\" not found"),
    ([""], "pod has unbound immediate PersistentVolumeClaims"),
  ])
func `a pod whose claim of storage is missing is bound to no node`(
  claims: [String], fault: String
) throws {
  let world = try KubeletWorld()
  try world.create { pod in
    for (index, claim) in claims.enumerated() {
      let source: (String, JSONValue) =
        claim.isEmpty
        ? ("ephemeral", ["volumeClaimTemplate": ["spec": [:]]])
        : ("persistentVolumeClaim", ["claimName": .string(claim)])
      KubeletWorld.mount("v\(index)", source.0, source.1, in: &pod)
    }
  }
  try world.run(seconds: 2)
  let message = "0/1 nodes are available: \(fault). not found"
  #expect(world.pod?.spec.nodeName == "")
  #expect(world.pod?.status.conditions.first("PodScheduled")?.message == message)
  #expect(world.events["FailedScheduling: \(message)"] == 1)
}

@Test(
  arguments: [
    (["cpu": 4000, "memory": 10000], ["cpu": 3000, "memory": 5000], 37, 87),
    (["cpu": 6000, "memory": 10000], ["cpu": 3000, "memory": 5000], 50, 100),
    (["cpu": 4000, "memory": 10000], ["cpu": 6000, "memory": 0], 50, 50),
  ] as [(ResourceAmounts, ResourceAmounts, Int, Int)])
func `resource scores are upstream's`(
  allocatable: ResourceAmounts, requested: ResourceAmounts, least: Int, balanced: Int
) {
  let node = SchedulingNode(name: "n", allocatable: allocatable)
  var traits = SchedulingTraits()
  traits.requests = requested
  traits.scoringRequests = requested
  let pod = SchedulingPod(uid: "p", place: 0, isDeleting: false, traits: Shared(traits))
  #expect(ResourceScores.leastAllocated(pod, on: node) == least)
  #expect(ResourceScores.balancedAllocation(pod, on: node) == balanced)
  #expect(ResourceScores.total(pod, on: node) == least + balanced)
}

@Test func `the logarithm of our own is one`() {
  #expect(abs(TopologySpread.naturalLogarithm(3) - 1.0986122886681098) < 1e-12)
  #expect(abs(TopologySpread.naturalLogarithm(1002) - 6.9097532820144) < 1e-9)
}

/// When pods are tried again, on one node of 4 CPUs.
struct SchedulingEventTests {
  private func create(
    _ world: KubeletWorld, _ name: String, _ change: (inout Pod) -> Void = { _ in }
  ) throws {
    try world.create { pod in
      pod.metadata.name = name
      pod.metadata.labels = ["app": name]
      change(&pod)
    }
  }

  private func node(_ world: KubeletWorld, _ name: String) -> String? {
    world.cluster.server.find(Pod.self, "default", name)?.spec.nodeName
  }

  @Test func `a pod that asks for company comes when that is there`() throws {
    let world = try KubeletWorld()
    try create(world, "follower") { pod in
      var term = PodAffinityTerm()
      term.topologyKey = "kubernetes.io/hostname"
      term.labelSelector = LabelSelector(matchLabels: ["app": "leader"])
      var affinity = PodAffinity()
      affinity.required = [term]
      pod.spec.affinity = Affinity()
      pod.spec.affinity?.podAffinity = affinity
    }
    try world.run(seconds: 5)
    #expect(node(world, "follower") == "")
    try create(world, "leader")
    try world.run(seconds: 2)
    #expect(node(world, "follower") == "node-1")
  }

  /// Counts of the events that tell that a pod fits nowhere, in their order.
  private func failures(_ world: KubeletWorld) -> [(count: Int, series: Int?)] {
    world.cluster.server.list(Event.self).filter { $0.reason == "FailedScheduling" }
      .map { ($0.count, $0.series?["count"]?.intValue) }
  }

  @Test func `a pod that is too large is not tried again for cordons, taints and small nodes`()
    throws
  {
    let world = try KubeletWorld()
    try create(world, "great") { $0.spec.containers[0].resources.requests = ["cpu": Quantity(9)] }
    try world.run(seconds: 5)
    let server = world.cluster.server
    _ = try server.modify(Node.self, "", "node-1") { $0.spec.unschedulable = true }
    try world.run(seconds: 5)
    var taint = Taint()
    (taint.key, taint.effect) = ("gpu", "NoSchedule")
    _ = try server.modify(Node.self, "", "node-1") { $0.spec.taints = [taint] }
    world.nodes.add(name: "small", cpu: "2")
    try world.run(seconds: 60)
    #expect(failures(world).map(\.count) == [1])
  }

  /// The place of a pod that goes is taken at once, not after the back-off.
  @Test func `a pod that failed just now is tried again when there is room`() throws {
    let world = try KubeletWorld()
    let four: (inout Pod) -> Void = {
      $0.spec.containers[0].resources.requests = ["cpu": Quantity(3)]
    }
    try create(world, "first", four)
    try world.run(seconds: 5)
    try create(world, "second", four)
    try world.simulation.run(for: .milliseconds(100))
    #expect(failures(world).count == 1)
    try world.cluster.server.delete(
      Pod.self, "default", "first", options: DeleteOptions(gracePeriodSeconds: 0))
    try world.simulation.run(for: .milliseconds(100))
    #expect(node(world, "second") == "node-1")
  }

  /// The first failure changes the pod's condition, and so its version.
  @Test func `a third failure is a series with the second`() throws {
    let world = try KubeletWorld()
    try create(world, "great") { $0.spec.containers[0].resources.requests = ["cpu": Quantity(9)] }
    let server = world.cluster.server
    for name in ["a", "b", "c", "d"] {
      try create(world, name)
      try world.run(seconds: 5)
      try server.delete(
        Pod.self, "default", name, options: DeleteOptions(gracePeriodSeconds: 0))
      try world.run(seconds: 5)
    }
    // Five failures: one, and a series whose first repetition was written.
    #expect(failures(world).map(\.series) == [nil, 2])
    #expect(failures(world).map(\.count) == [1, 1])
    // All series are written every 30 minutes; the pod is tried every five.
    try world.run(seconds: 1800)
    let series = failures(world).compactMap(\.series)
    #expect(series.count == 1 && series[0] > 4)
  }

  /// Nobody rejects it, which is taken for an error.
  @Test func `without nodes a pod is tried again and again`() throws {
    let simulation = Simulation(seed: 1)
    let cluster = FakeCluster(simulation: simulation)
    var pod = Pod()
    (pod.metadata.name, pod.metadata.namespace) = ("pod", "default")
    var container = Container()
    (container.name, container.image) = ("app", "app:1")
    pod.spec.containers = [container]
    try cluster.server.create(pod)
    try simulation.run(for: .seconds(30))
    let failures = cluster.server.list(Event.self).filter { $0.reason == "FailedScheduling" }
    #expect(failures.map(\.message).allSatisfy { $0 == "no nodes available to schedule pods" })
    #expect(failures.map { $0.series?["count"]?.intValue } == [nil, 2])
  }

  @Test func `a pod that no node may take is not tried again when others go`() throws {
    let world = try KubeletWorld()
    try create(world, "choosy") { $0.spec.nodeSelector = ["disk": "ssd"] }
    try create(world, "other")
    try world.run(seconds: 5)
    try world.cluster.server.delete(Pod.self, "default", "other")
    try world.run(seconds: 60)
    let events = world.cluster.server.list(Event.self).filter { $0.reason == "FailedScheduling" }
    #expect(events.map(\.count) == [1])
    _ = try world.cluster.server.modify(Node.self, "", "node-1") {
      $0.metadata.labels["disk"] = "ssd"
    }
    try world.run(seconds: 2)
    #expect(node(world, "choosy") == "node-1")
  }
}

@Test func `a node takes no more pods than it may have`() throws {
  let world = try ControllerWorld()
  world.nodes.add(name: "tiny", pods: 1)
  try world.run(seconds: 5)
  for name in ["a", "b"] {
    var pod = Pod()
    pod.metadata.name = name
    pod.metadata.namespace = "default"
    pod.spec.nodeName = "tiny"
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    pod.spec.containers = [container]
    try world.server.create(pod)
    try world.run(seconds: 3)
  }
  let refused = world.server.find(Pod.self, "default", "b")
  #expect(refused?.status.reason == "OutOfpods")
  #expect(
    refused?.status.message
      == "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 1, "
      + "capacity: 1")
}

/// Source: `nodeaffinity/node_affinity.go` PreFilter: nodes that are not named are not looked at.
@Test(
  arguments: [
    (
      [["n0", "n1"], ["n1"]],
      "0/2 nodes are available: 1 Insufficient cpu, "
        + "1 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    ),
    ([["n0"], ["n1"]], "0/2 nodes are available: pod affinity terms conflict. not found"),
  ] as [([[String]], String)])
func `a pod that names its nodes has all others fail for that`(names: [[String]], message: String) {
  var traits = SchedulingTraits()
  traits.requests = ["cpu": 9000]
  let fields = names.map { LabelRequirement(key: "metadata.name", operator: .in, values: $0) }
  traits.requiredNodeTerms = [SchedulingTraits.NodeTerm(expressions: [], fields: fields)]
  var nodes = zones([0, 0])
  nodes[0].isUnschedulable = true
  let pod = SchedulingPod(uid: "new", place: 99, isDeleting: false, traits: Shared(traits))
  let choice = SchedulingSnapshot(nodes: nodes).choose(pod, tieBreak: { _ in 0 }).choice
  guard case .unschedulable(let seen, _, _) = choice else {
    Issue.record("\(choice)")
    return
  }
  #expect(seen == message)
}

/// Without a selector a term is about no pod, and a constraint counts none.
@Test func `a selector that is not there selects nothing`() {
  var pod = Pod()
  pod.metadata.namespace = "default"
  pod.metadata.labels = ["app": "web"]
  var term = PodAffinityTerm()
  term.topologyKey = "zone"
  pod.spec.affinity = Affinity()
  pod.spec.affinity?.podAntiAffinity = PodAffinity()
  pod.spec.affinity?.podAntiAffinity?.required = [term]
  pod.spec.topologySpreadConstraints = [
    ["topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"]
  ]
  let scheduling = SchedulingPod(pod)
  var nodes = zones([2, 0])
  nodes[0].add(scheduling)
  #expect(AffinityFilter(scheduling, nodes: nodes, namespaceLabels: [:]).check(nodes[0]) == nil)
  #expect(scheduling.spreadConstraints.count == 1)
  #expect(TopologySpread.failures(scheduling, nodes: nodes).isEmpty)
}

/// Nodes of two zones and one of a third that is tainted, with some pods of the label `app: web`.
private func zones(_ counts: [Int]) -> [SchedulingNode] {
  counts.enumerated().map { number, count in
    var node = SchedulingNode(
      name: "n\(number)", labels: ["zone": "z\(number)"],
      taints: number == 2 ? [NodeTaint(key: "gpu", effect: "NoSchedule")] : [],
      allocatable: ["cpu": 8000])
    for index in 0..<count {
      var traits = SchedulingTraits()
      traits.labels = ["app": "web"]
      node.add(
        SchedulingPod(
          uid: "p\(number)-\(index)", place: Int32(10 * number + index), isDeleting: false,
          traits: Shared(traits)))
    }
    return node
  }
}

@Test(
  arguments: [
    ("as it is", [2, 1], #"{}"#, ["n0"]),
    ("too few domains", [2, 1], #"{"minDomains": 3}"#, ["n0", "n1"]),
    ("an empty zone that is tainted counts", [1, 1, 0], #"{}"#, ["n0", "n1"]),
    ("unless taints are heeded", [1, 1, 0], #"{"nodeTaintsPolicy": "Honor"}"#, []),
    ("a zone that affinity rules out", [1, 1, 0], #"{"ruledOut": "z2"}"#, []),
    (
      "counts if that is ignored", [1, 1, 0],
      #"{"ruledOut": "z2", "nodeAffinityPolicy": "Ignore"}"#, ["n0", "n1"]
    ),
    ("another revision's pods", [2, 1], #"{"matchLabelKeys": ["revision"]}"#, []),
  ] as [(String, [Int], String, [String])])
func `spread counts domains, affinity, taints and label keys as it is told`(
  name: String, counts: [Int], constraint: String, refused: [String]
) throws {
  var json = try JSONValue(parsing: constraint)
  let ruledOut = json["ruledOut"]?.stringValue
  json["topologyKey"] = "zone"
  json["maxSkew"] = 1
  json["whenUnsatisfiable"] = "DoNotSchedule"
  json["labelSelector"] = ["matchLabels": ["app": "web"]]
  var pod = Pod()
  pod.metadata.labels = ["app": "web", "revision": "2"]
  pod.spec.topologySpreadConstraints = [json]
  var traits = SchedulingTraits(pod)
  if let ruledOut {
    let term = LabelRequirement(key: "zone", operator: .notIn, values: [ruledOut])
    traits.requiredNodeTerms = [SchedulingTraits.NodeTerm(expressions: [term])]
  }
  let failures = TopologySpread.failures(
    SchedulingPod(uid: "new", place: 99, isDeleting: false, traits: Shared(traits)),
    nodes: zones(counts))
  #expect(failures.keys.sorted() == refused, "\(name)")
}

@Test func `what a pod asks for as a whole counts on its node`() {
  var pod = Pod()
  var container = Container()
  container.resources.requests = ["cpu": Quantity(1), "memory": Quantity(1 << 30)]
  pod.spec.containers = [container]
  var whole = ResourceRequirements()
  whole.requests = ["cpu": Quantity(3)]
  pod.spec.resources = whole
  let traits = SchedulingTraits(pod)
  #expect(traits.requests.cpu == 3000)
  #expect(traits.requests.memory == 1 << 30)
  #expect(traits.scoringRequests.cpu == 3000)
}
