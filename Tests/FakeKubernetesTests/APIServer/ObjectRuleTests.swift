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
    Row(
      "an empty policy", "Service",
      #""spec": {"ports": [{"port": 1}], "internalTrafficPolicy": ""}"#,
      #"spec.internalTrafficPolicy: Unsupported value: "": supported values: "Cluster", "Local""#),
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
      "a registry's account that is no JSON", "Secret",
      #""type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "{\"a\": e}"}"#,
      #"data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character "#
        + "'e' looking for beginning of value"),
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

  @Test(
    arguments: [
      (#"{"a": [1, -0.5e+3, "\\u00e9", true, false, null]}"#, nil), ("null", nil), (" {} ", nil),
      ("", "unexpected end of JSON input"), ("{", "unexpected end of JSON input"),
      (#"{"a"#, "unexpected end of JSON input"),
      ("x", "invalid character 'x' looking for beginning of value"),
      ("{a", "invalid character 'a' looking for beginning of object key string"),
      (#"{"a" 1"#, "invalid character '1' after object key"),
      (#"{"a":1 "# + "\"", "invalid character '\"' after object key:value pair"),
      (#"{"a":[1 2"#, "invalid character '2' after array element"),
      (#"{"a":[1,]"#, "invalid character ']' looking for beginning of value"),
      ("{} {", "invalid character '{' after top-level value"),
      ("tru", "invalid character ' ' in literal true (expecting 'e')"),
      ("nulx", "invalid character 'x' in literal null (expecting 'l')"),
      ("-", "invalid character ' ' in numeric literal"),
      ("1.x", "invalid character 'x' after decimal point in numeric literal"),
      ("1e'", #"invalid character '\'' in exponent of numeric literal"#),
      ("\"\\x", "invalid character 'x' in string escape code"),
      ("\"\\u12g", #"invalid character 'g' in \u hexadecimal character escape"#),
      ("\"a\nb", #"invalid character '\n' in string literal"#),
      ("[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
      ("12", "json: cannot unmarshal number into Go value of type map[string]interface {}"),
      ("true", "json: cannot unmarshal bool into Go value of type map[string]interface {}"),
    ] as [(String, String?)])
  func `what is no JSON is told as Go does`(text: String, fault: String?) throws {
    let made = server.create(
      [
        "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "x"],
        "type": "kubernetes.io/dockercfg", "stringData": [".dockercfg": .string(text)],
      ], namespace: "default")
    if case .failure(let error) = made {
      #expect(
        error.causes.map(\.message) == [
          #"Invalid value: "<secret contents redacted>": \#(fault ?? "")"#
        ])
    } else {
      #expect(fault == nil)
    }
  }

  @Test func `a budget's conditions have reasons and messages of a form`() throws {
    _ = try create("PodDisruptionBudget", #""spec": {"minAvailable": 1}"#).get()
    let condition: JSONValue = [
      "type": "A", "status": "True", "lastTransitionTime": "2025-01-01T00:00:00Z",
      "reason": "no words", "message": .string(String(repeating: "a", count: 32_769)),
    ]
    let patched = server.patch(
      "poddisruptionbudgets", namespace: "default", name: "x", subresource: "status", type: .merge,
      ["status": ["conditions": [condition]]])
    let error = try #require(throws: StatusError.self) { try patched.get() }
    #expect(
      error.causes.map(\.field)
        == ["status.conditions[0].reason", "status.conditions[0].message"])
    #expect(
      error.causes.last?.message == "Too long: may not be more than 32768 bytes")
  }
}
