import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// Pods that are bound by `nodeName`.
///
/// Source: `pkg/kubelet/lifecycle/predicate.go`.
struct AdmissionTests {
  /// What a pod is refused for, as reason and message; nil: it runs.
  private func refusal(_ change: (inout Pod) -> Void) throws -> [String]? {
    let world = try KubeletWorld()
    try world.create { pod in
      pod.spec.nodeName = "node-1"
      change(&pod)
    }
    try world.run(seconds: 3)
    let status = try #require(world.pod?.status)
    if status.phase == "Running" { return nil }
    #expect(status.phase == "Failed" && status.message.hasPrefix("Pod was rejected: "))
    #expect(world.events["\(status.reason): \(status.message.dropFirst(18))"] == 1)
    return [status.reason, String(status.message.dropFirst(18))]
  }

  @Test func `a pod is refused by its own label of an operating system, not by the one it selects`()
    throws
  {
    let label = try refusal { $0.metadata.labels["kubernetes.io/os"] = "windows" }
    #expect(
      label == [
        "PodOSSelectorNodeLabelDoesNotMatch",
        "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
      ])
    #expect(try refusal { $0.metadata.labels["kubernetes.io/os"] = "linux" } == nil)
    let selector = try refusal { $0.spec.nodeSelector["kubernetes.io/os"] = "windows" }
    #expect(
      selector == [
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
      ])
  }

  @Test func `a pod for another operating system is refused`() throws {
    func os(_ name: String) throws -> [String]? {
      try refusal { $0.spec.content.value.others["os"] = ["name": .string(name)] }
    }
    #expect(
      try os("windows") == [
        "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS",
      ])
    #expect(try os("linux") == nil)
  }

  @Test func `strict supplemental groups need a newer runtime`() throws {
    func policy(_ name: String) throws -> [String]? {
      try refusal { $0.spec.securityContext = ["supplementalGroupsPolicy": .string(name)] }
    }
    #expect(
      try policy("Strict") == [
        "SupplementalGroupsPolicyNotSupported",
        "SupplementalGroupsPolicy=Strict is not supported in this node",
      ])
    #expect(try policy("Merge") == nil)
  }

  /// Source: `noderesources/fit.go` fitsRequest.
  @Test func `of all that a node has too little of, memory is named before what others may count`()
    throws
  {
    let world = try KubeletWorld()
    var capacity: ResourceList = ["pods": Quantity(110), "cpu": Quantity(4)]
    capacity["memory"] = Quantity("1Gi")
    capacity["ephemeral-storage"] = Quantity("1Gi")
    capacity["example.com/a"] = Quantity(1)
    world.nodes.add(
      KubeletConfiguration(
        name: "small", address: "10.0.0.9", podNetwork: "10.250.0", capacity: capacity))
    try world.run(seconds: 2)
    try world.create { pod in
      pod.spec.nodeName = "small"
      pod.spec.containers[0].resources.limits = [
        "ephemeral-storage": Quantity(2 << 30), "memory": Quantity(2 << 30),
        "example.com/a": Quantity(2),
      ]
    }
    try world.run(seconds: 2)
    #expect(world.pod?.status.reason == "OutOfmemory")
    #expect(
      world.pod?.status.message
        == "Pod was rejected: Node didn't have enough resource: memory, requested: 2147483648, "
        + "used: 0, capacity: 1073741824")
  }

  /// Source: `kubelet_pods.go` filterOutInactivePods.
  @Test func `a pod that has ended takes nothing away, one that is ending does`() throws {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      if context.podName == "done" { script.runs = [.init(after: .seconds(1), code: 0)] }
      script.terminatesAfter = .seconds(10)
      return script
    }
    func create(_ name: String) throws {
      try world.create { pod in
        pod.metadata.name = name
        pod.spec.nodeName = "node-1"
        pod.spec.restartPolicy = "Never"
        pod.spec.containers[0].resources.requests["cpu"] = Quantity(3)
      }
    }
    try create("done")
    try world.run(seconds: 5)
    try create("ending")
    try world.run(seconds: 3)
    _ = try world.cluster.server.delete(Pod.self, "default", "ending")
    try world.run(seconds: 1)
    try create("pod")
    try world.run(seconds: 1)
    #expect(world.cluster.server.find(Pod.self, "default", "done")?.status.phase == "Succeeded")
    #expect(world.pod?.status.reason == "OutOfcpu")
  }
}
