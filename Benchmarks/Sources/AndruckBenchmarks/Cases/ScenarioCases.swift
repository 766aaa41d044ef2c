import Andruck

/// Whole scenarios.
enum ScenarioCases {
  static var all: [Benchmark] {
    [
      Benchmark(name: "predict in a scenario", unit: "prediction", unitsMin: 2_000) {
        Benchmark.Work {
          try predictions($0)
        } surroundings: {
          try predictions($0, isIdle: true)
        }
      },
      Benchmark(name: "failed-rollout.yaml", unit: "run") {
        let path = RepositoryFiles.root + "/Scenarios/failed-rollout.yaml"
        let text = String(
          decoding: try RepositoryFiles.required("Scenarios/failed-rollout.yaml"), as: UTF8.self)
        return Benchmark.Work { count in
          for _ in 0..<count {
            let replay = try Replay(text: text, path: path, readFile: FileReader.bytes)
            try ProtocolCases.require(try replay.run().holds)
          }
        }
      },
    ]
  }

  /// So many predictions at 400 a second; or the cluster alone for as long, with one a second.
  private static func predictions(_ count: Int, isIdle: Bool = false) throws {
    let seconds = max(1, count / 400)
    let text = """
      version: 1
      name: predictions
      moral: None; this one is measured.
      duration: \(60 + seconds)s
      cluster:
        nodes:
          - { names: [n1, n2], labels: { host: production }, cpu: 8, memory: 32Gi }
      applications:
        - name: digits
          predictCPU: 1ms
          models: { digits-v1.model: Fixtures/models/digits-v1.model }
          services:
            - { level: production, model: digits-v1.model, replicas: 2, waitSeconds: 1 }
      traffic:
        - { name: users, to: digits/production, rate: \(isIdle ? 1 : 400)/s, from: 60s,
            payload: Fixtures/digits/evaluation.csv }
      expect:
        - over: digits/production failures = 0
          from: 60s
      """
    let replay = try Replay(
      text: text, path: RepositoryFiles.root + "/benchmark.yaml", readFile: FileReader.bytes)
    let result = try replay.run()
    try ProtocolCases.require(result.holds && (isIdle || result.answered >= count - 400))
  }
}
