import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

@Test func `a pod without probes runs and is ready within two seconds`() throws {
  let world = try KubeletWorld()
  try world.create()
  try world.run(seconds: 3)
  #expect(
    world.rows.map(\.text) == ["Pending", "Pending ContainerCreating 0", "Running running ready 0"])
  let conditions = try #require(world.pod?.status.conditions)
  #expect(
    conditions.map(\.type) == [
      "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
    ])
  #expect(conditions.allSatisfy { $0.status == .true })
  #expect(world.pod?.status.podIP.hasPrefix("10.244.1.") == true)
}

@Test func `a pod is ready once its model server accepts connections`() throws {
  let world = try KubeletWorld { _ in
    var script = ContainerScript()
    script.port = 5000
    script.listensAfter = .seconds(9)
    return script
  }
  try world.create { pod in
    var probe = Probe()
    probe.tcpSocket = TCPSocketAction()
    probe.tcpSocket?.port = .int(5000)
    probe.periodSeconds = 2
    pod.spec.containers[0].readinessProbe = probe
  }
  try world.run(seconds: 20)
  let ready = try #require(world.seconds(of: "Running running ready 0"))
  #expect(ready > 9 && ready < 12)
}

@Test func `a missing mount keeps the pod creating, with doubling retries`() throws {
  let world = try KubeletWorld()
  try world.create {
    KubeletWorld.mount(
      "models", "hostPath", ["path": "/mnt/models", "type": "Directory"], in: &$0)
  }
  try world.run(seconds: 40)
  let message =
    "FailedMount: MountVolume.SetUp failed for volume \"models\" : "
    + "hostPath type check failed: /mnt/models is not a directory"
  #expect(world.events[message] == 7)
  world.fileSystem["/mnt/models"] = .directory
  try world.run(seconds: 50)
  let ready = try #require(world.seconds(of: "Running running ready 0"))
  #expect(ready > 63 && ready < 66)
}

@Test func `an absent image backs off 10, 20, 40 seconds`() throws {
  let registry = ImageRegistry(hasUnlistedImages: false)
  let world = try KubeletWorld(registry: registry)
  try world.create()
  try world.run(seconds: 12)
  #expect(world.events["Pulling: Pulling image \"app:1\""] == 1)
  #expect(world.events["BackOff: Back-off pulling image \"app:1\""] == 1)
  registry["app:1"] = ImageRegistry.Image(pullDuration: .seconds(3))
  try world.run(seconds: 12)
  #expect(world.pod?.isReady == true)
}
