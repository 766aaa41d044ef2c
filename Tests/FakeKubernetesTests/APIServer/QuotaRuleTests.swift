import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What objects count for in quotas, source `pkg/quota/v1/evaluator/core`.
struct QuotaRuleTests {
  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let spec: JSONValue
    let usage: [String: String]

    init(_ name: String, _ spec: JSONValue, _ usage: [String: String]) {
      testDescription = name
      self.spec = spec
      self.usage = usage
    }
  }

  private static func container(_ name: String, _ resources: JSONValue, _ policy: String? = nil)
    -> JSONValue
  {
    var container: JSONValue = [
      "name": .string(name), "image": "i", "resources": resources,
    ]
    if let policy { container["restartPolicy"] = .string(policy) }
    return container
  }

  private func counted(_ usage: ResourceList) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: usage.pairs.filter { $0.1 != .zero }.map { ($0.0, $0.1.description) })
  }

  @Test(arguments: [
    Row(
      "containers add up",
      [
        "containers": [
          container("a", ["requests": ["cpu": "1"], "limits": ["cpu": "2"]]),
          container("b", ["requests": ["cpu": "500m", "memory": "1Gi"]]),
        ]
      ],
      [
        "pods": "1", "count/pods": "1", "cpu": "1500m", "requests.cpu": "1500m",
        "limits.cpu": "2", "memory": "1Gi", "requests.memory": "1Gi",
      ]),
    Row(
      "the largest init container counts where it is more",
      [
        "containers": [container("a", ["requests": ["cpu": "1"]])],
        "initContainers": [
          container("b", ["requests": ["cpu": "3"]]), container("c", ["requests": ["cpu": "2"]]),
        ],
      ],
      ["pods": "1", "count/pods": "1", "cpu": "3", "requests.cpu": "3"]),
    Row(
      "sidecars run beside the containers",
      [
        "containers": [container("a", ["requests": ["cpu": "1"]])],
        "initContainers": [container("b", ["requests": ["cpu": "1"]], "Always")],
      ],
      ["pods": "1", "count/pods": "1", "cpu": "2", "requests.cpu": "2"]),
    Row(
      "devices count only as requests",
      ["containers": [container("a", ["requests": ["x.y/z": "2"], "limits": ["x.y/z": "2"]])]],
      ["pods": "1", "count/pods": "1", "requests.x.y/z": "2"]),
  ])
  func `a pod uses what its containers ask for`(_ row: Row) throws {
    let pod = try Pod(json: ["metadata": ["name": "p"], "spec": row.spec])
    #expect(counted(QuotaUsage.of(pod)) == row.usage)
  }

  @Test(arguments: ["Succeeded", "Failed"])
  func `a pod that has ended counts only as an object`(phase: String) throws {
    let pod = try Pod(json: [
      "metadata": ["name": "p"], "status": ["phase": .string(phase)],
      "spec": ["containers": [Self.container("a", ["requests": ["cpu": "1"]])]],
    ])
    #expect(counted(QuotaUsage.of(pod)) == ["count/pods": "1"])
  }

  @Test(arguments: [
    ("ClusterIP", JSONValue.null, 0, 0), ("NodePort", .null, 0, 2), ("LoadBalancer", .null, 1, 2),
    ("LoadBalancer", false, 1, 1),
  ])
  func `a Service uses node ports`(
    type: String, allocates: JSONValue, balancers: Int64, ports: Int64
  ) throws {
    let service = try Service(json: [
      "metadata": ["name": "s"],
      "spec": [
        "type": .string(type), "allocateLoadBalancerNodePorts": allocates,
        "ports": [["name": "a", "port": 1, "nodePort": 30_001], ["name": "b", "port": 2]],
      ],
    ])
    let usage = QuotaUsage.of(service)
    #expect(usage["services.loadbalancers"] == Quantity(balancers))
    #expect(usage["services.nodeports"] == Quantity(ports))
  }

  @Test(arguments: [
    ("pods", "pods", true), ("pods", "requests.cpu", true), ("pods", "limits.memory", true),
    ("pods", "requests.x.y/z", true), ("pods", "limits.x.y/z", false),
    ("pods", "services", false), ("configmaps", "configmaps", true),
    ("configmaps", "count/configmaps", true), ("configmaps", "pods", false),
    ("deployments", "count/deployments.apps", true), ("deployments", "deployments", false),
  ])
  func `quotas name what kinds use`(plural: String, name: String, isCounted: Bool) throws {
    let resource = try #require(KindRegistry.types.first { $0.resource.plural == plural }?.resource)
    #expect(QuotaUsage.counts(resource)(name) == isCounted)
  }
}
