import Fidelity
import JSON
import TestSupport
import Testing

struct KubeletStoryTests {
  private static let folder = "Fixtures/kubernetes/kubelet"

  static let files: [String] =
    (try? Fixture.list(folder).filter { $0.hasSuffix(".json") }) ?? []

  @Test func `there are stories to run`() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func `the fake does what a real kubelet did`(file: String) throws {
    let json = try JSONValue(parsing: Fixture.text("\(Self.folder)/\(file)"))
    let outcome = try KubeletFidelity.outcome(json)
    for difference in outcome.differences
    where StoryTests.known.entry(file: "kubelet/\(file)", row: difference.facet) == nil {
      Issue.record("story \(file), facet \(difference.facet): \(difference.text)")
    }
  }
}
