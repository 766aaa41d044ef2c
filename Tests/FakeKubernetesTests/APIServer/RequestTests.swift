import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// Answers to whole requests, as recorded in `golden/api` (topics requests, list, delete, pod).
struct RequestTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let call: String
    let code: Int
    let message: String

    init(_ name: String, _ call: String, _ code: Int, _ message: String) {
      testDescription = name
      self.call = call
      self.code = code
      self.message = message
    }
  }

  private func send(_ call: String, _ body: JSONValue? = nil, accept: String? = nil) throws
    -> APIResponse
  {
    let parts = call.split(separator: " ", maxSplits: 1).map(String.init)
    var request = try #require(APIRequest(method: parts[0], path: parts[1]))
    request.body = body
    request.accept = accept
    return server.respond(to: request)
  }

  private func createMaps(_ names: String...) throws {
    for name in names {
      _ = try send(
        "POST /api/v1/namespaces/default/configmaps", ["metadata": ["name": .string(name)]])
    }
  }

  @Test(arguments: [
    Row(
      "a kind that there is not", "GET /apis/apps/v1/namespaces/default/trees/a", 404,
      "the server could not find the requested resource"),
    Row(
      "a version that there is not", "GET /apis/apps/v2/namespaces/default/deployments", 404,
      "the server could not find the requested resource"),
    Row(
      "a scale of what has none", "GET /api/v1/namespaces/default/configmaps/a/scale", 404,
      "the server could not find the requested resource"),
    Row(
      "all namespaces' objects deleted at once", "DELETE /api/v1/configmaps", 405,
      "the server does not allow this method on the requested resource"),
    Row(
      "an object made by name", "POST /api/v1/namespaces/default/configmaps/a", 405,
      "the server does not allow this method on the requested resource"),
    Row(
      "half a page", "GET /api/v1/configmaps?limit=x", 400,
      #"strconv.ParseInt: parsing "x": invalid syntax"#),
    Row(
      "an unknown level of checks",
      "POST /api/v1/namespaces/default/configmaps?fieldValidation=Some", 422,
      #"CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Some": "#
        + #"supported values: "", "Ignore", "Strict", "Warn""#),
    Row(
      "a trial of some kind", "DELETE /api/v1/namespaces/default/configmaps/a?dryRun=Some", 422,
      #"DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported "#
        + #"values: "All""#),
    Row(
      "a field that selects nothing", "GET /api/v1/pods?fieldSelector=spec.x=y", 400,
      "field label not supported: spec.x"),
    Row(
      "a selector that ends too early", "GET /api/v1/pods?labelSelector=a%20in%20(b", 400,
      "unable to parse requirement: found '', expected: ',' or ')'"),
    Row(
      "a match without a version", "GET /api/v1/pods?resourceVersionMatch=Exact", 422,
      #"ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: "#
        + "resourceVersionMatch is forbidden unless resourceVersion is provided"),
    Row(
      "a log of no pod", "GET /api/v1/namespaces/default/pods/a/log", 404,
      #"pods "a" not found"#),
  ])
  func `a request at fault is told why`(_ row: Row) throws {
    let response = try send(row.call, ["metadata": ["name": "a"]])
    #expect(response.code == row.code)
    #expect(response.body["message"]?.stringValue == row.message)
  }

  @Test func `a list is told in pages`() throws {
    try createMaps("a", "b", "c")
    let first = try send("GET /api/v1/namespaces/default/configmaps?limit=2").body
    #expect(first["items"]?.arrayValue?.count == 2)
    #expect(first.value(at: "metadata", "remainingItemCount") == 1)
    try createMaps("d")
    let token = first.value(at: "metadata", "continue")?.stringValue ?? ""
    let last = try send("GET /api/v1/namespaces/default/configmaps?limit=2&continue=\(token)").body
    #expect(
      last["items"]?.arrayValue?.map { $0.value(at: "metadata", "name") } == ["c"],
      "pages go on with the state that the first one saw")
    #expect(
      last.value(at: "metadata", "resourceVersion")
        == first.value(at: "metadata", "resourceVersion"))
  }

  @Test func `a list tells what was at a version`() throws {
    try createMaps("a")
    let version = server.version
    try createMaps("b")
    func names(_ query: String) throws -> [String?]? {
      try send("GET /api/v1/configmaps?\(query)").body["items"]?.arrayValue?.map {
        $0.value(at: "metadata", "name")?.stringValue
      }
    }
    #expect(try names("resourceVersion=\(version)&resourceVersionMatch=Exact") == ["a"])
    #expect(
      try names("resourceVersion=\(version)&resourceVersionMatch=NotOlderThan") == ["a", "b"])
  }

  @Test(arguments: [
    ("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", false, 200),
    ("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", true, 200),
    ("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", false, 406),
    ("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", true, 406),
    ("application/json;as=Tree;g=meta.k8s.io;v=v1", true, 406), ("image/png", false, 406),
    ("image/png, */*", false, 200),
  ])
  func `only metadata is told to who wants no more`(accept: String, isList: Bool, code: Int)
    throws
  {
    try createMaps("a")
    let place = "GET /api/v1/namespaces/default/configmaps" + (isList ? "" : "/a")
    let response = try send(place, accept: accept)
    #expect(response.code == code)
    if code == 200, accept.contains("as=") {
      let object = isList ? response.body["items"]?.arrayValue?.first : response.body
      #expect(object?["kind"] == "PartialObjectMetadata")
      #expect(object?.value(at: "metadata", "name") == "a")
    }
  }

  @Test(arguments: [
    ("coordination.k8s.io/v1", "leases", "Lease", 201), ("v1", "endpoints", "Endpoints", 201),
    ("v1", "configmaps", "ConfigMap", 404), ("apps/v1", "deployments", "Deployment", 404),
  ])
  func `some kinds are made by replacing nothing`(
    version: String, plural: String, kind: String, code: Int
  ) throws {
    let root = version == "v1" ? "/api/v1" : "/apis/\(version)"
    let response = try send(
      "PUT \(root)/namespaces/default/\(plural)/a",
      ["kind": .string(kind), "apiVersion": .string(version), "metadata": ["name": "a"]])
    #expect(response.code == code)
  }

  @Test func `a body of another kind or version is refused`() throws {
    let service: JSONValue = ["kind": "Service", "apiVersion": "v1", "metadata": ["name": "a"]]
    let response = try send("POST /api/v1/namespaces/default/pods", service)
    #expect(
      response.body["message"]?.stringValue
        == #"Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to "#
        + "(core.Pod): unknown conversion")
  }
}
