import FakeKubernetes
import Fidelity
import JSON
import TestSupport
import Testing

struct ExchangeTests {
  private static let folder = "Fixtures/kubernetes/api"

  static let files: [String] =
    (try? Fixture.list(folder).filter { $0.hasSuffix(".json") }) ?? []

  @Test func `there are recorded exchanges to play`() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func `the API answers as a real server did`(file: String) throws {
    let json = try JSONValue(parsing: Fixture.text("\(Self.folder)/\(file)"))
    let isKnown = StoryTests.known.entry(file: "api/\(file)", row: "*") != nil
    let difference = try ExchangeRunner.difference(json)
    #expect((difference == nil) != isKnown, "\(difference ?? "passes though known to differ")")
  }

  @Test func `an answer that differs from the recorded one is named with its place`() throws {
    let recording = try ExchangeRecording(
      json: [
        "name": "wrong", "topic": "create", "shows": "", "namespaces": ["${ns}"],
        "exchanges": [
          [
            "request": ["method": "GET", "path": "/api/v1/namespaces/${ns}"],
            "response": [
              "status": 200,
              "body": [
                "kind": "Namespace", "apiVersion": "v1", "metadata": "${any}", "spec": "${any}",
                "status": ["phase": "Gone"],
              ],
            ],
          ]
        ],
      ])
    #expect(
      ExchangeRunner(recording).run()
        == "exchanges[0] GET /api/v1/namespaces/${ns}: body.status.phase: expected \"Gone\", "
        + "seen \"Active\"")
  }
}
