import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

struct ResourceQuotaTests {
  private let world: ControllerWorld

  init() throws { world = try ControllerWorld() }

  private func createQuota(_ spec: JSONValue) throws {
    try world.create([
      "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q"], "spec": spec,
    ])
    try world.run(seconds: 1)
  }

  private var used: JSONValue? {
    world.server.find(ResourceQuota.self, "default", "q")?.content["status"]?["used"]
  }

  private func createPod(_ name: String, _ resources: JSONValue, priority: String = "") -> String {
    let spec: JSONValue = [
      "containers": [["name": "c", "image": "app:1", "resources": resources]],
      "priorityClassName": .string(priority),
    ]
    let result = world.server.create(
      ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec],
      namespace: "default")
    switch result {
    case .success: return ""
    case .failure(let error): return error.message
    }
  }

  @Test func `use grows with admission and shrinks when pods are gone`() throws {
    try createQuota(["hard": ["pods": "3", "requests.cpu": "2", "services": 1]])
    #expect(used == ["pods": "0", "requests.cpu": "0", "services": "0"])
    let one: JSONValue = ["requests": ["cpu": "900m"]]
    #expect(createPod("a", one) == "")
    #expect(createPod("b", one) == "")
    #expect(used == ["pods": "2", "requests.cpu": "1800m", "services": "0"])
    #expect(
      createPod("c", one) == "pods \"c\" is forbidden: exceeded quota: q, requested: "
        + "requests.cpu=900m, used: requests.cpu=1800m, limited: requests.cpu=2")
    #expect(
      createPod("c", [:])
        == "pods \"c\" is forbidden: failed quota: q: must specify requests.cpu for: c")
    try world.run(seconds: 5)
    try world.server.delete(Pod.self, "default", "a")
    #expect(createPod("c", one) != "")
    try world.run(seconds: 35)
    #expect(used == ["pods": "1", "requests.cpu": "900m", "services": "0"])
    #expect(createPod("c", one) == "")
  }

  @Test func `a changed limit is told and holds`() throws {
    try createQuota(["hard": ["pods": "1"]])
    #expect(createPod("a", [:]) == "")
    #expect(createPod("b", [:]) != "")
    _ = try world.server.patch(
      "resourcequotas", namespace: "default", name: "q", ["spec": ["hard": ["pods": "2"]]]
    ).get()
    try world.run(seconds: 1)
    #expect(createPod("b", [:]) == "")
    #expect(used == ["pods": "2"])
  }

  @Test func `a quota takes only pods of its scopes`() throws {
    try createQuota([
      "hard": ["pods": "0"],
      "scopeSelector": [
        "matchExpressions": [
          ["scopeName": "PriorityClass", "operator": "In", "values": ["system-node-critical"]]
        ]
      ],
    ])
    #expect(createPod("a", [:]) == "")
    #expect(createPod("b", [:], priority: "system-node-critical") != "")
  }
}
