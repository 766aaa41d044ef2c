import Andruck
import TestSupport
import Testing

@Suite struct `A scenario` {
  @Test func `of a file runs whole`() throws {
    let scenario = try Scenario(file: "\(Fixture.root)/Scenarios/infrastructure/drain.yaml")
    let result = try scenario.run()
    #expect(result.holds, "\(result)")
    #expect(result.seed == 1 && result.virtualTime == scenario.duration)
    #expect(result.answered == result.requests && result.requests > 100)
    #expect(result.checks.count == result.checks.count { $0.holds } && !result.checks.isEmpty)
    #expect(result.story.contains { $0.text.contains("evicts") })
    #expect(result.runs.isEmpty)
    let replayed = try Replay(
      file: "\(Fixture.root)/Scenarios/infrastructure/drain.yaml", seed: 1
    ).run()
    #expect(replayed.digest == result.digest)
  }

  @Test func `that is a matrix runs every combination`() throws {
    let scenario = try Scenario(
      text: """
        version: 1
        moral: Twice.
        duration: 2m
        for: { replicas: [1, 2] }
        cluster: { nodes: [{ names: [n1], labels: { host: production } }] }
        applications:
          - name: digits
            models: { digits-v1.model: Fixtures/models/digits-v1.model }
            services:
              - { level: production, model: digits-v1.model, replicas: $(replicas), waitSeconds: 1 }
        table: [{ column: pods, value: digits/production pods }]
        expect: [{ atEnd: digits/production available = 2 }]
        """, path: "\(Fixture.root)/twice.yaml")
    #expect(scenario.runs.map { $0.parameters.map(\.value) } == [["1"], ["2"]])
    let result = try scenario.run()
    #expect(result.runs.map(\.holds) == [false, true] && !result.holds)
    #expect(result.runs.map { $0.column("pods") } == ["1", "2"])
    #expect(result.checks.count == 2)
    #expect(
      result.report.contains(
        "again     andruck run \(Fixture.root)/twice.yaml --only replicas=1 --seed 1"))
    #expect(try scenario.runs[1].run().digest == result.runs[1].digest)
    #expect(try scenario.run().digest == result.digest)
    let error = #expect(throws: RehearsalError.self) { try Rehearsal(scenario) }
    #expect(error?.code == .matrix)
    #expect(try Rehearsal(scenario.runs[0]).now == .zero)
  }

  @Test func `that cannot be read says so`() {
    let error = #expect(throws: RehearsalError.self) { try Scenario(file: "no/such.yaml") }
    #expect(error?.message == "no/such.yaml: cannot be read")
    let folder = #expect(throws: RehearsalError.self) { try Scenario(file: Fixture.root) }
    #expect(folder?.code == .file)
    let broken = #expect(throws: (any Error).self) {
      try Scenario(file: "\(Fixture.root)/Fixtures/scenarios/invalid/unknown-key.yaml")
    }
    #expect(broken.map { "\($0)" }?.contains("unknown-key.yaml:") == true)
  }
}
