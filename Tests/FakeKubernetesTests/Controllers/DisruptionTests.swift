import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

struct DisruptionTests {
  private let world: ControllerWorld

  init() throws { world = try ControllerWorld() }

  private func createBudget(_ key: String, _ value: JSONValue) throws {
    try world.create([
      "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "b"],
      "spec": [key: value, "selector": ["matchLabels": ["app": "web"]]],
    ])
  }

  private var budget: PodDisruptionBudget? {
    world.server.find(PodDisruptionBudget.self, "default", "b")
  }

  /// Allowed, current, desired, expected.
  private var numbers: [Int64] {
    ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"].map {
      budget?.number($0) ?? -1
    }
  }

  private var condition: JSONValue? { budget?.content["status"]?["conditions"]?[0] }

  @Test(
    arguments: [
      ("minAvailable", 3, [1, 4, 3, 4]), ("minAvailable", "60%", [1, 4, 3, 4]),
      ("maxUnavailable", 1, [1, 4, 3, 4]), ("maxUnavailable", "30%", [2, 4, 2, 4]),
      ("minAvailable", 9, [0, 4, 9, 4]),
    ] as [(String, JSONValue, [Int64])])
  func `the status counts pods`(key: String, value: JSONValue, wanted: [Int64]) throws {
    try createBudget(key, value)
    try world.run(seconds: 1)
    #expect(
      numbers
        == (key == "minAvailable" && value.intValue != nil
          ? [0, 0, Int64(value.intValue ?? 0), 0] : [0, 0, 0, 0]))
    #expect(condition?["reason"] == "InsufficientPods")
    try world.createDeployment("web", replicas: 4)
    try world.run(seconds: 10)
    #expect(numbers == wanted)
    #expect(budget?.number("observedGeneration") == 1)
    #expect(condition?["status"] == (wanted[0] > 0 ? "True" : "False"))
    #expect(condition?["reason"] == (wanted[0] > 0 ? "SufficientPods" : "InsufficientPods"))
  }

  @Test func `evictions stop when the budget is spent and go on when pods are replaced`() throws {
    try createBudget("minAvailable", 3)
    try world.createDeployment("web", replicas: 4)
    try world.run(seconds: 10)
    let pods = world.server.list(Pod.self)
    #expect(world.evict(pods[0]).code == 201)
    let evicted = try #require(world.server.find(Pod.self, "default", pods[0].metadata.name))
    #expect(
      evicted.status.conditions.first("DisruptionTarget")?.reason == "EvictionByEvictionAPI")
    #expect(evicted.metadata.isBeingDeleted)
    let refused = world.evict(pods[1])
    #expect(refused.code == 429)
    #expect(
      refused.body["message"]
        == "Cannot evict pod as it would violate the pod's disruption budget.")
    try world.simulation.run(for: .milliseconds(200))
    let again = world.evict(pods[1])
    #expect(again.code == 429)
    #expect(
      again.body.value(at: "details", "causes")?[0]?["message"]
        == "The disruption budget b needs 3 healthy pods and has 3 currently")
    try world.run(seconds: 10)
    #expect(numbers == [1, 4, 3, 4])
    #expect(budget?.content["status"]?["disruptedPods"] == nil)
    #expect(world.evict(pods[1]).code == 201)
  }

  @Test func `a target that is not deleted is no target after two minutes`() throws {
    try world.createDeployment("web", replicas: 1)
    try world.run(seconds: 10)
    let pod = try #require(world.server.list(Pod.self).first)
    _ = try world.server.modifyStatus(Pod.self, "default", pod.metadata.name) {
      $0.status.setDisruption(reason: "Test", message: "", now: world.server.now)
    }
    func status() -> ConditionStatus? {
      world.server.list(Pod.self).first?.status.conditions.first("DisruptionTarget")?.status
    }
    try world.run(seconds: 118)
    #expect(status() == .true)
    try world.run(seconds: 4)
    #expect(status() == .false)
  }
}
