import Scenario
import Testing

/// A change to a scenario after which one of its checks must fail.
struct Mutation: CustomTestStringConvertible, Sendable {
  var scenario: String
  var what: String
  var from: String
  var to: String
  /// A part of the check that must be among the failed ones.
  var fails: String

  init(
    scenario: String, what: String, from: String, to: String, fails: String
  ) {
    self.scenario = scenario
    self.what = what
    self.from = from
    self.to = to
    self.fails = fails
  }

  init(
    _ scenario: String, _ what: String, _ from: String, _ to: String, fails: String
  ) {
    self.init(scenario: scenario + ".yaml", what: what, from: from, to: to, fails: fails)
  }

  var testDescription: String { "\(scenario): \(what)" }
}

@Suite struct `A mutation of a scenario` {
  static let mutations =
    Mutation.first + Mutation.rollout + Mutation.autoscaling + Mutation.switching
    + Mutation.infrastructure + Mutation.serviceLevels + Mutation.benchmark

  @Test func `there is one for each scenario`() throws {
    #expect(Set(Self.mutations.map(\.scenario)) == Set(try Library.names()))
  }

  @Test(arguments: mutations)
  func `fails the check that it breaks`(_ mutation: Mutation) throws {
    let scenarios = try Library.read(mutation.scenario) { text in
      let parts = text.split(separator: mutation.from, omittingEmptySubsequences: false)
      #expect(parts.count > 1, "the scenario has no \"\(mutation.from)\"")
      return parts.joined(separator: mutation.to)
    }
    let result = try Library.run(#require(scenarios.first))
    #expect(!result.holds)
    let report = TextReport(usesColour: false).result(result, wallSeconds: 0)
    #expect(report.contains("FAILED  \(mutation.fails)"), "\(report)")
    #expect(report.contains("again     andruck run"), "\(report)")
    #expect(report.contains(", seed \(result.seed)"), "\(report)")
  }
}
