import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// Changes of resources in place on a node of 4 CPUs and 16 GiB.
///
/// Source: `pkg/kubelet/allocation/allocation_manager.go`.
struct PodResizeTests {
  private static func create(
    _ world: KubeletWorld, _ name: String = "pod", cpu: String,
    _ change: (inout Pod) -> Void = { _ in }
  ) throws {
    try world.create { pod in
      pod.metadata.name = name
      pod.spec.nodeName = "node-1"
      pod.spec.containers[0].resources.requests["cpu"] = Quantity(cpu)
      change(&pod)
    }
  }

  private static func resize(
    _ world: KubeletWorld, pod name: String = "pod", to resources: JSONValue,
    list: String = "containers", container: String = "app"
  ) throws {
    _ = try world.cluster.server.patch(
      "pods", namespace: "default", name: name, subresource: "resize",
      ["spec": [list: [["name": .string(container), "resources": resources]]]]
    ).get()
  }

  private static func condition(_ world: KubeletWorld, _ name: String = "pod") -> [String] {
    let status = world.cluster.server.find(Pod.self, "default", name)?.status
    return (status?.conditions ?? []).filter { $0.type.hasPrefix("PodResize") }
      .map { "\($0.type) \($0.reason) \($0.message)" }
  }

  @Test func `what exceeds the node is infeasible for memory and CPU alone, memory first`() throws {
    let world = try KubeletWorld()
    try Self.create(world, cpu: "1") { pod in
      pod.spec.containers[0].resources.requests["memory"] = Quantity("1Gi")
    }
    try world.run(seconds: 3)
    try Self.resize(world, to: ["requests": ["cpu": "5", "memory": "17Gi"]])
    try world.run(seconds: 2)
    #expect(
      Self.condition(world) == [
        "PodResizePending Infeasible Node didn't have enough capacity: memory, "
          + "requested: 18253611008, capacity: 17179869184"
      ])
    try Self.resize(world, to: ["requests": ["cpu": "5", "memory": "1Gi"]])
    try world.run(seconds: 2)
    #expect(
      Self.condition(world) == [
        "PodResizePending Infeasible Node didn't have enough capacity: cpu, requested: 5000, "
          + "capacity: 4000"
      ])
    try Self.resize(world, to: ["requests": ["cpu": "1", "memory": "1Gi"]])
    try world.run(seconds: 2)
    #expect(Self.condition(world).isEmpty)
  }

  @Test func `what does not fit now is deferred until a pod is gone`() throws {
    let world = try KubeletWorld()
    try Self.create(world, cpu: "1")
    try Self.create(world, "other", cpu: "2")
    try world.run(seconds: 3)
    try Self.resize(world, to: ["requests": ["cpu": "3"]])
    try world.run(seconds: 2)
    #expect(
      Self.condition(world) == [
        "PodResizePending Deferred Node didn't have enough resource: cpu, requested: 3000, "
          + "used: 2000, capacity: 4000"
      ])
    #expect(
      world.pod?.status.containerStatuses.first?.resources?.requests["cpu"] == Quantity(1))
    _ = try world.cluster.server.delete(Pod.self, "default", "other")
    try world.run(seconds: 4)
    #expect(Self.condition(world).isEmpty)
    #expect(
      world.events[
        "ResizeCompleted: Pod resize completed: {\"containers\":[{\"name\":\"app\",\"resources\":"
          + "{\"requests\":{\"cpu\":\"3\"}}}]}"] == 1)
  }

  @Test func `another pod's wish counts only once it is granted, its giving up once it is told`()
    throws
  {
    let world = try KubeletWorld()
    try Self.create(world, cpu: "1")
    try Self.create(world, "greedy", cpu: "1")
    try Self.create(world, "other", cpu: "1")
    try world.run(seconds: 3)
    try Self.resize(world, pod: "greedy", to: ["requests": ["cpu": "5"]])
    try world.run(seconds: 2)
    try Self.resize(world, to: ["requests": ["cpu": "2"]])
    try world.run(seconds: 2)
    #expect(world.pod?.status.containerStatuses.first?.resources?.requests["cpu"] == Quantity(2))
    try Self.resize(world, pod: "other", to: ["requests": ["cpu": "2"]])
    try world.run(seconds: 2)
    #expect(
      Self.condition(world, "other") == [
        "PodResizePending Deferred Node didn't have enough resource: cpu, requested: 2000, "
          + "used: 3000, capacity: 4000"
      ])
    try Self.resize(world, to: ["requests": ["cpu": "1"]])
    try world.run(seconds: 4)
    #expect(Self.condition(world, "other").isEmpty)
  }

  @Test func `a completed resize tells of init containers first`() throws {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      if context.container.name == "init" { script.runs = [.init(after: .seconds(1), code: 0)] }
      return script
    }
    try Self.create(world, cpu: "1") { pod in
      pod.spec.initContainers = ["init", "proxy"].map { name in
        var container = Container()
        container.name = name
        container.image = "app:1"
        container.restartPolicy = name == "proxy" ? "Always" : nil
        if name == "proxy" { container.resources.requests["cpu"] = Quantity("100m") }
        return container
      }
    }
    try world.run(seconds: 8)
    try Self.resize(
      world, to: ["requests": ["cpu": "200m"]], list: "initContainers", container: "proxy")
    try world.run(seconds: 3)
    #expect(Self.condition(world).isEmpty)
    let text =
      "{\"initContainers\":[{\"name\":\"init\",\"resources\":{}},{\"name\":\"proxy\",\"resources\":"
      + "{\"requests\":{\"cpu\":\"200m\"}}}],\"containers\":[{\"name\":\"app\",\"resources\":"
      + "{\"requests\":{\"cpu\":\"1\"}}}]}"
    #expect(world.events["ResizeCompleted: Pod resize completed: \(text)"] == 1)
  }

  /// Source: `kuberuntime_manager.go` validateMemoryResizeAction.
  @Test func `a limit of memory is not lowered below what is used`() throws {
    let world = try KubeletWorld { _ in
      var script = ContainerScript()
      script.memoryBytes = 300 << 20
      return script
    }
    try Self.create(world, cpu: "1") { pod in
      pod.spec.containers[0].resources.limits["memory"] = Quantity("512Mi")
      pod.spec.containers[0].resources.requests["memory"] = Quantity("128Mi")
    }
    try world.run(seconds: 3)
    try Self.resize(world, to: ["limits": ["memory": "128Mi"]])
    try world.run(seconds: 20)
    let usage = 300 << 20
    #expect(
      Self.condition(world) == [
        "PodResizeInProgress Error cannot decrease memory limits: [attempting to set pod memory "
          + "limit (134217728) below current usage (\(usage)), attempting to set container \"app\" "
          + "memory limit (134217728) below current usage (\(usage))]"
      ])
    try Self.resize(world, to: ["limits": ["memory": "400Mi"]])
    try world.run(seconds: 3)
    #expect(Self.condition(world).isEmpty)
    #expect(world.pod?.status.containerStatuses.first?.restartCount == 0)
  }

  @Test func `a container that is not running has its new resources at once`() throws {
    let world = try KubeletWorld { _ in
      var script = ContainerScript()
      script.runs = [.init(after: .seconds(1), code: 1)]
      return script
    }
    try Self.create(world, cpu: "1")
    try world.run(seconds: 8)
    #expect(world.pod?.status.containerStatuses.first?.restartCount == 1)
    try Self.resize(world, to: ["requests": ["cpu": "2"]])
    try world.run(seconds: 2)
    #expect(world.events.keys.contains { $0.hasPrefix("ResizeCompleted") })
    // `kuberuntime/helpers.go` GetBackoffKey: with other resources the back-off begins anew.
    #expect(world.pod?.status.containerStatuses.first?.restartCount == 2)
  }

  @Test func `a kubelet that starts anew knows what it had set aside`() throws {
    let world = try KubeletWorld()
    try Self.create(world, cpu: "1")
    try world.run(seconds: 3)
    try Self.resize(world, to: ["requests": ["cpu": "5"]])
    try world.run(seconds: 2)
    world.node.stop()
    try world.run(seconds: 5)
    world.node.start()
    try world.run(seconds: 20)
    #expect(Self.condition(world).map { $0.prefix(27) } == ["PodResizePending Infeasible"])
    #expect(world.pod?.status.containerStatuses.first?.allocatedResources["cpu"] == Quantity(1))
  }
}
