import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// One node of 1 GiB, on which containers `grow…` take 700 MiB within 30 s and others 300 MiB.
struct MemoryPressureTests {
  private let world: ControllerWorld

  init() throws {
    world = try ControllerWorld { context in
      var script = ContainerScript()
      script.memoryBytes = 300 << 20
      if context.podName.hasPrefix("grow") {
        script.memoryBytes = 700 << 20
        script.memoryGrowth = .seconds(30)
      }
      return script
    }
    world.nodes.add(name: "small", memory: "1Gi", labels: ["size": "small"])
    try world.run(seconds: 10)
  }

  private func create(
    _ name: String, request: String = "", priority: String = "", onNode: Bool = false
  ) throws {
    var pod = Pod()
    pod.metadata.name = name
    pod.metadata.namespace = "default"
    pod.spec.nodeSelector = ["size": "small"]
    if onNode { pod.spec.nodeName = "small" }
    pod.spec.priorityClassName = priority
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    if !request.isEmpty { container.resources.requests["memory"] = Quantity(request) }
    pod.spec.containers = [container]
    try world.server.create(pod)
  }

  private func find(_ name: String) -> Pod? { world.server.find(Pod.self, "default", name) }

  private var node: Node? { world.server.find(Node.self, "", "small") }

  private func events(_ reason: String) -> [String] {
    world.server.list(Event.self).filter { $0.reason == reason }.map(\.message)
  }

  @Test func `the pod that uses most beyond its request goes first`() throws {
    try create("steady", request: "300Mi")
    try create("grow", request: "100Mi")
    try world.run(seconds: 60)
    let evicted = try #require(find("grow"))
    #expect(evicted.status.phase == "Failed")
    #expect(evicted.status.reason == "Evicted")
    #expect(
      evicted.status.message.hasPrefix(
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: "))
    #expect(
      evicted.status.message.hasSuffix(
        ", request is 100Mi, has larger consumption of memory. "))
    let target = try #require(evicted.status.conditions.first("DisruptionTarget"))
    #expect(target.reason == "TerminationByKubelet")
    #expect(target.message == evicted.status.message)
    #expect(events("Evicted") == [evicted.status.message])
    #expect(events("EvictionThresholdMet") == ["Attempting to reclaim memory"])
    #expect(find("steady")?.isReady == true)
  }

  @Test func `priority decides among those that use too much`() throws {
    var priority = PriorityClass()
    priority.metadata.name = "high"
    priority.value = 100
    try world.server.create(priority)
    try create("steady")
    try create("grow", priority: "high")
    try world.run(seconds: 60)
    #expect(find("steady")?.status.reason == "Evicted")
    #expect(find("grow")?.isReady == true)
  }

  @Test func `a node under pressure says so and takes no best-effort pod for five minutes`() throws
  {
    try create("steady", request: "300Mi")
    try create("grow")
    try world.run(seconds: 60)
    #expect(find("grow")?.status.reason == "Evicted")
    let condition = try #require(node?.status.conditions.first("MemoryPressure"))
    #expect(condition.status == .true)
    #expect(condition.reason == "KubeletHasInsufficientMemory")
    #expect(node?.spec.taints.map(\.key) == ["node.kubernetes.io/memory-pressure"])
    #expect(events("NodeHasInsufficientMemory").count == 1)
    try create("waiting")
    try create("bound", onNode: true)
    try create("asking", request: "1Mi", onNode: true)
    try world.run(seconds: 10)
    #expect(
      find("waiting")?.status.conditions.first("PodScheduled")?.reason == "Unschedulable")
    #expect(find("bound")?.status.reason == "Evicted")
    #expect(
      find("bound")?.status.message
        == "Pod was rejected: The node had condition: [MemoryPressure]. ")
    #expect(find("asking")?.isReady == true)
    try world.run(seconds: 310)
    #expect(node?.status.conditions.first("MemoryPressure")?.status == .false)
    #expect(node?.spec.taints.isEmpty == true)
    #expect(find("waiting")?.isReady == true)
  }
}
