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
    let isPost = row.call.hasPrefix("POST")
    let response = try send(row.call, isPost ? ["metadata": ["name": "a"]] : nil)
    #expect(response.code == row.code)
    #expect(response.body["message"]?.stringValue == row.message)
  }

  @Test(arguments: [
    Row(
      "a list for an object", "merge [1]", 400,
      "error decoding patch: json: cannot unmarshal array into Go value of type "
        + "map[string]interface {}"),
    Row("nothing", "merge null", 400, "Invalid JSON Patch"),
    Row(
      "an object for operations", "json {}", 400,
      "error decoding patch: json: cannot unmarshal object into Go value of type "
        + "[]handlers.jsonPatchOp"),
    Row(
      "an operation that does not fit", #"json [{"op": "remove", "path": "/x"}]"#, 422,
      "the server rejected our request due to an error in our request"),
    Row(
      "a list for an object, strategically", "strategic-merge []", 400,
      "json: cannot unmarshal array into Go value of type map[string]interface {}"),
    Row(
      "an unknown directive", #"strategic-merge {"$patch": "x"}"#, 500,
      "unknown patch type: x in map: map[$patch:x]"),
    Row(
      "another name", #"merge {"metadata": {"name": "b"}}"#, 400,
      "the name of the object (b) does not match the name on the URL (a)"),
    Row(
      "another namespace", #"merge {"metadata": {"namespace": "b"}}"#, 400,
      "the namespace of the provided object does not match the namespace sent on the request"),
    Row(
      "another version", #"merge {"metadata": {"resourceVersion": "1"}}"#, 409,
      #"Operation cannot be fulfilled on configmaps "a": the object has been modified; please "#
        + "apply your changes to the latest version and try again"),
    Row(
      "no version", #"merge {"metadata": {"resourceVersion": "x"}}"#, 500,
      #"strconv.ParseUint: parsing "x": invalid syntax"#),
    Row(
      "another kind", #"merge {"kind": "Pod"}"#, 422,
      #" "" is invalid: patch: Invalid value: "": converting (v1.Pod) to (core.ConfigMap): "#
        + "unknown conversion"),
  ])
  func `a patch at fault is told why`(_ row: Row) throws {
    try createMaps("a")
    let parts = row.call.split(separator: " ", maxSplits: 1).map(String.init)
    var request = try #require(
      APIRequest(method: "PATCH", path: "/api/v1/namespaces/default/configmaps/a"))
    request.patchType = try #require(PatchType(rawValue: "application/\(parts[0])-patch+json"))
    request.body = try JSONValue(parsing: parts[1])
    let response = server.respond(to: request)
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

  /// As recorded in `golden/api/list-limit-selector.json`.
  @Test func `a full page goes on though nothing more is selected`() throws {
    try createMaps("a", "b")
    let named = try send(
      "GET /api/v1/namespaces/default/configmaps?limit=1&fieldSelector=metadata.name%3Da")
    #expect(named.body.value(at: "metadata", "continue") == nil)
    let other = try send(
      "GET /api/v1/namespaces/default/configmaps?limit=1&fieldSelector=metadata.name!%3Db")
    #expect(other.body.value(at: "metadata", "continue") != nil)
    #expect(other.body.value(at: "metadata", "remainingItemCount") == nil)
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
