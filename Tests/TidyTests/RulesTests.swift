import Testing

/// The rules themselves: each finds what it is for, and nothing else.
struct RulesTests {
  @Test func `comments and literals are no code but interpolations are`() {
    let text = #"""
      let a = "Date() \(b("Date()") + Date())" // Date()
      /* Date() /* Date() */ Date() */ let c = #"\(Date()) " "# + "\"" + 1
      """#
    let code = SwiftText.code(of: text)
    #expect(code.split(separator: "Date()").count == 2)
    #expect(code.contains("let c ="))
    #expect(code.hasSuffix("+ 1"))
    #expect(code.utf8.count == text.utf8.count)
  }

  @Test(arguments: [
    ("import JSON", "JSON"), ("  public import HTTP2", "HTTP2"),
    ("@testable import Scenario", "Scenario"),
    ("@_spi(A) @_spi(B) import _Concurrency", "_Concurrency"),
    ("package import struct GRPC.Status", "GRPC"), ("let import = 3", nil), ("#if import", nil),
    ("func important()", nil),
  ])
  func `import lines are read`(line: String, module: String?) {
    #expect(ImportLaw.importedModule(Substring(line)) == module)
  }

  @Test func `the manifest's targets are read`() {
    let manifest = PackageManifest(
      """
      func module(_ name: String) -> Target { .target(name: name, dependencies: dependencies) }
      // module("Old", ["Gone"]),
      module("JSON"),
      module(
        "GRPC",
        ["HTTP2", "Transport"], exclude: ["Protos"]),
      module("Bare", exclude: ["Protos"]),
      .target(name: "TestSupport", dependencies: ["Transport"], path: "Tests/TestSupport"),
      tests("GRPC", ["GRPC"]),
      """)
    #expect(
      manifest.targets == [
        .init(name: "JSON", dependencies: []),
        .init(name: "GRPC", dependencies: ["HTTP2", "Transport"]),
        .init(name: "Bare", dependencies: []),
        .init(name: "TestSupport", dependencies: ["Transport"]),
        .init(name: "GRPCTests", dependencies: ["GRPC", "TestSupport"]),
      ])
  }

  @Test(arguments: [
    ("GRPC", "HTTP2", nil),
    ("HTTP2", "SimulationKernel", "HTTP2 (values) must not see SimulationKernel (simulation)"),
    ("DruckerServing", "SimulationKernel", "(platform) must not see SimulationKernel"),
    ("DruckerServing", "AssignmentStore", nil),
    ("FakeKubernetes", "SimulatedNetwork", "the assembly's affair"),
    ("Scenario", "FakeKubernetes", nil),
    ("Scenario", "Unheard", "Unheard has no layer"),
  ])
  func `arrows up are refused`(from: String, to: String, objection: String?) {
    let found = ImportLaw.objection(from: from, to: to)
    #expect((found == nil) == (objection == nil))
    if let found, let objection { #expect(found.contains(objection)) }
  }

  @Test func `an import that the manifest does not give is found`() {
    let manifest = PackageManifest("module(\"HTTP2\", [\"Transport\"])")
    let file = SourceFile(
      path: "Sources/HTTP2/Session.swift",
      text: "import Transport\n// import JSON\nimport JSON\nimport Foundation\nimport Glibc\n")
    #expect(
      ImportLaw.violations(in: file, manifest: manifest).map(\.description) == [
        "Sources/HTTP2/Session.swift:3: HTTP2 imports JSON, which Package.swift does not give it",
        "Sources/HTTP2/Session.swift:4: HTTP2 must not import Foundation",
      ])
  }

  @Test(arguments: [
    ("let now = Date()", 1), ("let a = candidate()", 0), ("let x = Int.random(in: 0...1)", 1),
    ("ContinuousClock.now", 1), ("MyContinuousClock.now", 0), ("// Task.sleep", 0),
    ("let id = UUID()", 1), ("let uuid = NamedUUID(1)", 0),
  ])
  func `banned calls are found`(line: String, count: Int) {
    func violations(_ path: String, _ text: String) -> Int {
      CodeRules.bannedCalls(in: SourceFile(path: path, text: text)).count
    }
    #expect(violations("Sources/Scenario/A.swift", line) == count)
    #expect(violations("Sources/SimulationKernel/A.swift", line) == 0)
    #expect(violations("Tests/ScenarioTests/A.swift", CodeRules.userCodeMark + "\n" + line) == 0)
    #expect(violations("Sources/Scenario/A.swift", CodeRules.userCodeMark + "\n" + line) == count)
  }

  @Test func `long files, placeholders and forbidden words are found`() {
    let text = String(repeating: "let a = 1\n", count: 600)
    #expect(CodeRules.size(of: SourceFile(path: "Sources/A/B.swift", text: text)).isEmpty)
    let long = SourceFile(path: "Sources/A/B.swift", text: text + "let b = 1\n")
    #expect(CodeRules.size(of: long).map(\.line) == [601])
    let generated = SourceFile(path: "Sources/A/Generated/B.swift", text: long.text)
    #expect(CodeRules.size(of: generated).isEmpty)
    let placeholder = SourceFile(path: "Sources/A/A.placeholder.swift", text: "")
    #expect(CodeRules.placeholder(placeholder).count == 1)
    let words = SourceFile(
      path: "Sources/A/B.swift", text: "// FIXME later\nlet MockServer = 1\nlet TODOs = 2\n")
    #expect(CodeRules.words(in: words).map(\.line) == [1, 2])
  }

  @Test func `fixtures without a reader are found`() {
    let readers = [
      SourceFile(
        path: "Tests/A/B.swift",
        text: #"f("Fixtures/listed") + g("Fixtures/models/\(name).model") + "Fixtures/one/a.txt""#),
      SourceFile(path: "Scenarios/a.yaml", text: "data: b.csv"),
    ]
    let fixtures = [
      "Fixtures/listed/deep/x.json", "Fixtures/models/m.model", "Fixtures/one/README.md",
      "Fixtures/one/a.txt", "Fixtures/one/b.csv", "Fixtures/one/c.txt",
    ]
    let orphans = FileRules.orphans(among: fixtures, readers: readers)
    #expect(orphans.map(\.path) == ["Fixtures/one/c.txt"])
  }

  @Test func `scenarios that are badly named are found`() {
    let names = [
      "Scenarios/model-switch.yaml", "Scenarios/regression/pod-2-dies.yaml",
      "Scenarios/Model.yaml", "Scenarios/a_b.yaml", "Scenarios/a.yml", "Scenarios/-a.yaml",
    ]
    #expect(FileRules.badNames(among: names).map(\.path) == Array(names[2...]))
  }
}
