import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What the server says of objects other than pods, in the words of upstream's validation.
struct ObjectRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let kind: String
    let fields: String
    let faults: [String]

    init(_ name: String, _ kind: String, _ fields: String, _ faults: String...) {
      testDescription = name
      self.kind = kind
      self.fields = fields
      self.faults = faults
    }
  }

  private func create(_ kind: String, _ fields: String) throws -> Result<JSONValue, StatusError> {
    let resource = try #require(KindRegistry.types.first { $0.resource.kind == kind }?.resource)
    return server.create(
      try JSONValue(
        parsing: #"{"apiVersion": "\#(resource.apiVersion)", "kind": "\#(kind)", "metadata": "#
          + #"{"name": "x"}, \#(fields)}"#), namespace: "default")
  }

  static let networkRows = [
    Row(
      "an Ingress of nothing", "Ingress", #""spec": {}"#,
      "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"),
    Row(
      "a path of no type and a relative one", "Ingress",
      #""spec": {"rules": [{"http": {"paths": [{"path": "/"}, {"path": "a", "pathType": "Exact", "#
        + #""backend": {"service": {"name": "s", "port": {"number": 80}}}}]}}]}"#,
      "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
      #"spec.rules[0].http.paths[1].path: Invalid value: "a": must be an absolute path"#),
    Row(
      "a backend of two ports", "Ingress",
      #""spec": {"defaultBackend": {"service": {"name": "s", "port": {"name": "a", "number": 1}}}}"#,
      #"spec.defaultBackend: Invalid value: "": cannot set both port name & port number"#),
    Row(
      "an address for a host", "Ingress",
      #""spec": {"rules": [{"host": "10.0.0.1"}]}"#,
      #"spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address"#),
    Row(
      "no addresses", "Endpoints", #""subsets": [{"ports": [{"port": 80}]}]"#,
      "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"),
    Row(
      "the node itself", "Endpoints",
      #""subsets": [{"addresses": [{"ip": "127.0.0.1"}], "ports": [{"port": 80}]}]"#,
      #"subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range "#
        + "(127.0.0.0/8, ::1/128)"),
    Row(
      "addresses of another family", "EndpointSlice",
      #""addressType": "IPv6", "endpoints": [{"addresses": ["10.0.0.1"]}]"#,
      #"endpoints[0].addresses: Invalid value: "10.0.0.1": must be an IPv6 address"#),
    Row(
      "two ports without names", "EndpointSlice",
      #""addressType": "IPv4", "endpoints": [], "ports": [{"port": 1}, {"port": 2}]"#,
      #"ports[1].name: Duplicate value: """#),
  ]

  static let configRows = [
    Row(
      "a key with a slash", "ConfigMap", #""data": {"a/b": ""}"#,
      #"data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric "#
        + "characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex "
        + "used for validation is '[-._a-zA-Z0-9]+')"),
    Row(
      "a key twice", "ConfigMap", #""data": {"a": ""}, "binaryData": {"a": ""}"#,
      #"data[a]: Invalid value: "a": duplicate of key present in binaryData"#),
    Row(
      "a certificate without its key", "Secret",
      #""type": "kubernetes.io/tls", "data": {"tls.crt": ""}"#, "data[tls.key]: Required value"),
    Row(
      "a class beyond users", "PriorityClass", #""value": 2000000000"#,
      "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"),
    Row(
      "a taint twice", "Node",
      #""spec": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "a", "value": "b", "#
        + #""effect": "NoSchedule"}]}"#,
      #"metadata.taints[1]: Duplicate value: {"Key":"a","Value":"b","Effect":"NoSchedule","#
        + #""TimeAdded":null}: taints must be unique by key and effect pair"#),
    Row(
      "a scope that is none", "ResourceQuota", #""spec": {"hard": {}, "scopes": ["Best"]}"#,
      #"spec.scopes: Invalid value: ["Best"]: unsupported scope"#),
    Row(
      "scopes that exclude each other", "ResourceQuota",
      #""spec": {"hard": {"pods": "1"}, "scopes": ["BestEffort", "NotBestEffort"]}"#,
      #"spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes"#),
    Row(
      "a lease of no time", "Lease", #""spec": {"leaseDurationSeconds": 0}"#,
      "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"),
  ]

  @Test(arguments: networkRows + configRows)
  func `an object at fault is refused`(_ row: Row) throws {
    let result = try create(row.kind, row.fields)
    let error = try #require(throws: StatusError.self) { try result.get() }
    #expect(error.code == 422)
    #expect(error.causes.map { "\($0.field): \($0.message)" } == row.faults)
  }

  @Test func `texts of a Secret become data`() throws {
    let secret = try create("Secret", #""stringData": {"a": "Andruck"}"#).get()
    #expect(secret["data"] == ["a": "QW5kcnVjaw=="])
    #expect(secret["stringData"] == nil)
    #expect(secret["type"] == "Opaque")
  }

  @Test func `what is immutable stays`() throws {
    _ = try create("ConfigMap", #""immutable": true, "data": {"a": "1"}"#).get()
    let patched = server.patch(
      "configmaps", namespace: "default", name: "x", type: .merge,
      ["data": ["a": "2"], "immutable": false])
    let error = try #require(throws: StatusError.self) { try patched.get() }
    #expect(
      error.causes.map { "\($0.field): \($0.message)" } == [
        "immutable: Forbidden: field is immutable when `immutable` is set",
        "data: Forbidden: field is immutable when `immutable` is set",
      ])
  }
}
