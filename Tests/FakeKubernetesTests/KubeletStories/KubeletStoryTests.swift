import FakeKubernetes
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
    let report = try KubeletStory.run(JSONValue(parsing: Fixture.text("\(Self.folder)/\(file)")))
    for failure in report.failures { Issue.record("\(failure)") }
  }
}
