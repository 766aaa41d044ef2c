import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

private final class TwoNodes {
  let simulation = Simulation(seed: 5)
  let cluster: FakeCluster
  let nodes: FakeNodes

  init(tolerationSeconds: Int64) throws {
    var configuration = FakeCluster.Configuration()
    configuration.nodeLifecycle.gracePeriod = .seconds(20)
    cluster = FakeCluster(simulation: simulation, configuration: configuration)
    nodes = FakeNodes(
      cluster: cluster, runtime: ScriptedContainerRuntime(simulation: simulation))
    nodes.add(name: "n1")
    nodes.add(name: "n2")
    try simulation.run(for: .seconds(10))
    var deployment = Deployment()
    deployment.metadata.name = "web"
    deployment.metadata.namespace = "default"
    deployment.spec.replicas = 4
    deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
    deployment.spec.template.metadata.labels = ["app": "web"]
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    deployment.spec.template.spec.containers = [container]
    deployment.spec.template.spec.tolerations = [
      "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready",
    ].map { key in
      var toleration = Toleration()
      toleration.key = key
      toleration.operatorName = "Exists"
      toleration.effect = "NoExecute"
      toleration.tolerationSeconds = tolerationSeconds
      return toleration
    }
    try cluster.server.create(deployment)
    try run(seconds: 10)
  }

  func run(seconds: Int) throws { try simulation.run(for: .seconds(seconds)) }

  func pods(on node: String) -> [Pod] {
    cluster.server.list(Pod.self).filter { $0.spec.nodeName == node }
  }

  var node: Node? { cluster.server.find(Node.self, "", "n2") }

  /// What the taint manager has told, with how often.
  var evictions: [String: Int] {
    var told: [String: Int] = [:]
    for event in cluster.server.list(Event.self) where event.reason == "TaintManagerEviction" {
      let words = event.message.split(separator: " ").prefix(3).joined(separator: " ")
      told[words, default: 0] += event.count
    }
    return told
  }
}

@Test func `a pod that is being deleted keeps its planned eviction`() throws {
  let world = try TwoNodes(tolerationSeconds: 60)
  world.nodes.kubelet("n2")?.die()
  try world.run(seconds: 30)
  // One of the two is deleted by a user and cannot end, its node being dead.
  let pod = try #require(world.pods(on: "n2").first)
  try world.cluster.server.delete(Pod.self, "default", pod.metadata.name)
  try world.run(seconds: 70)
  #expect(world.evictions["Marking for deletion"] == 2)
  let stored = try #require(
    world.cluster.server.find(Pod.self, "default", pod.metadata.name))
  #expect(stored.status.conditions.first("DisruptionTarget")?.reason == "DeletionByTaintManager")
}

@Test func `what is planned is cancelled aloud when its pod has gone or the node is back`() throws {
  let world = try TwoNodes(tolerationSeconds: 60)
  world.nodes.kubelet("n2")?.die()
  try world.run(seconds: 30)
  let pod = try #require(world.pods(on: "n2").first)
  try world.cluster.server.delete(
    Pod.self, "default", pod.metadata.name, options: DeleteOptions(gracePeriodSeconds: 0))
  try world.run(seconds: 1)
  #expect(world.evictions == ["Cancelling deletion of": 1])
  world.nodes.kubelet("n2")?.start()
  try world.run(seconds: 20)
  #expect(world.evictions == ["Cancelling deletion of": 2])
}

@Test func `pods spread over both nodes`() throws {
  let world = try TwoNodes(tolerationSeconds: 6)
  #expect(world.pods(on: "n1").count == 2)
  #expect(world.pods(on: "n2").count == 2)
  #expect(world.cluster.server.list(Pod.self).allSatisfy { $0.isReady })
}

