import TestSupport
import Testing

/// What a careful reader would say about the whole tree; each rule is one test.
struct TidyTests {
  private static let manifest = PackageManifest((try? Fixture.text("Package.swift")) ?? "")

  @Test func `imports point down only and are declared in the manifest`() {
    expectNone(
      Repository.swiftFiles.flatMap { ImportLaw.violations(in: $0, manifest: Self.manifest) })
  }

  @Test func `dependencies in the manifest point down only`() {
    let modules = Self.manifest.targets.filter {
      !$0.name.hasSuffix("Tests") && $0.name != "TestSupport"
    }
    #expect(modules.count > 20)
    for module in modules {
      if ImportLaw.layer(of: module.name) == nil {
        Issue.record("Package.swift: \(module.name) has no layer in ImportLaw.layers")
      }
      for dependency in module.dependencies {
        if let objection = ImportLaw.objection(from: module.name, to: dependency) {
          Issue.record("Package.swift: \(objection)")
        }
      }
    }
  }

  @Test func `who embeds a simulation builds no socket`() {
    var needed: Set<String> = []
    func visit(_ name: String) {
      guard needed.insert(name).inserted else { return }
      for dependency in Self.manifest.dependencies(of: name) ?? [] { visit(dependency) }
    }
    visit("Andruck")
    visit("AndruckTesting")
    #expect(needed.contains("Scenario") && needed.count > 20)
    let live = ["LiveTransport", "LoadGenerator", "CTLS", "CEpoll", "AndruckCommand"]
    #expect(live.filter(needed.contains).isEmpty)
  }

  @Test func `nothing outside the shells calls the clock or chance of the machine`() {
    expectNone(Repository.swiftFiles.flatMap(CodeRules.bannedCalls))
  }

  @Test func `no file has more than 600 lines`() {
    expectNone(Repository.swiftFiles.flatMap(CodeRules.size))
  }

  @Test func `nothing is left to do and nothing is called a mock`() {
    expectNone(Repository.swiftFiles.flatMap(CodeRules.words))
  }

  @Test func `the whole tree is read`() {
    #expect(Repository.swiftFiles.count > 100)
    #expect(Repository.swiftFiles.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    #expect(Repository.swiftFiles.contains { $0.path.hasPrefix("Sources/SimulationKernel/") })
  }

  @Test func `no placeholder is left`() {
    expectNone(Repository.swiftFiles.flatMap(CodeRules.placeholder))
  }

  @Test func `tests do without Foundation`() {
    expectNone(Repository.swiftFiles.flatMap(CodeRules.foundationInTests))
  }

  @Test func `every fixture has a reader`() {
    let folders = ["Tests", "Scenarios", "scripts", "docs", "Benchmarks", "Fixtures"]
    let readers = folders.flatMap(Repository.paths(below:)).filter { path in
      let isReader = [".swift", ".yaml", ".sh", ".py"].contains { path.hasSuffix($0) }
      return path.hasPrefix("Fixtures/")
        ? path.hasSuffix("/README.md")
        : isReader
          || path.hasSuffix(".md")
    }
    let named = (readers + ["README.md", "Makefile"]).compactMap(Repository.file)
    expectNone(FileRules.orphans(among: Repository.paths(below: "Fixtures"), readers: named))
  }

  @Test func `every scenario is well named`() {
    expectNone(FileRules.badNames(among: Repository.paths(below: "Scenarios")))
  }

  private func expectNone(_ violations: [Violation]) {
    for violation in violations { Issue.record("\(violation.description)") }
  }
}
