import Fidelity
import JSON
import TestSupport
import Testing

struct FactTests {
  private static let folder = "Fixtures/kubernetes"

  static let files: [String] =
    (try? Fixture.list("\(folder)/tables").filter { $0.hasPrefix("facts_") }) ?? []

  @Test(arguments: files)
  func `the fake works with upstream's constants`(file: String) throws {
    let json = try JSONValue(parsing: Fixture.text("\(Self.folder)/tables/\(file)"))
    for result in try FactFidelity.results(json)
    where StoryTests.known.entry(file: "tables/\(file)", row: result.name) == nil {
      #expect(result.passed, "\(result.name): expected \(result.expected), seen \(result.seen)")
    }
  }

  @Test func `a fact with another value fails`() throws {
    let results = try FactFidelity.results([
      "cases": [
        ["name": "rsBurstReplicas", "value": 501], ["name": "podGCPeriod", "value": 20],
        ["name": "nobodyKnowsIt", "value": 1],
      ]
    ])
    #expect(results.map(\.passed) == [false, true, false])
  }

  @Test func `what shows a rule is there`() throws {
    for path in FactFidelity.shown.values.flatMap({ $0 }) {
      let isTest = path.hasPrefix("Tests/")
      #expect(throws: Never.self) { try Fixture.text(isTest ? path : "\(Self.folder)/\(path)") }
    }
  }
}
