import JSON
import Scenario
import TestSupport
import Testing

@Suite struct `The tables of the language` {
  private static func keys(_ shape: Shape) -> [Key] {
    shape.keys
      + shape.variants.flatMap { variant in
        [variant.key] + variant.companions + variant.kinds.flatMap(\.companions)
      }
  }

  @Test(arguments: Shape.all.map(\.id))
  func `have an example for every key that may stand there`(_ id: String) throws {
    let shape = try #require(Shape.all.first { $0.id == id })
    for key in Self.keys(shape) {
      #expect(key.faultOfExample == nil, "\(id), \(key.name)")
      #expect(key.doc.hasSuffix("."), "\(id), \(key.name): \(key.doc)")
    }
  }

  @Test func `have an example for every observation`() throws {
    for entry in MetricEntry.all {
      let text = """
        version: 1
        moral: An example.
        duration: 1m
        include: [base]
        expect:
          - atEnd: '\(entry.example)'
        """
      _ = try LanguageSample.read(text)
    }
  }

  @Test func `are what docs/SCENARIOS.md says`() throws {
    let committed = try Fixture.text("docs/SCENARIOS.md")
    #expect(
      committed == ReferenceWriter.markdown + "\n",
      "make it anew with andruck schema --markdown > docs/SCENARIOS.md")
  }

  @Test func `make a JSON Schema in which every reference leads somewhere`() throws {
    let schema = SchemaWriter.schema
    let definitions = try #require(schema["$defs"]?.objectValue)
    var references: [String] = []
    func visit(_ value: JSONValue) {
      if let reference = value["$ref"]?.stringValue { references.append(reference) }
      for (_, member) in value.objectValue ?? JSONObject() { visit(member) }
      for element in value.arrayValue ?? [] { visit(element) }
    }
    visit(schema)
    #expect(references.count > 20)
    for reference in references {
      #expect(definitions[String(reference.dropFirst("#/$defs/".count))] != nil, "\(reference)")
    }
    let entry = try #require(definitions["timeline-entry"]?["oneOf"]?.arrayValue)
    #expect(entry.count == 20 + Shape.faultKinds.count)
  }
}

/// A small scenario to put samples into, from a file `base`.
enum LanguageSample {
  static let base = """
    cluster: { nodes: [{ names: [n1, n2], labels: { host: production } }] }
    applications:
      - name: digits
        models: { digits-v1.model: v1, digits-v2.model: v2 }
        services: [{ level: production, model: digits-v1.model }]
    """

  static func readAll(_ text: String, files: [String: String] = [:]) throws -> [ScenarioFile] {
    try ScenarioReader.readAll(
      text, path: "sample.yaml", fileExists: { _ in true },
      readFile: { path in
        (path == "base" ? base : files[path]).map { Array($0.utf8) }
      })
  }

  static func read(_ text: String, files: [String: String] = [:]) throws -> ScenarioFile {
    try #require(try readAll(text, files: files).first)
  }
}
