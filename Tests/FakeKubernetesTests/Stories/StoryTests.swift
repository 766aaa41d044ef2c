import Fidelity
import JSON
import TestSupport
import Testing

struct StoryTests {
  private static let folder = "Fixtures/kubernetes/controllers"

  static let files: [String] =
    (try? Fixture.list(folder).filter { $0.hasSuffix(".json") }) ?? []

  @Test func `there are stories to run`() {
    #expect(!Self.files.isEmpty)
  }

  static let known = KnownDifferences(
    text: (try? Fixture.text("Fixtures/kubernetes/known-differences.txt")) ?? "")

  @Test(arguments: files)
  func `the fake does what a real control plane did`(file: String) throws {
    let json = try JSONValue(parsing: Fixture.text("\(Self.folder)/\(file)"))
    let outcome = try StoryFidelity.outcome(json)
    for difference in outcome.differences
    where Self.known.entry(file: "controllers/\(file)", row: difference.facet) == nil {
      Issue.record(
        "story \(file), facet \(difference.facet), \(outcome.phase) into a second: \(difference.text)"
      )
    }
  }

  @Test func `what is known to differ has a reason and evidence`() {
    #expect(Self.known.malformed.isEmpty)
  }
}
