import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// What the server says of specs, as recorded in `golden/api` (topics validation and immutable) or,
/// for Services' allocation, as `pkg/registry/core/service/storage/alloc.go` has it.
struct SpecRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let kind: String
    let spec: String
    let fault: String

    init(_ name: String, _ kind: String, _ spec: String, _ fault: String) {
      testDescription = name
      self.kind = kind
      self.spec = spec
      self.fault = fault
    }
  }

  private func create(_ kind: String, _ spec: String, name: String = "x") throws
    -> Result<JSONValue, StatusError>
  {
    let versions = [
      "HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1",
    ]
    let target =
      #""scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "#
    let given = kind == "HorizontalPodAutoscaler" ? target + spec : spec
    let object = try JSONValue(
      parsing: #"{"apiVersion": "\#(versions[kind] ?? "v1")", "kind": "\#(kind)", "metadata": "#
        + #"{"name": "\#(name)"}, "spec": {\#(given)}}"#)
    return server.create(object, namespace: "default")
  }

  @Test(arguments: [
    Row(
      "two ports of one number", "Service",
      #""ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]"#,
      #"spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"#
        + #""Port":80,"TargetPort":0,"NodePort":0}"#),
    Row(
      "node ports without an address", "Service",
      #""ports": [{"port": 80}], "type": "NodePort", "clusterIP": "None""#,
      #"spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services"#
    ),
    Row(
      "an address of another network", "Service",
      #""ports": [{"port": 80}], "clusterIP": "192.168.1.1""#,
      #"spec.clusterIPs: Invalid value: ["192.168.1.1"]: failed to allocate IP 192.168.1.1: the "#
        + "provided network does not match the current range"),
    Row(
      "two families where there is one", "Service",
      #""ports": [{"port": 80}], "ipFamilyPolicy": "RequireDualStack""#,
      #"spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured "#
        + "for dual-stack services"),
    Row(
      "a policy for traffic from outside, inside", "Service",
      #""ports": [{"port": 80}], "externalTrafficPolicy": "Local""#,
      #"spec.externalTrafficPolicy: Invalid value: "Local": may only be set for "#
        + "externally-accessible services"),
    Row(
      "a source that is not told", "HorizontalPodAutoscaler",
      #""maxReplicas": 5, "metrics": [{"type": "Resource"}]"#,
      "spec.metrics[0].resource: Required value: must populate information for the given metric "
        + "source"),
    Row(
      "a window beyond an hour", "HorizontalPodAutoscaler",
      #""maxReplicas": 5, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 3601}}"#,
      "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than "
        + "or equal to 3600"),
    Row(
      "an empty list of policies", "HorizontalPodAutoscaler",
      #""maxReplicas": 5, "behavior": {"scaleUp": {"policies": []}}"#,
      "spec.behavior.scaleUp.policies: Required value: must specify at least one Policy"),
    Row(
      "a target of nothing", "HorizontalPodAutoscaler",
      #""maxReplicas": 5, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": "#
        + #"{"type": "Utilization", "averageUtilization": 0}}}]"#,
      "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than "
        + "0"),
    Row(
      "both bounds of a budget", "PodDisruptionBudget",
      #""selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1, "maxUnavailable": 1"#,
      #"spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"web"}},"#
        + #""MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and "#
        + "maxUnavailable cannot be both set"),
    Row(
      "a quota of something unknown", "ResourceQuota", #""hard": {"tomatoes": "1"}"#,
      #"[spec.hard[tomatoes]: Invalid value: "tomatoes": must be a standard resource type or "#
        + #"fully qualified, spec.hard[tomatoes]: Invalid value: "tomatoes": must be a standard "#
        + "resource for quota]"),
    Row(
      "half a pod", "ResourceQuota", #""hard": {"pods": "0.5"}"#,
      #"spec.hard[pods]: Invalid value: "500m": must be an integer"#),
    Row(
      "more than all", "PodDisruptionBudget", #""maxUnavailable": "120%""#,
      #"spec.maxUnavailable: Invalid value: "120%": must not be greater than 100%"#),
  ])
  func `a spec at fault is refused in upstream's words`(_ row: Row) throws {
    let result = try create(row.kind, row.spec)
    let error = try #require(throws: StatusError.self) { try result.get() }
    #expect(error.message.hasSuffix("\"x\" is invalid: " + row.fault))
  }

  @Test func `ports of one number share a node port, other protocols too`() throws {
    let service = try create(
      "Service",
      #""type": "NodePort", "ports": [{"name": "u", "port": 53, "protocol": "UDP"}, "#
        + #"{"name": "t", "port": 53}]"#
    ).get()
    let ports = service.value(at: "spec", "ports")?.arrayValue ?? []
    #expect(ports.count == 2 && ports[0]["nodePort"] == ports[1]["nodePort"])
  }

  @Test func `a load balancer that stays local has a port for health, until it is none`() throws {
    let service = try create(
      "Service",
      #""type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": [{"port": 80}]"#
    ).get()
    let port = service.value(at: "spec", "healthCheckNodePort")?.intValue ?? 0
    #expect((30_000...32_767).contains(port))
    let changed = try server.patch(
      "services", namespace: "default", name: "x", ["spec": ["type": "ClusterIP"]]
    ).get()
    for key in ["healthCheckNodePort", "externalTrafficPolicy", "allocateLoadBalancerNodePorts"] {
      #expect(changed.value(at: "spec", key) == nil)
    }
    #expect(changed.value(at: "spec", "ports")?.arrayValue?.first?["nodePort"] == nil)
  }

  @Test func `a load balancer without node ports keeps the ones that were asked for`() throws {
    let service = try create(
      "Service",
      #""type": "LoadBalancer", "allocateLoadBalancerNodePorts": false, "ports": "#
        + #"[{"name": "a", "port": 80, "nodePort": 30123}, {"name": "b", "port": 81}]"#
    ).get()
    let ports = service.value(at: "spec", "ports")?.arrayValue ?? []
    #expect(ports.map { $0["nodePort"]?.intValue } == [30_123, nil])
  }

  /// As recorded in `golden/api/fieldvalidation-warnings.json`.
  @Test func `a pod that hides a variable or says a port twice is made with a warning`() throws {
    var request = APIRequest(.create)
    request.resource = "pods"
    request.namespace = "default"
    request.body = try JSONValue(
      parsing: #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": "#
        + #"{"nodeSelector": {"beta.kubernetes.io/os": "linux"}, "containers": [{"name": "c", "#
        + #""image": "i", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}], "#
        + #""ports": [{"containerPort": 80}, {"containerPort": 80}]}]}}"#)
    let response = server.respond(to: request)
    #expect(response.code == 201)
    #expect(
      response.warnings == [
        "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "
          + "\"kubernetes.io/os\" instead",
        "spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when "
          + "using apply",
        "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]",
      ])
  }
}
