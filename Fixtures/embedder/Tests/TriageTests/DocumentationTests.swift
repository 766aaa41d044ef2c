import Andruck
import Testing

@Suite struct `The examples of the documentation` {
  private func world() throws -> Scenario {
    let scenario = try Scenario(
      "two levels", duration: .minutes(10),
      nodes: [
        .init("production-1", "production-2", host: "production", cpu: "8", memory: "32Gi"),
        .init("staging-1", host: "staging"),
      ],
      applications: [
        .init(
          "digits", predictCPU: .milliseconds(3),
          models: ["digits-v1.model": "../../../models/digits-v1.model"],
          services: [
            .init(
              "production", model: "digits-v1.model", replicas: .between(2...6, default: 3),
              cpu: .init(request: "500m", limit: "1"), waitSeconds: 10, budget: .minAvailable("2")),
            .init("staging", model: "digits-v1.model"),
          ])
      ],
      traffic: [
        .init(
          "users", to: "digits/production", .rate("5/s"),
          payload: .file("../../../digits/evaluation.csv"), from: .minutes(2))
      ],
      timeline: [
        .at(.minutes(4), .crash("digits/production").named("crash")),
        .after(
          "crash", wait: .seconds(30), .fault(.partition("production-2"), for: .minutes(1))),
      ],
      expect: [
        .always("digits/production available >= 1", .from(.minutes(2))),
        .over("digits/production error rate < 10%"),
      ])
    return scenario
  }

  /// The same world, in which nothing happens by itself.
  private func calm() throws -> Scenario {
    try Scenario(
      "calm", duration: .minutes(15),
      nodes: [.init("production-1", "production-2", host: "production", cpu: "8")],
      applications: [
        .init(
          "digits", models: ["digits-v1.model": "../../../models/digits-v1.model"],
          services: [
            .init("production", model: "digits-v1.model", replicas: .between(2...6, default: 3))
          ])
      ])
  }

  @Test func `say a world`() throws {
    let result = try world().run()
    #expect(result.checks.map(\.holds) == [true, true], "\(result)")
  }

  @Test func `drive it`() throws {
    let scenario = try calm()
    let cluster = try Rehearsal(scenario)
    try cluster.run(until: "digits/production available >= 3", within: .minutes(2))
    try cluster.run(for: .seconds(30))
    try cluster.run(until: { $0["digits/production"].nodes == 2 }, within: .seconds(10))

    try cluster.perform(
      .edit("digits/production", .init(replicas: 5, minimum: 5, maximum: 6, waitSeconds: 5)))
    try cluster.perform(.fault(.registryDown, for: .minutes(3)))
    try cluster.begin(.linkSlow(between: "client", by: .milliseconds(40)))
    try cluster.run(for: .minutes(1))
    try cluster.end(.linkSlow(between: "client", by: .milliseconds(40)))

    try cluster.start(
      .init(
        "more", to: "digits/production", .clients(4, pause: .milliseconds(200)),
        payload: .generated(length: 64)))
    try cluster.run(for: .minutes(1))
    try cluster.stopTraffic("more")
    let answer = try cluster.predict("digits/production", [Int32](repeating: 0, count: 64))
    #expect(answer.model == "digits-v1.model" && answer.latency < .milliseconds(200))

    try cluster.run(until: "digits/production available = 5", within: .minutes(8))
    let service = cluster["digits/production"]
    #expect(service.desired == 5 && service.rollout == .complete, "\(service)")
    let requests = try cluster.requests("digits/production", from: .minutes(3))
    #expect(requests.failed == 0 && requests.models == ["digits-v1.model"], "\(requests)")
    #expect((requests.latency(99) ?? .zero) < .milliseconds(500))
    let pods = try cluster.pods(of: "digits/production")
    #expect(pods.count == 5 && pods.allSatisfy { $0.isReady })
    #expect(cluster.nodes.allSatisfy { $0.isReady })
    #expect(cluster.events.contains { $0.reason == "ScalingReplicaSet" })
    #expect(try cluster.logs(of: "digits/production").isEmpty == false)

    let result = try cluster.finish()
    #expect(result.holds, "\(result)")
  }
}
