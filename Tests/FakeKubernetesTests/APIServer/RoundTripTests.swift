import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// What comes back of objects that say more than anything here acts on.
struct RoundTripTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let kind: String
    let given: String
    let kept: String

    init(_ name: String, _ kind: String, given: String, kept: String) {
      testDescription = name
      self.kind = kind
      self.given = given
      self.kept = kept
    }
  }

  private func create(_ kind: String, spec: String) throws -> JSONValue {
    let (apiVersion, body): (String, String) =
      switch kind {
      case "PodAffinity", "Pod":
        ("v1", #""spec": {"containers": [{"name": "c", "image": "i:1"}], "# + spec + "}")
      case "Container":
        ("v1", #""spec": {"containers": [{"name": "c", "image": "i:1", "# + spec + "}]}")
      case "Service": ("v1", #""spec": {"ports": [{"port": 80}], "# + spec + "}")
      case "EndpointSlice":
        (
          "discovery.k8s.io/v1",
          #""addressType": "IPv4", "endpoints": [{"addresses": ["1.2.3.4"], "# + spec + "}]"
        )
      default: ("v1", #""status": {"# + spec + "}")
      }
    let name = ["Container", "PodAffinity"].contains(kind) ? "Pod" : kind
    let object = try JSONValue(
      parsing: #"{"apiVersion": "\#(apiVersion)", "kind": "\#(name)", "metadata": {"name": "x"}, "#
        + body + "}")
    return try server.create(object, namespace: name == "Node" ? "" : "default").get()
  }

  /// Source: the types in `k8s.io/api`, defaults in `pkg/apis/core/v1/defaults.go`.
  @Test(arguments: [
    Row(
      "the resize policy of a container", "Container",
      given: #""resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]"#,
      kept: #""resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]"#),
    Row(
      "claims of a container", "Container", given: #""resources": {"claims": [{"name": "a"}]}"#,
      kept: #""resources": {"claims": [{"name": "a"}]}"#),
    Row(
      "the address of a port of the node", "Container",
      given: #""ports": [{"containerPort": 1, "hostPort": 2, "hostIP": "1.2.3.4"}]"#,
      kept:
        #""ports": [{"containerPort": 1, "hostPort": 2, "hostIP": "1.2.3.4", "protocol": "TCP"}]"#),
    Row(
      "false is left out where upstream has no pointer", "Container",
      given: #""stdinOnce": false, "tty": false"#, kept: #""name": "c""#),
    Row(
      "DNS and the operating system of a pod", "Pod",
      given: #""dnsConfig": {"searches": ["a"]}, "os": {"name": "linux"}, "hostPID": true"#,
      kept: #""dnsConfig": {"searches": ["a"]}, "os": {"name": "linux"}, "hostPID": true"#),
    Row(
      "pointers to false of a pod", "Pod",
      given: #""shareProcessNamespace": false, "setHostnameAsFQDN": false"#,
      kept: #""shareProcessNamespace": false, "setHostnameAsFQDN": false"#),
    Row(
      "a negative grace period is one second", "Pod",
      given: #""terminationGracePeriodSeconds": -1"#,
      kept: #""terminationGracePeriodSeconds": 1"#),
    Row(
      "nulls in what is kept as given", "Pod", given: #""securityContext": {"runAsUser": null}"#,
      kept: #""securityContext": {}"#),
    Row(
      "a token in a volume lasts an hour", "Pod",
      given: #""serviceAccountName": "a", "volumes": [{"name": "v", "projected": "#
        + #"{"sources": [{"serviceAccountToken": "#
        + #"{"path": "t"}}]}}]"#,
      kept: #""volumes": [{"name": "v", "projected": {"defaultMode": 420, "sources": "#
        + #"[{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}]}}]"#),
    Row(
      "a target port of 0 is the port", "Service",
      given: #""ports": [{"port": 81, "targetPort": 0}]"#,
      kept: #""ports": [{"port": 81, "targetPort": 81, "protocol": "TCP"}]"#),
    Row(
      "a policy for traffic from outside by external addresses", "Service",
      given: #""externalIPs": ["1.2.3.4"]"#, kept: #""externalTrafficPolicy": "Cluster""#),
    Row(
      "ranges and class of a load balancer", "Service",
      given: #""type": "LoadBalancer", "loadBalancerSourceRanges": ["1.0.0.0/8"], "#
        + #""loadBalancerClass": "x/y""#,
      kept: #""loadBalancerSourceRanges": ["1.0.0.0/8"], "loadBalancerClass": "x/y""#),
    Row(
      "hints of an endpoint", "EndpointSlice", given: #""hints": {"forZones": [{"name": "z"}]}"#,
      kept: #""hints": {"forZones": [{"name": "z"}]}"#),
    Row(
      "what is allocatable is not filled up", "Node",
      given: #""capacity": {"cpu": "4", "pods": "9"}, "allocatable": {"cpu": "3"}"#,
      kept: #""allocatable": {"cpu": "3"}"#),
    Row(
      "a condition of a node without times", "Node",
      given: #""conditions": [{"type": "Ready", "status": "True"}]"#,
      kept: #""conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": null, "#
        + #""lastTransitionTime": null}]"#),
    Row(
      "volumes in use on a node", "Node", given: #""volumesInUse": ["v"]"#,
      kept: #""volumesInUse": ["v"]"#),
  ])
  func `what was given comes back`(_ row: Row) throws {
    let object = try create(row.kind, spec: row.given)
    let part: JSONValue? =
      switch row.kind {
      case "Container": object.value(at: "spec", "containers")?.arrayValue?.first
      case "EndpointSlice": object["endpoints"]?.arrayValue?.first
      case "Node": object["status"]
      default: object["spec"]
      }
    let wanted = try #require(try JSONValue(parsing: "{" + row.kept + "}").objectValue)
    for (key, value) in wanted { #expect(part?[key] == value) }
    if row.kept == #""name": "c""# { #expect(part?["stdinOnce"] == nil && part?["tty"] == nil) }
  }

  /// Source: `PrepareForUpdate` of the status strategies under `pkg/registry`.
  @Test func `a status update takes metadata too, but for a Deployment's labels`() throws {
    for (kind, spec, keepsLabels) in [
      (
        "ReplicaSet",
        #""selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": "#
          + #"{"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}"#, false
      ),
      (
        "Deployment",
        #""selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": "#
          + #"{"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}"#, true
      ),
    ] {
      let object = try JSONValue(
        parsing: #"{"apiVersion": "apps/v1", "kind": "\#(kind)", "metadata": {"name": "x", "#
          + #""labels": {"old": "l"}}, "spec": {\#(spec)}}"#)
      _ = try server.create(object, namespace: "default").get()
      let patched = try server.patch(
        kind.lowercased() + "s", namespace: "default", name: "x", subresource: "status",
        type: .merge,
        ["metadata": ["labels": ["old": .null, "new": "l"], "annotations": ["n": "a"]]]
      ).get()
      let labels: JSONValue = keepsLabels ? ["old": "l"] : ["new": "l"]
      #expect(patched.value(at: "metadata", "labels") == labels)
      #expect(patched.value(at: "metadata", "annotations") == ["n": "a"])
    }
  }

  /// Source: `patchStrategy:"replace"` of the selector in `k8s.io/api/policy/v1/types.go`.
  @Test func `a strategic patch replaces the selector of a disruption budget`() throws {
    let object = try JSONValue(
      parsing: #"{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "#
        + #""b"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}}"#)
    _ = try server.create(object, namespace: "default").get()
    let patched = try server.patch(
      "poddisruptionbudgets", namespace: "default", name: "b",
      ["spec": ["selector": ["matchLabels": ["c": "d"]]]]
    ).get()
    #expect(patched.value(at: "spec", "selector") == ["matchLabels": ["c": "d"]])
    #expect(patched.value(at: "spec", "minAvailable") == 1)
  }
}
