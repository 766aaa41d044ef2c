import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What may be resized.
///
/// Source: `pkg/apis/core/validation/validation.go` ValidatePodResize.
struct PodResizeRuleTests {
  private static let pod: JSONValue = [
    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "pod"],
    "spec": [
      "containers": [
        [
          "name": "app", "image": "app:1",
          "resources": ["requests": ["cpu": "1", "memory": "1Gi"], "limits": ["cpu": "2"]],
        ],
        ["name": "bare", "image": "app:1"],
      ],
      "initContainers": [
        ["name": "init", "image": "app:1", "resources": ["requests": ["cpu": "1"]]],
        [
          "name": "proxy", "image": "app:1", "restartPolicy": "Always",
          "resources": ["requests": ["cpu": "1"]],
        ],
      ],
    ],
  ]

  /// The server's answer to a resize: the stored pod, or `field: message` of each cause.
  private func answer(
    _ change: (inout JSONValue) -> Void, of given: JSONValue = pod
  ) throws -> (pod: JSONValue?, faults: [String]) {
    let cluster = FakeCluster(simulation: Simulation(seed: 1))
    let stored = try cluster.server.create(given, namespace: "default").get()
    var changed = stored
    change(&changed)
    let patch: JSONValue = ["spec": changed["spec"] ?? [:], "metadata": ["labels": ["a": "b"]]]
    switch cluster.server.patch(
      "pods", namespace: "default", name: "pod", subresource: "resize", type: .merge, patch)
    {
    case .success(let pod): return (pod, [])
    case .failure(let error): return (nil, error.causes.map { "\($0.field): \($0.message)" })
    }
  }

  private func set(
    _ pod: inout JSONValue, _ list: String, _ index: Int, _ resources: JSONValue
  ) {
    var containers = pod["spec"]?[list]?.arrayValue ?? []
    containers[index]["resources"] = resources
    pod["spec"]?[list] = .array(containers)
  }

  @Test func `resources of containers and sidecars change, and nothing else`() throws {
    let answer = try answer { pod in
      set(
        &pod, "containers", 0, ["requests": ["cpu": "2", "memory": "2Gi"], "limits": ["cpu": "3"]])
      set(&pod, "initContainers", 1, ["requests": ["cpu": "2"]])
      pod["spec"]?["activeDeadlineSeconds"] = 5
    }
    let pod = try #require(answer.pod)
    #expect(pod["metadata"]?["generation"] == 2)
    #expect(pod["metadata"]?["labels"] == nil && pod["spec"]?["activeDeadlineSeconds"] == nil)
    #expect(pod["spec"]?["containers"]?[0]?["resources"]?["limits"]?["cpu"] == "3")
    #expect(pod["spec"]?["initContainers"]?[1]?["resources"]?["requests"]?["cpu"] == "2")
  }

  @Test(
    arguments: [
      (
        "containers", 0, ["requests": ["cpu": "1"], "limits": ["cpu": "2"]],
        ["spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"]
      ),
      (
        "containers", 0, ["requests": ["cpu": "1", "memory": "1Gi"]],
        ["spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed"]
      ),
      (
        "containers", 0,
        [
          "requests": ["cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"],
          "limits": ["cpu": "2"],
        ],
        ["spec: Forbidden: only cpu and memory resources are mutable"]
      ),
      (
        "initContainers", 0, ["requests": ["cpu": "2"]],
        ["spec: Forbidden: resources for non-sidecar init containers are immutable"]
      ),
      (
        "initContainers", 1, ["requests": ["cpu": "1", "ephemeral-storage": "1Gi"]],
        ["spec: Forbidden: only cpu and memory resources for sidecar containers are mutable"]
      ),
      (
        "initContainers", 1, [:],
        [
          "spec.initContainers[1].resources.requests: Forbidden: resource requests cannot be removed"
        ]
      ),
      (
        "containers", 0, ["requests": ["cpu": "3", "memory": "1Gi"], "limits": ["cpu": "2"]],
        [
          "spec.containers[0].resources.requests: Invalid value: \"3\": must be less than or equal to "
            + "cpu limit of 2"
        ]
      ),
    ] as [(String, Int, JSONValue, [String])])
  func `other changes are refused`(
    list: String, index: Int, resources: JSONValue, faults: [String]
  ) throws {
    #expect(try answer { set(&$0, list, index, resources) }.faults == faults)
  }

  @Test func `a pod's class of service stays what it is`() throws {
    var bare = Self.pod
    bare["spec"] = ["containers": [["name": "app", "image": "app:1"]]]
    let answer = try answer(
      { set(&$0, "containers", 0, ["requests": ["cpu": "1"]]) }, of: bare)
    #expect(
      answer.faults == [
        "spec: Invalid value: \"BestEffort\": Pod QOS Class may not change as a result of resizing"
      ])
  }

  @Test func `containers stay in their places`() throws {
    let swapped = try answer { pod in
      let list = pod["spec"]?["containers"]?.arrayValue ?? []
      pod["spec"]?["containers"] = .array(list.reversed())
    }
    #expect(
      swapped.faults
        == [0, 1].map {
          "spec.containers[\($0)].name: Forbidden: containers may not be renamed or reordered on resize"
        })
    let fewer = try answer { pod in
      let list = pod["spec"]?["initContainers"]?.arrayValue ?? []
      pod["spec"]?["initContainers"] = .array(list.dropLast())
    }
    #expect(
      fewer.faults == [
        "spec.initContainers: Forbidden: initContainers may not be added or removed on resize"
      ])
  }

  @Test func `pods with resources of their own, static and Windows pods are not resized`() throws {
    let changes: [(String, (inout JSONValue) -> Void)] = [
      (
        "pods with pod-level resources cannot be resized",
        { $0["spec"]?["resources"] = ["requests": ["cpu": "4", "memory": "2Gi"]] }
      ),
      (
        "static pods cannot be resized",
        { $0["metadata"]?["annotations"] = ["kubernetes.io/config.mirror": "x"] }
      ),
      ("windows pods cannot be resized", { $0["spec"]?["os"] = ["name": "windows"] }),
    ]
    for (reason, change) in changes {
      var pod = Self.pod
      change(&pod)
      let answer = try answer(
        { set(&$0, "initContainers", 1, ["requests": ["cpu": "2"]]) }, of: pod)
      #expect(answer.faults == ["[]: Forbidden: \(reason)"])
    }
  }
}
