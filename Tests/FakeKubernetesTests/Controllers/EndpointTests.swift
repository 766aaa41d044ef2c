import JSON
import KubernetesAPI
import Testing

@testable import FakeKubernetes

/// Two ready pods behind a Service; stopping takes 20 s.
private func world(publishesAll: Bool) throws -> ControllerWorld {
  var script = ContainerScript()
  script.terminatesAfter = .seconds(20)
  let world = try ControllerWorld { _ in script }
  try world.createDeployment("web", replicas: 2)
  try world.create([
    "apiVersion": "v1", "kind": "Service", "metadata": ["name": "web"],
    "spec": [
      "selector": ["app": "web"], "ports": [["port": 80]],
      "publishNotReadyAddresses": .bool(publishesAll),
    ],
  ])
  try world.run(seconds: 20)
  return world
}

extension ControllerWorld {
  fileprivate var addresses: Int {
    server.find(Endpoints.self, "default", "web")?.subsets.reduce(0) { $0 + $1.addresses.count }
      ?? 0
  }

  fileprivate var sliced: Int {
    server.list(EndpointSlice.self).reduce(0) { $0 + $1.endpoints.count }
  }
}

@Test(arguments: [(false, 1), (true, 2)])
func `a pod that ends leaves the Endpoints at once unless all is published`(
  publishesAll: Bool, left: Int
) throws {
  let world = try world(publishesAll: publishesAll)
  #expect(world.addresses == 2)
  try world.server.modify(Deployment.self, "default", "web") { $0.spec.replicas = 1 }
  try world.run(seconds: 5)
  #expect(world.server.count(Pod.self) == 2)
  #expect(world.addresses == left)
  // Slices tell of pods that end in both cases.
  #expect(world.sliced == 2)
  try world.run(seconds: 30)
  #expect(world.addresses == 1)
  #expect(world.sliced == 1)
}

@Test(arguments: [(false, 1), (true, 2)])
func `slices leave out pods whose node is gone, once they are written anew`(
  publishesAll: Bool, left: Int
) throws {
  let world = try world(publishesAll: publishesAll)
  world.nodes.kubelet("n2")?.die()
  try world.server.delete(Node.self, "", "n2")
  try world.run(seconds: 1)
  let pod = try #require(world.server.list(Pod.self).first { $0.spec.nodeName == "n2" })
  try world.server.modify(Pod.self, "default", pod.metadata.name) {
    $0.metadata.labels["seen"] = "yes"
  }
  try world.run(seconds: 2)
  #expect(world.sliced == left)
}

@Test func `a pod is in its slice again when its node is`() throws {
  let world = try world(publishesAll: false)
  let node = try #require(world.server.find(Node.self, "", "n2"))
  world.nodes.kubelet("n2")?.die()
  try world.server.delete(Node.self, "", "n2")
  try world.run(seconds: 1)
  let pod = try #require(world.server.list(Pod.self).first { $0.spec.nodeName == "n2" })
  try world.server.modify(Pod.self, "default", pod.metadata.name) {
    $0.metadata.labels["seen"] = "yes"
  }
  try world.run(seconds: 1)
  #expect(world.sliced == 1)
  var again = Node()
  again.metadata.name = "n2"
  again.metadata.labels = node.metadata.labels
  again.status = node.status
  try world.server.create(again)
  try world.run(seconds: 10)
  #expect(world.sliced == 2)
}
