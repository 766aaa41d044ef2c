import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What is left on a node and what waits there: expectations come from upstream's source.
struct HousekeepingTests {
  /// Source: `kubelet_pods.go` HandlePodCleanups.
  @Test func `a pod that was removed while the kubelet was away is stopped when it is back`() throws
  {
    let world = try KubeletWorld { _ in
      var script = ContainerScript()
      script.ignoresTerminate = true
      return script
    }
    try world.create()
    try world.run(seconds: 5)
    let uid = try #require(world.pod?.metadata.uid)
    world.node.stop()
    try world.cluster.server.delete(
      Pod.self, "default", "pod", options: DeleteOptions(gracePeriodSeconds: 0))
    try world.run(seconds: 5)
    #expect(world.node.runtime.runningProcesses(uid).count == 1)
    world.node.start()
    try world.run(seconds: 3)
    #expect(world.events["Killing: Stopping container app"] == 1)
    try world.run(seconds: 3)
    #expect(world.node.runtime.podUIDs.isEmpty)
  }

  /// Source: `desired_state_of_world_populator.go`.
  @Test func `a volume that no container mounts is not waited for`() throws {
    let world = try KubeletWorld()
    try world.create {
      KubeletWorld.mount("settings", "configMap", ["name": "missing"], in: &$0)
      $0.spec.containers[0].volumeMounts = []
    }
    try world.run(seconds: 3)
    #expect(world.rows.last?.text == "Running running ready 0")
  }

  /// Source: `volume_manager.go` podAttachAndMountTimeout; a deadline is looked at between syncs.
  @Test func `a deadline is not seen while a sync waits for volumes, which it does for 123 s`()
    throws
  {
    let world = try KubeletWorld()
    try world.create {
      KubeletWorld.mount("settings", "configMap", ["name": "missing"], in: &$0)
      $0.spec.activeDeadlineSeconds = 20
    }
    try world.run(seconds: 120)
    #expect(world.pod?.status.phase == "Pending")
    try world.run(seconds: 10)
    #expect(world.pod?.status.reason == "DeadlineExceeded")
  }

  /// Source: `pkg/kubelet/pod_container_deletor.go`.
  @Test func `the run before the last is forgotten once the last one has ended for good`() throws {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      if context.container.name == "app" {
        script.runs = [.init(after: .seconds(2), code: 1), .init(after: .seconds(2), code: 0)]
      } else {
        script.runs = [.init(after: .seconds(12), code: 0)]
      }
      return script
    }
    try world.create { pod in
      pod.spec.restartPolicy = "OnFailure"
      var side = Container()
      side.name = "side"
      side.image = "app:1"
      pod.spec.containers.append(side)
    }
    try world.run(seconds: 20)
    let status = try #require(world.pod?.status.containerStatuses.first)
    #expect(status.restartCount == 1 && status.state.terminated?.exitCode == 0)
    #expect(status.lastState.terminated == nil)
  }

  /// Source: `pkg/kubelet/types/types.go` SortedContainerStatuses.
  @Test func `containers are told of by name, whatever the order in the spec`() throws {
    let world = try KubeletWorld()
    try world.create { pod in
      for name in ["zeta", "alpha"] {
        var container = Container()
        container.name = name
        container.image = "app:1"
        pod.spec.containers.append(container)
      }
    }
    try world.run(seconds: 3)
    #expect(world.pod?.status.containerStatuses.map(\.name) == ["alpha", "app", "zeta"])
  }

  /// Back-offs are in the kubelet's memory (`image_manager.go`, `kuberuntime_manager.go`).
  @Test func `a kubelet that starts anew pulls at once`() throws {
    let registry = ImageRegistry(hasUnlistedImages: false)
    let world = try KubeletWorld(registry: registry)
    try world.create { $0.spec.containers[0].image = "registry.local:5000/absent:1" }
    try world.run(seconds: 5)
    #expect(world.pulls == 1)
    world.node.stop()
    world.node.start()
    try world.run(seconds: 3)
    #expect(world.pulls == 2)
  }

  @Test func `a pull that a kubelet began before it stopped tells the next one nothing`() throws {
    let registry = ImageRegistry()
    registry["slow:1"] = ImageRegistry.Image(pullDuration: .seconds(8))
    let world = try KubeletWorld(registry: registry)
    try world.create { $0.spec.containers[0].image = "slow:1" }
    try world.run(seconds: 3)
    world.node.stop()
    try world.run(seconds: 2)
    world.node.start()
    try world.run(seconds: 6)
    #expect(world.pod?.status.phase == "Pending")
    try world.run(seconds: 6)
    #expect(world.rows.last?.text == "Running running ready 0")
  }
}
