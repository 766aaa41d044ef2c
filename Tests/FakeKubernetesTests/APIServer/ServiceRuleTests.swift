import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// In which order Services get families, addresses and ports, and what is told of faults.
struct ServiceRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let spec: String
    let code: Int
    let faults: [String]

    init(_ name: String, _ spec: String, _ code: Int = 422, _ faults: String...) {
      testDescription = name
      self.spec = spec
      self.code = code
      self.faults = faults
    }
  }

  private func send(_ method: String, _ name: String, _ spec: String, _ query: String = "") throws
    -> APIResponse
  {
    let place = "/api/v1/namespaces/default/services" + (method == "POST" ? "" : "/\(name)") + query
    var request = try #require(APIRequest(method: method, path: place))
    request.patchType = .merge
    request.body = try JSONValue(
      parsing: #"{"metadata": {"name": "\#(name)"}, "spec": \#(spec)}"#)
    return server.respond(to: request)
  }

  private func faults(_ response: APIResponse) -> [String] {
    (response.body.value(at: "details", "causes")?.arrayValue ?? []).map {
      "\($0["field"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")"
    }
  }

  static let taken = "provided port is already allocated"
  static let range =
    "provided port is not in the valid range. The range of valid ports is 30000-32767"

  @Test(arguments: [
    Row(
      "a taken node port under a taken name",
      #"{"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}"#, 422,
      "spec.ports[0].nodePort: Invalid value: 30080: \(taken)"),
    Row(
      "a taken address under a taken name", #"{"clusterIP": "10.96.7.7", "ports": [{"port": 80}]}"#,
      422,
      #"spec.clusterIPs: Invalid value: ["10.96.7.7"]: failed to allocate IP 10.96.7.7: provided "#
        + "IP is already allocated"),
    Row(
      "a node port out of range, and no names",
      #"{"type": "NodePort", "ports": [{"port": 80, "nodePort": 29999}, {"port": 81}]}"#, 422,
      "spec.ports[0].nodePort: Invalid value: 29999: \(range)"),
    Row(
      "a node port twice",
      #"{"type": "NodePort", "ports": [{"name": "a", "port": 80, "nodePort": 30081}, "#
        + #"{"name": "b", "port": 81, "nodePort": 30081}]}"#, 422,
      "spec.ports[1].nodePort: Invalid value: 30081: \(taken)"),
    Row(
      "a taken address and a bad node port",
      #"{"type": "NodePort", "clusterIP": "10.96.7.7", "ports": [{"port": 80, "nodePort": 1}]}"#,
      422,
      #"spec.clusterIPs: Invalid value: ["10.96.7.7"]: failed to allocate IP 10.96.7.7: provided "#
        + "IP is already allocated"),
    Row(
      "no address and no ports", #"{"clusterIP": "x"}"#, 422,
      #"spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or "#
        + "2001:db8::ffff)"),
    Row(
      "addresses without the first", #"{"clusterIPs": ["10.96.7.8"], "ports": [{"port": 80}]}"#,
      422,
      #"spec.clusterIPs: Invalid value: ["10.96.7.8"]: must be empty when `clusterIP` is not "#
        + "specified"),
    Row(
      "one number for two protocols",
      #"{"type": "NodePort", "ports": [{"name": "a", "port": 53, "nodePort": 30053}, "#
        + #"{"name": "b", "port": 53, "protocol": "UDP"}]}"#, 409),
  ])
  func `a new Service tells the first stage at fault before its name`(_ row: Row) throws {
    let known =
      #"{"type": "NodePort", "clusterIP": "10.96.7.7", "#
      + #""ports": [{"port": 80, "nodePort": 30080}]}"#
    #expect(try send("POST", "web", known).code == 201)
    let response = try send("POST", "web", row.spec)
    #expect(response.code == row.code)
    #expect(faults(response) == row.faults)
  }

  @Test(arguments: [
    Row(
      "no address", #"{"clusterIP": "x"}"#, 422,
      #"spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or "#
        + "2001:db8::ffff)"),
    Row(
      "another address", #"{"clusterIP": "10.96.9.9"}"#, 422,
      #"spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set"#),
    Row(
      "other addresses", #"{"clusterIPs": ["10.96.9.9"]}"#, 422,
      #"spec.clusterIPs: Invalid value: ["10.96.9.9"]: first value must match `clusterIP`"#),
    Row("no address any more", #"{"clusterIP": null, "clusterIPs": null}"#, 200),
    Row(
      "one node port for two",
      #"{"ports": [{"name": "a", "port": 80, "nodePort": 30080}, "#
        + #"{"name": "b", "port": 81, "nodePort": 30080}]}"#, 500),
    Row(
      "the same node port under another name and number",
      #"{"ports": [{"name": "b", "port": 81, "nodePort": 30080}]}"#, 200),
    Row("another type", #"{"type": "ClusterIP"}"#, 200),
  ])
  func `a changed Service keeps what it was given`(_ row: Row) throws {
    let known =
      #"{"type": "NodePort", "clusterIP": "10.96.7.7", "#
      + #""ports": [{"name": "a", "port": 80, "nodePort": 30080}]}"#
    #expect(try send("POST", "web", known).code == 201)
    let response = try send("PATCH", "web", row.spec)
    #expect(response.code == row.code)
    #expect(faults(response) == row.faults)
    if row.code == 500 {
      #expect(response.body["message"] == "duplicate nodePort: {TCP 30080}")
    } else if row.code == 200 {
      #expect(response.body.value(at: "spec", "clusterIP") == "10.96.7.7")
    }
  }

  @Test func `a replacement that names only one address means it`() throws {
    #expect(
      try send("POST", "web", #"{"clusterIP": "10.96.7.7", "ports": [{"port": 80}]}"#).code == 201)
    let response = try send("PUT", "web", #"{"clusterIP": "10.96.9.9", "ports": [{"port": 80}]}"#)
    #expect(
      faults(response) == [
        #"spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set"#
      ])
  }

  @Test func `a dry run takes any port and counts up from beyond the range`() throws {
    let spec =
      #"{"type": "NodePort", "ports": [{"name": "a", "port": 80}, "#
      + #"{"name": "b", "port": 81}]}"#
    let response = try send("POST", "web", spec, "?dryRun=All")
    let ports = response.body.value(at: "spec", "ports")?.arrayValue ?? []
    #expect(ports.map { $0["nodePort"] } == [32_769, 32_770])
    let far = #"{"type": "NodePort", "ports": [{"port": 80, "nodePort": 29999}]}"#
    #expect(try send("POST", "web", far, "?dryRun=All").code == 201)
  }

  @Test func `an ExternalName becomes a Service with an address and back`() throws {
    let external =
      #"{"type": "ExternalName", "externalName": "a.example", "#
      + #""internalTrafficPolicy": "Local"}"#
    let made = try send("POST", "web", external)
    #expect(made.body.value(at: "spec", "internalTrafficPolicy") == nil)
    let inner = try send("PATCH", "web", #"{"type": "ClusterIP", "ports": [{"port": 80}]}"#)
    #expect(inner.code == 200)
    #expect(inner.body.value(at: "spec", "ipFamilies") == ["IPv4"])
    #expect(inner.body.value(at: "spec", "clusterIP")?.stringValue?.hasPrefix("10.96.") == true)
    let outer = try send("PATCH", "web", #"{"type": "ExternalName"}"#)
    #expect(outer.code == 200)
    #expect(outer.body.value(at: "spec", "clusterIP") == nil)
    #expect(outer.body.value(at: "spec", "ipFamilyPolicy") == nil)
  }

  @Test func `node ports and the places of a load balancer go with the type`() throws {
    let spec =
      #"{"type": "LoadBalancer", "ports": [{"name": "a", "port": 80, "nodePort": 30080}, "#
      + #"{"name": "b", "port": 81, "nodePort": 30081}]}"#
    #expect(try send("POST", "web", spec).code == 201)
    _ = try server.patch(
      "services", namespace: "default", name: "web", subresource: "status", type: .merge,
      ["status": ["loadBalancer": ["ingress": [["ip": "1.2.3.4"]]]]]
    ).get()
    let patched = try send(
      "PATCH", "web",
      #"{"type": "ClusterIP", "ports": [{"name": "c", "port": 82, "nodePort": 30081}]}"#)
    #expect(patched.code == 200)
    #expect(patched.body.value(at: "spec", "ports")?[0]?["nodePort"] == nil)
    #expect(patched.body["status"] == ["loadBalancer": [:]])
    let asked = try send(
      "PATCH", "web", #"{"ports": [{"name": "c", "port": 82, "nodePort": 30081}]}"#)
    #expect(
      faults(asked) == [
        "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"
      ])
  }
}
