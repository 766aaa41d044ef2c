import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// What a second deletion of a pod changes, source `apiserver/pkg/registry/rest/delete.go`.
struct DeletionRuleTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let first: JSONValue
    let second: JSONValue
    /// Nil: the pod is gone.
    let grace: Int64?

    init(_ name: String, _ first: JSONValue, _ second: JSONValue, _ grace: Int64?) {
      testDescription = name
      self.first = first
      self.second = second
      self.grace = grace
    }
  }

  private func send(_ call: String, _ body: JSONValue? = nil) throws -> APIResponse {
    let parts = call.split(separator: " ", maxSplits: 1).map(String.init)
    var request = try #require(APIRequest(method: parts[0], path: parts[1]))
    request.patchType = .merge
    request.body = body
    return server.respond(to: request)
  }

  private static let pods = "/api/v1/namespaces/default/pods"

  private func makePod() throws {
    let response = try send(
      "POST \(Self.pods)",
      [
        "metadata": ["name": "p"],
        "spec": ["nodeName": "n", "containers": [["name": "c", "image": "i"]]],
      ])
    #expect(response.code == 201)
  }

  private var pod: Pod? { try? server.get(Pod.self, "default", "p") }

  @Test(arguments: [
    Row("no period keeps a longer one", ["gracePeriodSeconds": 60], [:], 60),
    Row("no period keeps a shorter one", ["gracePeriodSeconds": 5], [:], 5),
    Row("a longer period", [:], ["gracePeriodSeconds": 60], 30),
    Row("a shorter period", [:], ["gracePeriodSeconds": 10], 10),
    Row("a negative period is one second", [:], ["gracePeriodSeconds": -7], 1),
    Row("no period at all", [:], ["gracePeriodSeconds": 0], nil),
    Row("a policy is ignored", [:], ["propagationPolicy": "Foreground"], 30),
    Row(
      "a policy comes with a shorter period", [:],
      ["propagationPolicy": "Foreground", "gracePeriodSeconds": 3], 3),
  ])
  func `who deletes a pod again can only shorten its time`(_ row: Row) throws {
    try makePod()
    #expect(try send("DELETE \(Self.pods)/p", row.first).code == 200)
    let before = try #require(pod?.metadata)
    let response = try send("DELETE \(Self.pods)/p", row.second)
    #expect(response.code == 200)
    let after = pod?.metadata
    #expect(after?.deletionGracePeriodSeconds == row.grace)
    let isKept = row.grace == before.deletionGracePeriodSeconds
    #expect((after?.resourceVersion == before.resourceVersion) == isKept)
    #expect(after?.finalizers.isEmpty ?? true == (row.second["propagationPolicy"] == nil || isKept))
  }

  @Test func `a pod that ends while it is going waits for its kubelet`() throws {
    try makePod()
    _ = try send("DELETE \(Self.pods)/p")
    _ = try send("PATCH \(Self.pods)/p/status", ["status": ["phase": "Succeeded"]])
    #expect(try send("DELETE \(Self.pods)/p").code == 200)
    #expect(pod?.metadata.deletionGracePeriodSeconds == 30)
    #expect(try send("DELETE \(Self.pods)/p", ["gracePeriodSeconds": 0]).code == 200)
    #expect(pod == nil)
  }
}
