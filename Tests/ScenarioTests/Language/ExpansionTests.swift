import Scenario
import TestSupport
import Testing

@Suite struct `Includes, templates and matrices` {
  private static let head = """
    version: 1
    moral: A sample.
    duration: 10m

    """

  private func error(_ text: String, files: [String: String] = [:]) -> String {
    do {
      _ = try LanguageSample.readAll(Self.head + text, files: files)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `a matrix is a run for each combination, the first list slowest`() throws {
    let runs = try LanguageSample.readAll(
      Self.head + """
        for: { wait: [5, 60], surge: [1, 2, 3] }
        include: [base]
        timeline:
          - { at: 1m, edit: digits/production, set: { waitSeconds: $(wait), maxSurge: $(surge) } }
        expect:
          - atEnd: digits/production available >= $(surge)
        """)
    #expect(runs.count == 6)
    #expect(runs[1].name == "sample (wait 5, surge 2)")
    #expect(runs[5].parameters.map(\.value) == ["60", "3"])
    #expect(runs[3].checks[0].condition.text == "digits/production available >= 1")
  }

  @Test func `lists of an included file come first, of the rest the file's own counts`() throws {
    let shared = """
      parameters: { least: 3, level: }
      duration: 1h
      expect:
        - atEnd: digits/$(level) available >= $(least)
      """
    let scenario = try LanguageSample.read(
      Self.head + """
        include:
          - base
          - { file: shared.yaml, with: { level: production } }
        expect:
          - never: digits/production failures > 0
        """, files: ["shared.yaml": shared])
    #expect(scenario.duration == .seconds(600))
    #expect(
      scenario.checks.map(\.text) == [
        "atEnd: digits/production available >= 3", "never: digits/production failures > 0",
      ])
  }

  @Test func `a template is put in as often as it is used`() throws {
    let scenario = try LanguageSample.read(
      Self.head + """
        include: [base]
        parameters: { service: digits/production }
        templates:
          holds:
            parameters: { least: 1 }
            body:
              expect: [{ always: $(service) available >= $(least) }]
        use:
          - holds
          - { template: holds, with: { least: 7 } }
        """)
    #expect(
      scenario.checks.map(\.condition.text) == [
        "digits/production available >= 1", "digits/production available >= 7",
      ])
  }

  @Test func `a phase bounds a window`() throws {
    let scenario = try LanguageSample.read(
      Self.head + """
        include: [base]
        phases: [{ name: calm, from: 1m }, { name: storm, from: 3m }]
        expect:
          - over: digits/production failures = 0
            during: calm
          - over: digits/production failures = 0
            between: [calm, storm]
        """)
    for check in scenario.checks {
      #expect(check.from.entry == "calm")
      #expect(check.until?.entry == "storm")
    }
  }

  @Test func `errors name the file and the place`() {
    let files = ["shared.yaml": "expect:\n  - never: digits/production failure > 0\n"]
    #expect(
      error("include: [base, shared.yaml]", files: files)
        .hasPrefix("shared.yaml:2:12: unknown observation \"failure\"; did you mean \"failures\"?"))
    #expect(
      error("include: [nowhere.yaml]").hasPrefix("sample.yaml:4:11: include: there is no file"))
    #expect(
      error("include: [base]\nparameters: { wait: 1 }\nexpect: [{ atEnd: $(weit) }]")
        .hasPrefix("sample.yaml:6:19: there is no parameter \"weit\"; did you mean \"wait\"?"))
    #expect(
      error("include: [base]\nuse: [holds]\n").contains("there is no template \"holds\""))
    #expect(
      error("include: [self]", files: ["self": "include: [self]"])
        .contains("files include each other more than 10 deep"))
    #expect(
      error("include: [{ file: shared.yaml, with: { a: 1 } }]", files: ["shared.yaml": "world: {}"])
        .contains("the file shared.yaml has no parameter \"a\""))
    #expect(
      error("include: [shared.yaml]", files: ["shared.yaml": "parameters: { a: }"])
        .contains("needs a value for its parameter \"a\""))
  }
}
