import Fidelity
import JSON
import TestSupport
import Testing

struct TellingTests {
  private static func story(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Fixture.text("Fixtures/kubernetes/\(path)"))
  }

  /// A story whose Deployment is wanted at a size that it never has.
  private static func wrong() throws -> JSONValue {
    var story = try story("controllers/node-dies-and-returns.json")
    var want = story["want"] ?? [:]
    want["deployment/web/spec.replicas"] = [[0.0, 7]]
    story["want"] = want
    return story
  }

  @Test func `a story that passes is told without a mark`() throws {
    let lines = try StoryTelling.controllers(Self.story("controllers/node-dies-and-returns.json"))
    #expect(lines.contains { $0.contains("▶ node n2 dies") })
    #expect(lines.contains { $0.contains("facets pass.") })
    #expect(!lines.contains { $0.contains("✗") })
    #expect(lines.allSatisfy { $0.count <= 110 })
  }

  @Test func `a row that differs is marked, with what ours does beside it`() throws {
    let lines = try StoryTelling.controllers(Self.wrong(), phases: [.zero])
    let marked = lines.filter { $0.contains("✗") }
    #expect(marked.count == 1)
    #expect(marked.first?.contains("web wants 7") == true)
    #expect(marked.first?.contains("web wants 4") == true)
  }

  /// Rows as somebody may have written them by hand, shorter than their facet's are.
  @Test func `a row that lacks members is told as it is`() throws {
    let facets = [
      "deployment/web/sizes", "deployment/web/status", "node/n2", "hpa/web/metrics", "scheduled",
      "events/Deployment/web", "deployment/web/conditions/Progressing", "namespace", "deployment",
    ]
    var story = try Self.story("controllers/node-dies-and-returns.json")
    story["want"] = .object(JSONObject(facets.map { ($0, [[1.0], [2.0, "odd"], []]) }))
    let lines = try StoryTelling.controllers(story, phases: [.zero])
    #expect(lines.contains { $0.contains("events/Deployment/web: odd") })
    #expect(lines.contains { $0.contains("scheduled: odd") })
    var kubelet = try Self.story("kubelet/deadline.json")
    kubelet["want"] = [
      "status": [[1.0], [2.0, "odd"], []], "events": [[1.0], [2.0, "odd"]],
      "generation": [[2.0, "odd"]], "message/app": [[2.0, "odd"]], "logs": [[2.0, "odd"]],
    ]
    let told = try StoryTelling.kubelet(kubelet, phases: [.zero])
    #expect(told.contains { $0.contains("generation: odd") })
    #expect(told.contains { $0.contains("message/app: odd") })
  }

  @Test func `a story that wants something else fails at every phase`() throws {
    let outcome = try StoryFidelity.outcome(Self.wrong())
    #expect(outcome.differences.map(\.facet) == ["deployment/web/spec.replicas"])
  }

  @Test func `a kubelet's story and an exchange are told`() throws {
    let kubelet = try StoryTelling.kubelet(Self.story("kubelet/liveness-fails-each-run.json"))
    #expect(kubelet.contains { $0.contains("app running, ready, restarted 1x") })
    #expect(!kubelet.contains { $0.contains("✗") })
    var exchange = try Self.story("api/create-minimal-pod.json")
    #expect(try !ExchangeTelling.lines(exchange).contains { $0.contains("✗") })
    exchange["exchanges"] = .array(
      (exchange["exchanges"]?.arrayValue ?? []).prefix(1).map { item in
        var item = item
        var response = item["response"] ?? [:]
        response["body"] = ["kind": "Pod", "apiVersion": "v2"]
        item["response"] = response
        return item
      })
    let marked = try ExchangeTelling.lines(exchange).filter { $0.hasPrefix("✗") }
    #expect(marked.contains { $0.contains("apiVersion v2") && $0.hasSuffix(" v1") })
  }
}
