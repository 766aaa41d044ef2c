import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

struct PriorityTests {
  private let server = APIServer(simulation: Simulation(seed: 1))

  @discardableResult
  private func create(
    _ name: String, _ value: Int, isDefault: Bool = false, policy: String? = nil
  ) throws -> PriorityClass {
    var priority = PriorityClass()
    priority.metadata.name = name
    priority.value = value
    priority.globalDefault = isDefault
    priority.preemptionPolicy = policy
    return try server.create(priority)
  }

  private func createPod(_ name: String, _ change: (inout Pod) -> Void = { _ in }) throws -> Pod {
    var pod = Pod()
    pod.metadata.name = name
    pod.metadata.namespace = "default"
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    pod.spec.containers = [container]
    change(&pod)
    return try server.create(pod)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return (error as? StatusError)?.message ?? "\(error)"
    }
  }

  @Test func `every cluster has the system's classes`() {
    #expect(
      server.list(PriorityClass.self).map { "\($0.metadata.name) \($0.value)" }
        == ["system-cluster-critical 2000000000", "system-node-critical 2000001000"])
  }

  @Test func `pods get the priority of their class or of the default one`() throws {
    #expect(try createPod("a").spec.priority == 0)
    try create("usual", 5, isDefault: true, policy: "Never")
    try create("high", 1000)
    let usual = try createPod("b")
    #expect(usual.spec.priority == 5)
    #expect(usual.spec.priorityClassName == "usual")
    #expect(usual.spec.preemptionPolicy == "Never")
    let high = try createPod("c") { $0.spec.priorityClassName = "high" }
    #expect(high.spec.priority == 1000)
    #expect(high.spec.preemptionPolicy == "PreemptLowerPriority")
    #expect(
      message { _ = try createPod("d") { $0.spec.priorityClassName = "none" } }
        == "pods \"d\" is forbidden: no PriorityClass with name none was found")
    #expect(
      message { try create("other", 7, isDefault: true) }
        == "priorityclasses.scheduling.k8s.io \"other\" is forbidden: PriorityClass usual is "
        + "already marked as default. Only one default can exist")
  }

  @Test func `classes are checked`() throws {
    try create("high", 1000)
    let name = "PriorityClass.scheduling.k8s.io"
    #expect(
      message { try create("much", 1_000_000_001) }
        == "\(name) \"much\" is invalid: value: Forbidden: maximum allowed value of a user defined "
        + "priority is 1000000000")
    #expect(
      message { try create("system-mine", 1) }
        == "\(name) \"system-mine\" is invalid: metadata.name: Forbidden: priority class names with "
        + "'system-' prefix are reserved for system use only. error: system-mine is not a known "
        + "system priority class")
    #expect(
      message {
        try server.modify(PriorityClass.self, "", "high") { $0.value = 2 }
      } == "\(name) \"high\" is invalid: value: Forbidden: may not be changed in an update.")
  }
}
