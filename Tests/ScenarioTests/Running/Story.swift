import Scenario
import TestSupport
import Testing

/// A small story around the one that the library's scenarios share.
enum Story {
  static let head = """
    version: 1
    moral: A test.

    """

  /// Runs a text below `Scenarios`, with everything that was told.
  static func run(_ text: String) throws -> (result: RunResult, told: [String]) {
    let scenario = try #require(
      try ScenarioReader.readAll(
        head + text, path: "\(Fixture.root)/Scenarios/test.yaml",
        fileExists: { Fixture.exists($0) }, readFile: { Fixture.absolute($0) }
      ).first)
    let runner = ScenarioRunner(scenario, seed: 1, readFile: { Fixture.absolute($0) })
    var told: [String] = []
    runner.onStory = { told.append("\($0.who): \($0.text)") }
    return (try runner.run(), told)
  }
}
