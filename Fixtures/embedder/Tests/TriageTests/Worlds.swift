import Andruck
import Triage

/// The platform that the tests rehearse on, said in Swift.
func triage(
  traffic: [Scenario.Traffic] = [], expect: [Scenario.Check] = []
) throws -> Scenario {
  try Scenario(
    "triage", duration: .minutes(30),
    nodes: [.init("production-1", "production-2", host: "production", cpu: "8")],
    applications: [
      .init(
        "triage", predictor: "triage", models: ["two.model": "two", "five.model": "five"],
        services: [
          .init(
            "production", model: "two.model", replicas: 3, maxSurge: 1, maxUnavailable: 0,
            waitSeconds: 5, budget: .minAvailable("2"))
        ])
    ],
    traffic: traffic, expect: expect,
    predictors: ["triage": PredictorFactory(Triage.self)],
    // The models are made up here; by default files are read from disk.
    readFile: { path in
      path.hasSuffix("two") ? Array("2".utf8) : path.hasSuffix("five") ? Array("5".utf8) : nil
    })
}
