import FakeKubernetes
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

  @Test(arguments: files)
  func `the fake does what a real control plane did`(file: String) throws {
    let story = try Story(json: JSONValue(parsing: Fixture.text("\(Self.folder)/\(file)")))
    let runner = StoryRunner(story)
    let verdicts = try runner.run()
    #expect(runner.refusals.isEmpty)
    for verdict in verdicts {
      #expect(
        verdict.hasPassed,
        "story \(story.name), facet \(verdict.facet): \(verdict.failure ?? "")")
    }
  }
}
