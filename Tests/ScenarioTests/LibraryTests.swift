import Scenario
import TestSupport
import Testing

/// Runs scenarios from their text, as `andruck run` does.
enum Library {
  static func names() throws -> [String] {
    try Fixture.list("Scenarios").filter { $0.hasSuffix(".yaml") }
  }

  static func run(
    _ name: String, seed: UInt64? = nil, change: (String) -> String = { $0 }
  ) throws -> RunResult {
    let text = change(try Fixture.text("Scenarios/\(name)"))
    let scenario = try ScenarioReader.read(
      text, path: "\(Fixture.root)/Scenarios/\(name)", fileExists: { Fixture.exists($0) })
    return try ScenarioRunner(
      scenario, seed: seed ?? scenario.seed, readFile: { Fixture.absolute($0) }
    ).run()
  }

  static func describe(_ result: RunResult) -> Comment {
    Comment(rawValue: TextReport(usesColour: false).result(result, wallSeconds: 0))
  }
}

@Suite struct `The library of scenarios` {
  @Test(arguments: try Library.names())
  func `passes twice with equal digests, and with another seed with another`(
    _ name: String
  ) throws {
    let first = try Library.run(name)
    #expect(first.holds, Library.describe(first))
    #expect(try Library.run(name).digest == first.digest)
    let other = try Library.run(name, seed: 2)
    #expect(other.holds, Library.describe(other))
    #expect(other.digest != first.digest)
  }
}

/// A change to a scenario after which one of its checks must fail.
struct Mutation: CustomTestStringConvertible, Sendable {
  var scenario: String
  var what: String
  var from: String
  var to: String
  /// A part of the check that must be among the failed ones.
  var fails: String

  var testDescription: String { "\(scenario): \(what)" }
}

@Suite struct `A mutation of a scenario` {
  static let mutations = [
    Mutation(
      scenario: "failed-rollout.yaml", what: "the operator does not switch back",
      from: "    to: digits-v1.model", to: "    to: broken.model",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      scenario: "failed-rollout.yaml", what: "two pods may be missing",
      from: "maxUnavailable: 0", to: "maxUnavailable: 2",
      fails: "always: digits/production available >= 3"),
    Mutation(
      scenario: "wait-seconds-too-short.yaml", what: "wait seconds long enough",
      from: "waitSeconds: 1\n", to: "waitSeconds: 60\n",
      fails: "eventually: digits/production available = 0"),
    Mutation(
      scenario: "model-switch.yaml", what: "all pods go at once",
      from: "maxSurge: 1\n        maxUnavailable: 0",
      to: "maxSurge: 0\n        maxUnavailable: 3",
      fails: "never: digits/production failures > 0"),
    Mutation(
      scenario: "autoscaling.yaml", what: "the autoscaler off",
      from: "minimum: 2, maximum: 8", to: "minimum: 2, maximum: 2",
      fails: "eventually: digits/production desired >= 4"),
    Mutation(
      scenario: "auto-healing.yaml", what: "a wait longer than the story",
      from: "waitSeconds: 5", to: "waitSeconds: 3600",
      fails: "eventually: digits/production available = 3"),
    Mutation(
      scenario: "service-levels.yaml", what: "the typing error in production, all pods at once",
      from: "    edit: digits/development", to: "    edit: digits/staging",
      fails: "eventually: digits/development available = 0"),
    Mutation(
      scenario: "registry-outage.yaml", what: "the registry is back before anybody asks",
      from: "for: 3m", to: "for: 30s",
      fails: "eventually: digits/production rollout is ProgressDeadlineExceeded"),
    Mutation(
      scenario: "assignment-store-down.yaml", what: "the store is back before anybody asks",
      from: "for: 2m", to: "for: 10s",
      fails: "always: digits/production available = 2"),
    Mutation(
      scenario: "partition.yaml", what: "the git host is cut off, not a machine",
      from: "fault: partition\n    node: production-2", to: "fault: git down",
      fails: "eventually: digits/production available = 2"),
    Mutation(
      scenario: "upload-and-switch.yaml", what: "the uploaded file is damaged",
      from: "file: ../Fixtures/models/digits-v3.model",
      to: "file: ../Fixtures/models/digits-corrupt.model",
      fails: "over: digits/production accuracy > 95%"),
  ]

  @Test func `there is one for each scenario`() throws {
    #expect(Set(Self.mutations.map(\.scenario)) == Set(try Library.names()))
  }

  @Test(arguments: mutations)
  func `fails the check that it breaks`(_ mutation: Mutation) throws {
    let result = try Library.run(mutation.scenario) { text in
      let parts = text.split(separator: mutation.from, omittingEmptySubsequences: false)
      #expect(parts.count > 1, "the scenario has no \"\(mutation.from)\"")
      return parts.joined(separator: mutation.to)
    }
    #expect(!result.holds)
    let report = TextReport(usesColour: false).result(result, wallSeconds: 0)
    #expect(report.contains("FAILED  \(mutation.fails)"), "\(report)")
    #expect(report.contains("again     andruck run"), "\(report)")
    #expect(report.contains(", seed \(result.seed)"), "\(report)")
  }
}

@Suite struct `The README` {
  @Test func `shows the digest that everybody gets`() throws {
    let result = try Library.run("failed-rollout.yaml")
    let readme = try Fixture.text("README.md")
    #expect(readme.contains(result.digest), "the README's digest is not \(result.digest)")
  }
}
