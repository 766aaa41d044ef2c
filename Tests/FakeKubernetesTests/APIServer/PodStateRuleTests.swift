import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// What of pods' resources, places and statuses is allowed, in the words of upstream's validation.
struct PodStateRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let old: String
    let new: String
    let faults: [String]

    init(_ name: String, _ old: String, _ new: String, _ faults: String...) {
      testDescription = name
      self.old = old
      self.new = new
      self.faults = faults
    }
  }

  private func create(_ spec: String) throws -> Result<JSONValue, StatusError> {
    server.create(
      [
        "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
        "spec": try JSONValue(parsing: spec),
      ], namespace: "default")
  }

  private func patch(_ part: String, _ json: String, _ subresource: String = "") throws -> [String]
  {
    let result = server.patch(
      "pods", namespace: "default", name: "p", subresource: subresource, type: .merge,
      [part: try JSONValue(parsing: json)])
    guard case .failure(let error) = result else { return [] }
    return error.causes.map { "\($0.field): \($0.message)" }
  }

  private static func container(_ resources: String) -> String {
    #"{"name": "c", "image": "i", "resources": \#(resources)}"#
  }

  @Test(arguments: [
    (
      #"{"requests": {"cpu": "0", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}}"#,
      "", "Burstable"
    ),
    (#"{"limits": {"cpu": "1", "memory": "64Mi"}}"#, "", "Guaranteed"),
    (#"{"requests": {"cpu": "0"}, "limits": {"memory": "0"}}"#, "", "BestEffort"),
    (#"{"requests": {"x.y/z": "1"}, "limits": {"x.y/z": "1"}}"#, "", "BestEffort"),
    ("{}", #"{"limits": {"cpu": "1", "memory": "64Mi"}}"#, "Guaranteed"),
    ("{}", #"{"requests": {"cpu": "1"}}"#, "Burstable"),
    (#"{"requests": {"cpu": "1"}}"#, #"{"limits": {"cpu": "2", "memory": "64Mi"}}"#, "Burstable"),
    (#"{"requests": {"cpu": "2"}}"#, #"{"limits": {"cpu": "2", "memory": "64Mi"}}"#, "Guaranteed"),
  ])
  func `a pod is of the class that its resources say`(
    resources: String, shared: String, quality: String
  ) throws {
    let part = shared.isEmpty ? "" : #""resources": \#(shared), "#
    let pod = try create("{\(part)\"containers\": [\(Self.container(resources))]}").get()
    #expect(pod.value(at: "status", "qosClass")?.stringValue == quality)
  }

  @Test func `a pod that limits all its containers asks for what they do, else for the limit`()
    throws
  {
    let pod = try create(
      #"{"resources": {"limits": {"cpu": "2", "memory": "1Gi"}}, "containers": ["#
        + Self.container(#"{"requests": {"cpu": "500m", "ephemeral-storage": "1Gi"}}"#) + "]}"
    ).get()
    #expect(
      pod.value(at: "spec", "resources", "requests") == ["cpu": "500m", "memory": "1Gi"])
  }

  @Test(arguments: [
    Row(
      "less than the containers ask for", #"{"requests": {"cpu": "1"}}"#,
      #"{"requests": {"cpu": "1500m", "memory": "1Gi"}}"#,
      #"spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to "#
        + "aggregate container requests of 1500m"),
    Row(
      "less than a container may use", #"{"limits": {"cpu": "1"}}"#,
      #"{"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}"#,
      #"spec.resources.containers[0][cpu].limits: Invalid value: "2": must be less than or equal "#
        + "to pod limits of 1"),
  ])
  func `a pod as a whole must not have less than its containers`(_ row: Row) throws {
    let made = try create(
      #"{"resources": \#(row.old), "containers": [\#(Self.container(row.new))]}"#)
    let error = try #require(throws: StatusError.self) { try made.get() }
    #expect(error.causes.map { "\($0.field): \($0.message)" } == row.faults)
  }

  private static let terms =
    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"

  private static func affinity(_ terms: String) -> String {
    #"{"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": "#
      + #"{"nodeSelectorTerms": [\#(terms)]}}}"#
  }

  private static let first = #"{"matchExpressions": [{"key": "a", "operator": "Exists"}]}"#
  private static let narrower =
    #"{"matchExpressions": [{"key": "a", "operator": "Exists"}, "#
    + #"{"key": "b", "operator": "In", "values": ["c"]}]}"#

  @Test(arguments: [
    Row("a first one", "null", affinity(first)),
    Row("a narrower one", affinity(first), affinity(narrower)),
    Row(
      "another one", affinity(narrower), affinity(first),
      #"\#(terms)[0]: Invalid value: {"MatchExpressions":[{"Key":"a","Operator":"Exists","#
        + #""Values":null}],"MatchFields":null}: only additions are allowed (no mutations or "#
        + "deletions)"),
    Row(
      "one more", affinity(first), affinity("\(first), \(first)"),
      #"\#(terms): Invalid value: [{"MatchExpressions":[{"Key":"a","Operator":"Exists","#
        + #""Values":null}],"MatchFields":null},{"MatchExpressions":[{"Key":"a","#
        + #""Operator":"Exists","Values":null}],"MatchFields":null}]: no additions/deletions to "#
        + "non-empty NodeSelectorTerms list are allowed"),
    Row(
      "none any more", affinity(first), "null",
      "\(terms): Invalid value: null: no additions/deletions to non-empty NodeSelectorTerms list "
        + "are allowed"),
  ])
  func `the place of a gated pod may be narrowed`(_ row: Row) throws {
    _ = try create(
      #"{"schedulingGates": [{"name": "g"}], "affinity": \#(row.old), "#
        + #""containers": [\#(Self.container("{}"))]}"#
    ).get()
    #expect(try patch("spec", #"{"affinity": \#(row.new)}"#) == row.faults)
  }

  @Test func `nothing else of a gated pod's affinity may change`() throws {
    _ = try create(
      #"{"schedulingGates": [{"name": "g"}], "containers": [\#(Self.container("{}"))]}"#
    ).get()
    let faults = try patch(
      "spec",
      #"{"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": "#
        + #"[{"topologyKey": "z", "labelSelector": {}}]}}}"#)
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("spec: Forbidden: pod updates may not change") == true)
  }

  private static func states(_ part: String, _ name: String, _ state: String) -> String {
    #"{"\#(part)": [{"name": "\#(name)", "image": "i", "imageID": "", "ready": false, "#
      + #""restartCount": 0, "state": \#(state)}]}"#
  }

  private static let ended = #"{"terminated": {"exitCode": 0}}"#
  private static let running = #"{"terminated": null, "running": {}}"#

  @Test(arguments: [
    Row(
      "an init container", states("initContainerStatuses", "once", ended),
      states("initContainerStatuses", "once", running),
      "status.initContainerStatuses[0].state: Forbidden: may not be transitioned to "
        + "non-terminated state"),
    Row(
      "a sidecar", states("initContainerStatuses", "side", ended),
      states("initContainerStatuses", "side", running)),
    Row(
      "a container", states("containerStatuses", "c", ended),
      states("containerStatuses", "c", running),
      "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated "
        + "state"),
    Row(
      "an address twice", "{}",
      #"{"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}]}"#,
      #"status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.1"}]: may specify no more "#
        + "than one IP for each IP family",
      #"status.podIPs[1]: Duplicate value: {"IP":"10.0.0.1"}"#),
    Row(
      "a host's address twice", "{}",
      #"{"hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}]}"#,
      #"status.hostIPs[1]: Duplicate value: {"IP":"10.0.0.1"}"#,
      #"status.hostIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.1"}]: may specify no more "#
        + "than one IP for each IP family"),
    Row(
      "an address of each family", "{}",
      #"{"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}"#),
  ])
  func `a status tells nothing that cannot be`(_ row: Row) throws {
    _ = try create(
      #"{"restartPolicy": "Never", "initContainers": [{"name": "once", "image": "i"}, "#
        + #"{"name": "side", "image": "i", "restartPolicy": "Always"}], "#
        + #""containers": [\#(Self.container("{}"))]}"#
    ).get()
    #expect(try patch("status", row.old, "status") == [])
    #expect(try patch("status", row.new, "status") == row.faults)
  }
}
