import Andruck
import DruckerServing
import TestSupport
import Testing
import UserPredictor

@Suite struct `A user's predictor that sleeps, looks at clocks and throws dice` {
  private static let scenario = """
    version: 1
    name: restless
    moral: User code replays.
    duration: 80s
    cluster:
      nodes:
        - { names: [n1, n2], labels: { host: production }, cpu: 8, memory: 32Gi }
    applications:
      - name: restless
        predictor: restless
        models: { any.model: Fixtures/models/digits-v1.model }
        services:
          - { level: production, model: any.model, replicas: 2, waitSeconds: 1 }
    traffic:
      - { name: users, to: restless/production, rate: 20/s, from: 40s,
          payload: Fixtures/digits/evaluation.csv }
    expect:
      - never: restless/production failures > 0
      - over: restless/production requests >= 600
      - over: restless/production p50 latency > 5ms
      - over: restless/production p99 latency < 40ms
    """

  private func run(seed: UInt64) throws -> ScenarioResult {
    try Replay(
      text: Self.scenario, path: "\(Fixture.root)/restless.yaml", seed: seed,
      predictors: ["restless": PredictorFactory(RestlessPredictor.self)],
      readFile: { Fixture.absolute($0) }
    ).run()
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `replays identically`(_ seed: UInt64) throws {
    let first = try run(seed: seed)
    let second = try run(seed: seed)
    #expect(first.holds, "\(first.report)")
    #expect(first.answered == first.requests)
    #expect(first.digest == second.digest)
  }

  @Test func `differs with the seed`() throws {
    #expect(try run(seed: 1).digest != run(seed: 2).digest)
  }

  @Test func `must be registered`() {
    #expect(throws: (any Error).self) {
      try Replay(
        text: Self.scenario, path: "\(Fixture.root)/restless.yaml",
        readFile: { Fixture.absolute($0) })
    }
  }
}
