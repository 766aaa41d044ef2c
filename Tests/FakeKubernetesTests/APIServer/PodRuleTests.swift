import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// What the server says of pods' specs, in the words of `pkg/apis/core/validation`.
struct PodRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    /// Fields of the only container, and fields of the spec.
    let container: String
    let spec: String
    let faults: [String]

    init(_ name: String, container: String = "", spec: String = "", _ faults: String...) {
      testDescription = name
      self.container = container.isEmpty ? "" : ", " + container
      self.spec = spec.isEmpty ? "" : ", " + spec
      self.faults = faults
    }
  }

  private func spec(_ row: Row) -> String {
    #"{"containers": [{"name": "c", "image": "i"\#(row.container)}]\#(row.spec)}"#
  }

  static let containerRows = [
    Row(
      "a variable without a source", container: #""env": [{"name": "A", "valueFrom": {}}]"#,
      #"containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, "#
        + "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"),
    Row(
      "a variable with a value and a source",
      container: #""env": [{"name": "A", "value": "x", "valueFrom": {"configMapKeyRef": "#
        + #"{"name": "a", "key": "k"}}}]"#,
      #"containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is "#
        + "not empty"),
    Row(
      "a field that is not shown",
      container:
        #""env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]"#,
      #"containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": "#
        + #"supported values: "metadata.name", "metadata.namespace", "metadata.uid", "#
        + #""spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "#
        + #""status.podIP", "status.podIPs""#),
    Row(
      "a mount of no volume", container: #""volumeMounts": [{"name": "v", "mountPath": "/a"}]"#,
      #"containers[0].volumeMounts[0].name: Not found: "v""#),
    Row(
      "one port for two",
      container: #""ports": [{"containerPort": 1, "hostPort": 5}, "#
        + #"{"containerPort": 2, "hostPort": 5}]"#,
      #"containers[0].ports[1].hostPort: Duplicate value: "TCP//5""#),
    Row(
      "a probe that asks nothing", container: #""livenessProbe": {"successThreshold": 2}"#,
      "containers[0].livenessProbe: Required value: must specify a handler type",
      "containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"),
    Row(
      "two ways to probe",
      container: #""readinessProbe": {"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}}"#,
      "containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"),
    Row(
      "more asked than allowed",
      container: #""resources": {"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}"#,
      #"containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to "#
        + "memory limit of 1Gi"),
    Row(
      "parts of a device",
      container: #""resources": {"limits": {"example.com/gpu": "0.5"}, "requests": "#
        + #"{"example.com/gpu": "0.5"}}"#,
      #"containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must be an "#
        + "integer",
      #"containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an "#
        + "integer"),
    Row(
      "less allowed than asked of a device",
      container: #""resources": {"requests": {"example.com/gpu": "1"}, "limits": "#
        + #"{"example.com/gpu": "2"}}"#,
      #"containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu "#
        + "limit of 2"),
    Row(
      "a policy for restarts of its own", container: #""restartPolicy": "Always""#,
      "containers[0].restartPolicy: Forbidden: may not be set for non-init containers"),
  ]

  static let specRows = [
    Row(
      "a volume of two kinds",
      spec: #""volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/a"}}]"#,
      "volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"),
    Row(
      "a volume that goes up",
      spec: #""volumes": [{"name": "v", "configMap": {"name": "m", "items": "#
        + #"[{"key": "k", "path": "../a"}]}}]"#,
      #"volumes[0].configMap.items[0].path: Invalid value: "../a": must not contain '..'"#),
    Row(
      "no resolver", spec: #""dnsPolicy": "None""#,
      "dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
    Row(
      "a toleration of all that must equal", spec: #""tolerations": [{"value": "x"}]"#,
      #"tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, "#
        + #"which means "match all values and all keys""#),
    Row(
      "spread without a key",
      spec: #""topologySpreadConstraints": [{"maxSkew": 0, "topologyKey": "", "#
        + #""whenUnsatisfiable": "DoNotSchedule"}]"#,
      "topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
      "topologySpreadConstraints[0].topologyKey: Required value: can not be empty"),
    Row(
      "nodes by an unknown operator",
      spec: #""affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": "#
        + #"{"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Is"}]}]}}}"#,
      "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]."
        + #"matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator"#),
    Row(
      "a host's name without an address", spec: #""hostAliases": [{"ip": "1.2.3"}]"#,
      #"hostAliases[0].ip: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or "#
        + "2001:db8::ffff)"),
    Row(
      "a host's name with dots", spec: #""hostname": "a.b""#,
      #"hostname: Invalid value: "a.b": must not contain dots"#),
    Row(
      "an init container of the same name",
      spec: #""initContainers": [{"name": "c", "image": "i"}]"#,
      #"initContainers[0].name: Duplicate value: "c""#),
    Row(
      "an init container with a probe",
      spec: #""initContainers": [{"name": "i", "image": "i", "livenessProbe": "#
        + #"{"tcpSocket": {"port": 1}}}]"#,
      "initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
        + "restartPolicy=Always"),
  ]

  @Test(arguments: containerRows + specRows)
  func `a pod at fault is refused, and so is a template`(_ row: Row) throws {
    let pod = try JSONValue(
      parsing: #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": "#
        + "\(spec(row))}")
    let labels = #"{"labels": {"a": "b"}}"#
    let deployment = try JSONValue(
      parsing: #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "#
        + #""spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": "#
        + "\(labels), \"spec\": \(spec(row))}}}")
    for (object, path) in [(pod, "spec."), (deployment, "spec.template.spec.")] {
      let result = server.create(object, namespace: "default")
      let error = try #require(throws: StatusError.self) { try result.get() }
      #expect(error.code == 422)
      #expect(error.causes.map { "\($0.field): \($0.message)" } == row.faults.map { path + $0 })
    }
  }

  @Test(arguments: [
    Row("another image", spec: #""containers": [{"name": "c", "image": "j"}]"#),
    Row("a deadline", spec: #""activeDeadlineSeconds": 5"#),
  ])
  func `some of a pod's fields may change`(_ row: Row) throws {
    let result = try patched("{\(row.spec.dropFirst(2))}")
    #expect((try? result.get()) != nil)
  }

  @Test(arguments: [
    Row("the node's name", spec: #""nodeName": "n""#),
    Row(
      "what is asked for",
      spec: #""containers": [{"name": "c", "resources": {"requests": {"cpu": "2"}}}]"#),
    Row("the policy for restarts", spec: #""restartPolicy": "Never""#),
  ])
  func `most of a pod's fields may not change`(_ row: Row) throws {
    let result = try patched("{\(row.spec.dropFirst(2))}")
    let error = try #require(throws: StatusError.self) { try result.get() }
    #expect(
      error.causes.first?.message.hasPrefix(
        "Forbidden: pod updates may not change fields other than "
          + "`spec.containers[*].image`,`spec.initContainers[*].image`,"
          + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
          + "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
          + "previously negative)") ?? false)
  }

  private func patched(_ spec: String) throws -> Result<JSONValue, StatusError> {
    let pod = try JSONValue(
      parsing: #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": "#
        + #"{"containers": [{"name": "c", "image": "i"}]}}"#)
    _ = try server.create(pod, namespace: "default").get()
    return server.patch(
      "pods", namespace: "default", name: "x", ["spec": try JSONValue(parsing: spec)])
  }
}
