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
      "what the pod says of itself counts instead",
      [
        "resources": ["requests": ["cpu": "4"], "limits": ["memory": "2Gi"]],
        "containers": [container("a", ["requests": ["cpu": "1", "memory": "1Gi"]])],
      ],
      [
        "pods": "1", "count/pods": "1", "cpu": "4", "requests.cpu": "4", "memory": "1Gi",
        "requests.memory": "1Gi", "limits.memory": "2Gi",
      ]),
    Row(
      "an overhead is requested but limits nothing",
      ["overhead": ["cpu": "1"], "containers": [container("a", [:])]],
      ["pods": "1", "count/pods": "1", "cpu": "1", "requests.cpu": "1"]),
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

  private func makeQuota(_ server: APIServer, _ spec: JSONValue, used: String) throws {
    _ = try server.create(
      [
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q"], "spec": spec,
      ], namespace: "default"
    ).get()
    _ = try server.patch(
      "resourcequotas", namespace: "default", name: "q", subresource: "status", type: .merge,
      ["status": ["hard": spec["hard"] ?? [:], "used": ["pods": .string(used)]]]
    ).get()
  }

  private func makePod(_ server: APIServer, _ spec: JSONValue = [:]) -> Result<
    JSONValue, StatusError
  > {
    var whole = spec
    whole["containers"] = [Self.container("a", [:])]
    return server.create(
      ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"], "spec": whole],
      namespace: "default")
  }

  @Test(arguments: [("1", 403), ("0", 200)])
  func `a pod that comes into a scope is charged`(used: String, code: Int) throws {
    let server = APIServer(simulation: Simulation(seed: 1))
    try makeQuota(server, ["hard": ["pods": "1"], "scopes": ["Terminating"]], used: used)
    _ = try makePod(server).get()
    let patched = server.patch(
      "pods", namespace: "default", name: "p", type: .merge,
      ["spec": ["activeDeadlineSeconds": 60]])
    if case .failure(let error) = patched {
      #expect(error.code == code)
      #expect(
        error.message
          == #"pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, "#
          + "limited: pods=1")
    } else {
      #expect(code == 200)
      let quota = try server.get(ResourceQuota.self, "default", "q")
      #expect(quota.amounts("status", "used")["pods"] == Quantity(1))
    }
  }

  @Test(
    arguments: [
      ([:], true), (["namespaces": ["other"]], false), (["namespaceSelector": [:]], false),
    ] as [(JSONValue, Bool)])
  func `a pod that looks at other namespaces is in a scope of its own`(
    places: JSONValue, isMade: Bool
  ) throws {
    let server = APIServer(simulation: Simulation(seed: 1))
    let spec: JSONValue = [
      "hard": ["pods": "0"],
      "scopeSelector": [
        "matchExpressions": [["scopeName": "CrossNamespacePodAffinity", "operator": "Exists"]]
      ],
    ]
    try makeQuota(server, spec, used: "0")
    var term = places
    term["topologyKey"] = "zone"
    term["labelSelector"] = ["matchLabels": ["a": "b"]]
    let pod = makePod(
      server,
      [
        "affinity": [
          "podAntiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [term]]
        ]
      ])
    #expect(((try? pod.get()) != nil) == isMade)
  }
}
