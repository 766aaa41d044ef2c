import TestSupport
import Testing

@Suite struct `The documentation for embedders` {
  /// What the fixture's files say, without the spaces at the lines' beginnings.
  private func compiled() throws -> String {
    let folders = ["Fixtures/embedder/Sources/Triage", "Fixtures/embedder/Tests/TriageTests"]
    let texts = try folders.flatMap { folder in
      try Fixture.list(folder).map { try Fixture.text("\(folder)/\($0)") }
    }
    return Self.flat(texts.joined(separator: "\n"))
  }

  private static func flat(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0.drop { $0 == " " }) }.joined(separator: "\n")
  }

  @Test func `has no example that is not compiled and run`() throws {
    let compiled = try compiled()
    let parts = try Fixture.text("docs/EMBEDDING.md").split(
      separator: "```swift\n", omittingEmptySubsequences: false)
    #expect(parts.count > 8)
    for part in parts.dropFirst() {
      let example = try #require(part.split(separator: "```").first)
      #expect(compiled.contains(Self.flat(String(example))), "\(example)")
    }
  }
}