@Test func `pods of a dead node turn unready, are replaced, and stay terminating`() throws {
  let world = try TwoNodes(tolerationSeconds: 6)
  world.nodes.kubelet("n2")?.die()
  try world.run(seconds: 32)
  #expect(world.node?.status.conditions.first("Ready")?.status == .unknown)
  #expect(
    Set(world.node?.spec.taints.map(\.effect) ?? []) == ["NoExecute", "NoSchedule"])
  try world.run(seconds: 20)
  #expect(world.pods(on: "n1").count { $0.isReady } == 4)
  #expect(world.pods(on: "n2").allSatisfy { $0.metadata.isBeingDeleted && !$0.isReady })
  world.nodes.kubelet("n2")?.start()
  try world.run(seconds: 20)
  #expect(world.pods(on: "n2").isEmpty)
  #expect(world.node?.spec.taints.isEmpty == true)
}

@Test func `a node that returns in time keeps its pods`() throws {
  let world = try TwoNodes(tolerationSeconds: 60)
  world.nodes.kubelet("n2")?.stop()
  try world.run(seconds: 40)
  #expect(world.pods(on: "n2").allSatisfy { !$0.isReady })
  world.nodes.kubelet("n2")?.start()
  try world.run(seconds: 30)
  #expect(world.pods(on: "n2").count == 2)
  #expect(world.pods(on: "n2").allSatisfy { $0.isReady })
  #expect(world.node?.spec.taints.isEmpty == true)
}

@Test func `pods of a deleted node are collected`() throws {
  let world = try TwoNodes(tolerationSeconds: 60)
  world.nodes.kubelet("n2")?.die()
  try world.cluster.server.delete(Node.self, "", "n2")
  try world.run(seconds: 90)
  #expect(world.pods(on: "n2").isEmpty)
  #expect(world.pods(on: "n1").count == 4)
}

@Test func `a node that is declared out of service loses the pods that it cannot end`() throws {
  let world = try TwoNodes(tolerationSeconds: 6)
  world.nodes.kubelet("n2")?.die()
  try world.run(seconds: 60)
  #expect(world.pods(on: "n2").count == 2)
  var phases: [String] = []
  let watch = world.cluster.server.observe(Pod.self) {
    if $0.kind == .deleted { phases.append($0.object.status.phase) }
  }
  defer { withExtendedLifetime(watch) {} }
  try world.cluster.server.modify(Node.self, "", "n2") {
    var taint = Taint()
    taint.key = "node.kubernetes.io/out-of-service"
    taint.effect = "NoExecute"
    $0.spec.taints.append(taint)
  }
  try world.run(seconds: 25)
  #expect(world.pods(on: "n2").isEmpty)
  #expect(phases == ["Failed", "Failed"])
}

@Test func `ended pods beyond the threshold go, evicted ones first, then the oldest`() throws {
  let simulation = Simulation(seed: 3)
  var configuration = FakeCluster.Configuration()
  configuration.nodeLifecycle.endedPodsMax = 2
  let cluster = FakeCluster(simulation: simulation, configuration: configuration)
  let server = cluster.server
  for (name, reason) in [("old", ""), ("young", ""), ("evicted", "Evicted"), ("alive", nil)] {
    var pod = Pod()
    pod.metadata.name = name
    pod.metadata.namespace = "default"
    pod.spec.nodeName = "n1"
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    pod.spec.containers = [container]
    try server.create(pod)
    if let reason {
      try server.modifyStatus(Pod.self, "default", name) {
        $0.status.phase = "Failed"
        $0.status.reason = reason
      }
    }
    try simulation.run(for: .seconds(2))
  }
  let rest = { server.list(Pod.self).map(\.metadata.name).sorted() }
  #expect(rest() == ["alive", "evicted", "old", "young"])
  try simulation.run(for: .seconds(13))
  #expect(rest() == ["alive", "old", "young"])
  try server.modifyStatus(Pod.self, "default", "alive") { $0.status.phase = "Succeeded" }
  try simulation.run(for: .seconds(20))
  #expect(rest() == ["alive", "young"])
}
