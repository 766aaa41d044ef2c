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
