import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What the server says of metadata, in the words of `apimachinery/pkg/api/validation`.
struct MetadataRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let kind: String
    let metadata: String
    let faults: [String]

    init(_ name: String, _ kind: String, _ metadata: String, _ faults: String...) {
      testDescription = name
      self.kind = kind
      self.metadata = metadata
      self.faults = faults
    }
  }

  private func respond(_ row: Row) throws -> APIResponse {
    var request = APIRequest(.create)
    let resource = try #require(KindRegistry.types.first { $0.resource.kind == row.kind }?.resource)
    request.group = resource.group
    request.version = resource.version
    request.resource = resource.plural
    request.namespace = resource.isNamespaced ? "default" : ""
    let spec =
      row.kind == "Service"
      ? #""ports": [{"port": 80}]"#
      : row.kind == "Lease" ? #""holderIdentity": "a""# : ""
    request.body = try JSONValue(
      parsing: #"{"kind": "\#(row.kind)", "metadata": {\#(row.metadata)}, "spec": {\#(spec)}}"#)
    return server.respond(to: request)
  }

  private func faults(_ response: APIResponse) -> [String] {
    let causes = response.body.value(at: "details", "causes")?.arrayValue ?? []
    return causes.map { "\($0["field"]?.stringValue ?? "") \($0["message"]?.stringValue ?? "")" }
  }

  @Test(arguments: [
    Row(
      "no name", "ConfigMap", "",
      "metadata.name Required value: name or generateName is required"),
    Row(
      "a namespace with dots", "Namespace", #""name": "a.b""#,
      #"metadata.name Invalid value: "a.b": must not contain dots"#),
    Row(
      "a budget may not hold a slash", "PodDisruptionBudget", #""name": "a/b""#,
      #"metadata.name Invalid value: "a/b": may not contain '/'"#),
    Row(
      "an empty key", "Lease", #""name": "a", "labels": {"": "x"}"#,
      #"metadata.labels Invalid value: "": name part must be non-empty"#,
      #"metadata.labels Invalid value: "": name part must consist of alphanumeric characters, "#
        + "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName', "
        + " or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"),
    Row(
      "an owner without a name or version", "ConfigMap",
      #""name": "a", "ownerReferences": [{"apiVersion": "", "kind": "Pod", "name": "", "uid": "1"}]"#,
      #"metadata.ownerReferences.apiVersion Invalid value: "": version must not be empty"#,
      #"metadata.ownerReferences.name Invalid value: "": must not be empty"#),
    Row(
      "a finalizer without a prefix", "ConfigMap", #""name": "a", "finalizers": ["mine"]"#,
      #"metadata.finalizers[0] Invalid value: "mine": name is neither a standard finalizer name "#
        + "nor is it fully qualified"),
    Row(
      "both ways to delete", "ConfigMap",
      #""name": "a", "finalizers": ["orphan", "foregroundDeletion"]"#,
      #"metadata.finalizers Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and "#
        + "foregroundDeletion cannot be both set"),
  ])
  func `metadata at fault is refused`(_ row: Row) throws {
    let response = try respond(row)
    #expect(response.code == 422)
    #expect(faults(response) == row.faults)
  }

  @Test(arguments: [
    Row("a generated name may end in a hyphen", "ConfigMap", #""generateName": "a-""#),
    Row(
      "annotations' keys may be large", "ConfigMap", #""name": "a", "annotations": {"A.b/C": ""}"#),
    Row("a finalizer of another", "ConfigMap", #""name": "a", "finalizers": ["x.y/z"]"#),
    Row("subdomains name most", "ConfigMap", #""name": "a.b-c""#),
  ])
  func `metadata without fault is taken`(_ row: Row) throws {
    #expect(try respond(row).code == 201)
  }

  @Test func `annotations have 256 KiB together`() throws {
    let text = String(repeating: "x", count: 256 << 10)
    let row = Row("", "ConfigMap", #""name": "a", "annotations": {"k": "\#(text)"}"#)
    #expect(
      faults(try respond(row)) == [
        "metadata.annotations Too long: may not be more than 262144 bytes"
      ])
  }

  @Test func `what is being deleted takes no new finalizers`() throws {
    let row = Row("", "ConfigMap", #""name": "a", "finalizers": ["x.y/z"]"#)
    _ = try respond(row)
    _ = try server.delete("configmaps", namespace: "default", name: "a").get()
    let result = server.patch(
      "configmaps", namespace: "default", name: "a", type: .merge,
      ["metadata": ["finalizers": ["x.y/z", "x.y/b"]]])
    let error = try #require(throws: StatusError.self) { try result.get() }
    // Upstream looks twice.
    let fault =
      "Forbidden: no new finalizers can be added if the object is being deleted, found new "
      + #"finalizers []string{"x.y/b"}"#
    #expect(error.causes.map(\.message) == [fault, fault])
  }
}
