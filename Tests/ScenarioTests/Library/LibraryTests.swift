import Scenario
import TestSupport
import Testing

/// Runs scenarios from their text, as `andruck run` does.
enum Library {
  /// The paths of all scenarios below `Scenarios`, without what they share.
  static func names() throws -> [String] {
    let top = try Fixture.list("Scenarios")
    var names = top.filter { $0.hasSuffix(".yaml") }
    for folder in top where !folder.hasSuffix(".yaml") && folder != "shared" {
      names += try Fixture.list("Scenarios/\(folder)").map { "\(folder)/\($0)" }
    }
    return names
  }

  /// The runs of a scenario, of which there is more than one if it is a matrix.
  static func read(
    _ name: String, change: (String) -> String = { $0 }
  ) throws -> [ScenarioFile] {
    try ScenarioReader.readAll(
      change(try Fixture.text("Scenarios/\(name)")), path: "\(Fixture.root)/Scenarios/\(name)",
      fileExists: { Fixture.exists($0) }, readFile: { Fixture.absolute($0) })
  }

  static func run(_ scenario: ScenarioFile, seed: UInt64? = nil) throws -> RunResult {
    try ScenarioRunner(
      scenario, seed: seed ?? scenario.seed, readFile: { Fixture.absolute($0) }
    ).run()
  }

  static func run(_ name: String) throws -> RunResult {
    try run(#require(try read(name).first))
  }

  static func describe(_ result: RunResult) -> Comment {
    Comment(rawValue: TextReport(usesColour: false).result(result, wallSeconds: 0))
  }
}

@Suite struct `The library of scenarios` {
  @Test(arguments: try Library.names())
  func `passes twice with equal digests`(_ name: String) throws {
    for scenario in try Library.read(name) {
      let first = try Library.run(scenario)
      #expect(first.holds, Library.describe(first))
      #expect(try Library.run(scenario).digest == first.digest)
    }
  }

  // The seeds of the others are tried in release, by Tests/seeds.sh.
  @Test(arguments: try Library.names().filter { !$0.contains("/") })
  func `passes with another seed with another digest`(_ name: String) throws {
    for scenario in try Library.read(name) {
      let other = try Library.run(scenario, seed: 2)
      #expect(other.holds, Library.describe(other))
      #expect(try Library.run(scenario).digest != other.digest)
    }
  }

  @Test func `has at least thirty stories, each with a moral of its own`() throws {
    let scenarios = try Library.names().flatMap { try Library.read($0).prefix(1) }
    #expect(scenarios.count >= 30)
    #expect(Set(scenarios.map(\.moral)).count == scenarios.count)
    #expect(Set(scenarios.map(\.name)).count == scenarios.count)
    for scenario in scenarios { #expect(!scenario.checks.isEmpty, "\(scenario.path)") }
  }
}

@Suite struct `The README` {
  @Test func `shows the digest that everybody gets`() throws {
    let result = try Library.run("failed-rollout.yaml")
    let readme = try Fixture.text("README.md")
    #expect(readme.contains(result.digest), "the README's digest is not \(result.digest)")
  }
}
