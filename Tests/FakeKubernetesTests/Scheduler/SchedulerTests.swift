import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

@Test func `a pod that fits nowhere says why, node by node`() throws {
  let world = try KubeletWorld()
  world.nodes.add(name: "small", cpu: "2", labels: ["disk": "ssd"])
  world.nodes.add(name: "narrow", cpu: "8", memory: "512Mi", labels: ["disk": "ssd"])
  try world.run(seconds: 2)
  for name in ["small", "narrow"] {
    _ = try world.cluster.server.modify(Node.self, "", name) { $0.spec.taints = [] }
  }
  try world.run(seconds: 2)
  try world.create { pod in
    pod.spec.nodeSelector = ["disk": "ssd"]
    pod.spec.containers[0].resources.requests = ["cpu": Quantity(3), "memory": Quantity(1 << 30)]
  }
  try world.run(seconds: 2)
  let message =
    "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, "
    + "1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, "
    + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
  let condition = try #require(world.pod?.status.conditions.first("PodScheduled"))
  #expect(condition.reason == "Unschedulable")
  #expect(condition.message == message)
  #expect(world.events["FailedScheduling: \(message)"] == 1)
  world.nodes.add(name: "big", cpu: "8", labels: ["disk": "ssd"])
  try world.run(seconds: 2)
  _ = try world.cluster.server.modify(Node.self, "", "big") { $0.spec.taints = [] }
  try world.run(seconds: 3)
  #expect(world.pod?.spec.nodeName == "big")
}

@Test(
  arguments: [
    (["cpu": 4000, "memory": 10000], ["cpu": 3000, "memory": 5000], 37, 87),
    (["cpu": 6000, "memory": 10000], ["cpu": 3000, "memory": 5000], 50, 100),
    (["cpu": 4000, "memory": 10000], ["cpu": 6000, "memory": 0], 50, 50),
  ] as [(ResourceAmounts, ResourceAmounts, Int, Int)])
func `resource scores are upstream's`(
  allocatable: ResourceAmounts, requested: ResourceAmounts, least: Int, balanced: Int
) {
  #expect(
    ResourceScores.leastAllocated(
      weights: [("cpu", 1), ("memory", 1)], requested: requested, allocatable: allocatable,
      asked: requested) == least)
  #expect(
    ResourceScores.balancedAllocation(
      names: ["cpu", "memory"], requested: requested, allocatable: allocatable, asked: requested)
      == balanced)
}

@Test func `the logarithm of our own is one`() {
  #expect(abs(TopologySpread.naturalLogarithm(3) - 1.0986122886681098) < 1e-12)
  #expect(abs(TopologySpread.naturalLogarithm(1002) - 6.9097532820144) < 1e-9)
}
