import Scenario
import SimulationKernel
import TestSupport
import Testing

@Suite struct `A story that is run in pieces` {
  private static func runner(_ name: String, seed: UInt64 = 1) throws -> ScenarioRunner {
    ScenarioRunner(
      try #require(try Library.read(name).first), seed: seed,
      readFile: { Fixture.absolute($0) })
  }

  @Test(arguments: ["failed-rollout.yaml", "infrastructure/drain.yaml", "autoscaling/spike.yaml"])
  func `has the digest and the checks of one that is run at once`(_ name: String) throws {
    let whole = try Self.runner(name).run()
    for seed in 1...2 as ClosedRange<UInt64> {
      let random = RandomStream(seed: seed, name: "pieces")
      let runner = try Self.runner(name)
      try runner.start()
      var steps = 0
      while runner.now < runner.end {
        // Pieces of no length, of nanoseconds, of seconds and of minutes.
        let longest = [1, 1000, 2_000_000_000, 120_000_000_000][random.integer(below: 4)]
        try runner.advance(to: runner.now + .nanoseconds(random.integer(below: longest)))
        steps += 1
        if random.chance(0.1) { try runner.advance(until: { true }, within: .seconds(1)) }
        // By nanoseconds alone nobody comes to an end.
        if steps > 200 { try runner.advance(to: runner.end) }
      }
      let pieces = runner.finish()
      #expect(steps > 10)
      #expect(pieces.digest == whole.digest)
      #expect(pieces.traceEvents == whole.traceEvents)
      #expect(
        Library.describe(pieces).rawValue == Library.describe(whole).rawValue)
    }
  }

  @Test func `stops right after the event after which something holds`() throws {
    let runner = try Self.runner("failed-rollout.yaml")
    try runner.start()
    var told = 0
    runner.onStory = { told += $0.text.hasSuffix("rollout complete") ? 1 : 0 }
    let holds = try runner.advance(until: { told == 1 }, within: .seconds(120))
    #expect(holds)
    #expect(runner.story.last?.text == "digits/production: rollout complete")
    #expect(runner.now == runner.story.last?.time)
    let before = runner.now
    #expect(try !runner.advance(until: { told == 2 }, within: .seconds(10)))
    #expect(runner.now == before + .seconds(10))
  }

  @Test func `goes no further than its end`() throws {
    let runner = try Self.runner("failed-rollout.yaml")
    try runner.start()
    try runner.advance(to: .distantFuture)
    #expect(runner.now == runner.end)
    #expect(runner.finish().holds)
  }

  @Test func `keeps nothing of its world when it is over`() throws {
    var parts: [Part] = []
    do {
      let runner = try Self.runner("infrastructure/drain.yaml")
      runner.onWorld = { parts = $0.map(Part.init) }
      try runner.start()
      try runner.advance(to: .zero + .seconds(240))
      #expect(parts.count > 14 && parts.allSatisfy { $0.object != nil })
      _ = runner.finish()
      #expect(parts[0].object == nil)
    }
    #expect(parts.filter { $0.object != nil }.map(\.name) == [])
  }
}

/// A part of a world, which this does not keep.
private struct Part {
  weak var object: AnyObject?
  let name: String

  init(_ object: AnyObject) {
    self.object = object
    name = "\(type(of: object))"
  }
}
