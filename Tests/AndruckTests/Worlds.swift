import Andruck
import TestSupport

/// Small worlds for tests.
enum Worlds {
  /// Two machines and a service of three pods, said in Swift.
  static func digits(
    duration: Duration = .minutes(20), traffic: [Scenario.Traffic] = [],
    steady: [String] = [], timeline: [Scenario.Entry] = [], expect: [Scenario.Check] = []
  ) throws -> Scenario {
    try Scenario(
      "digits", duration: duration,
      nodes: [.init("production-1", "production-2", host: "production", cpu: "8", memory: "32Gi")],
      applications: [
        .init(
          "digits",
          models: [
            "digits-v1.model": "../../Fixtures/models/digits-v1.model",
            "digits-v2.model": "../../Fixtures/models/digits-v2.model",
            "broken.model": "../../Fixtures/models/digits-corrupt.model",
          ],
          services: [
            .init(
              "production", model: "digits-v1.model", replicas: 3, memory: .init(request: "512Mi"),
              maxSurge: 1, maxUnavailable: 0, waitSeconds: 5)
          ])
      ],
      traffic: traffic, steady: steady, timeline: timeline, expect: expect)
  }

  static let users = Scenario.Traffic(
    "users", to: "digits/production", .rate("5/s"),
    payload: .file("../../Fixtures/digits/evaluation.csv"))

  /// A world whose service is available.
  static func running(
    duration: Duration = .minutes(20), seed: UInt64? = nil
  ) throws -> Rehearsal {
    let cluster = try Rehearsal(digits(duration: duration), seed: seed)
    try cluster.run(until: { $0["digits/production"].available == 3 }, within: .minutes(2))
    return cluster
  }
}
