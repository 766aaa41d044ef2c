import Scenario
import SimulationKernel
import Testing

@Suite struct `Traffic` {
  private func requests(_ source: String, _ column: String) throws -> String {
    let (result, _) = try Story.run(
      """
      duration: 3m
      include: [{ file: shared/digits.yaml, with: { rate: 0/s } }]
      traffic:
        - name: tested
          to: digits/production
          from: 1m
      \(source.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
      table: [{ column: seen, value: digits/production \(column) }]
      expect: [{ over: digits/production requests > 0 }]
      """)
    #expect(result.holds, Library.describe(result))
    return result.columns[0].text
  }

  private let payload = "payload: ../Fixtures/digits/evaluation.csv"

  @Test func `is replayed from a file, up to the end of the source`() throws {
    #expect(
      try requests("replay: ../Fixtures/scenarios/arrivals.csv\n\(payload)", "requests") == "4")
  }

  @Test func `of clients waits for answers`() throws {
    // Two clients, a second and some milliseconds each: 120 s hold 239 or 240.
    let seen = try requests("clients: 2\npause: 1s\n\(payload)", "requests")
    #expect((236...240).contains(Int(seen) ?? 0), "\(seen)")
  }

  @Test func `of a ramp is what lies under it`() throws {
    let seen = try requests(
      "rate: [{ from: 1m, rate: 10/s, over: 1m }]\narrivals: constant\n\(payload)", "requests")
    // 300 in the first minute, 600 in the second.
    #expect((898...902).contains(Int(seen) ?? 0), "\(seen)")
  }

  @Test func `of a sine is its mean over a period`() throws {
    let seen = try requests(
      "rate: { mean: 5/s, amplitude: 5/s, period: 2m, peak: 30s }\narrivals: constant\n\(payload)",
      "requests")
    #expect((596...604).contains(Int(seen) ?? 0), "\(seen)")
  }

  @Test func `that is generated has no right answers`() throws {
    #expect(
      try requests("rate: 1/s\ngenerate: { length: 64 }", "accuracy").hasPrefix("0.00% (0 of"))
  }

  @Test func `of aggregated arrivals counts each of them`() throws {
    let seen = try requests(
      "rate: 1000/s\narrivals: constant\naggregate: 100ms\ngenerate: { length: 64 }", "throughput")
    // 120 of 180 s.
    #expect(seen.hasPrefix("666."), "\(seen)")
  }

  @Test func `is tried again while the deadline of all attempts lasts`() throws {
    let text = """
      duration: 4m
      include: [{ file: shared/digits.yaml, with: { rate: 0/s } }]
      traffic:
        - { name: tested, to: digits/production, rate: 2/s, from: 2m, until: 3m30s, deadline: 500ms,
            retries: { attempts: ATTEMPTS, backOff: 1s, statuses: [DEADLINE_EXCEEDED, UNAVAILABLE] },
            payload: ../Fixtures/digits/evaluation.csv }
      timeline: [{ at: 150s, fault: link cut, between: client, and: ingress, for: 5s }]
      expect: [{ over: digits/production CHECK }]
      """
    for (attempts, check) in [("1", "failures >= 5"), ("8", "failures = 0")] {
      let (result, _) = try Story.run(
        text.split(separator: "ATTEMPTS").joined(separator: attempts)
          .split(separator: "CHECK").joined(separator: check))
      #expect(result.holds, Library.describe(result))
    }
  }
}

@Suite struct `A sine of our own` {
  @Test(arguments: [
    (0.0, 0.0), (1.0 / 12, 0.5), (0.25, 1), (0.5, 0), (0.75, -1), (-0.25, -1), (10.25, 1),
    (0.125, 0.707_106_781_186_547_5),
  ])
  func `is right`(_ turns: Double, _ value: Double) {
    #expect(abs(Sine.of(turns: turns) - value) < 1e-12)
  }
}
