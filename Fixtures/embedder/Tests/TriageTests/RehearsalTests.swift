import Andruck
import AndruckTesting
import Testing

@Suite struct `Our triage` {
  @Test(.seeds(1...3)) func `answers while its model is switched`() throws {
    let cluster = try Rehearsal(triage(expect: [.never("triage/production failures > 0")]))
    try cluster.run(until: "triage/production available >= 3", within: .minutes(2))
    #expect(try cluster.predict("triage/production", [7, 8, 9]).integers == [1, 0, 1])

    try cluster.start(
      .init("users", to: "triage/production", .rate("20/s"), payload: .generated(length: 4)))
    try cluster.perform(.switchModel("triage/production", to: "five.model"))
    try cluster.run(
      until: {
        $0["triage/production"].rollout == .complete && $0["triage/production"].revision == 2
      }, within: .minutes(5))
    #expect(try cluster.predict("triage/production", [7, 8, 9]).integers == [2, 3, 4])

    let result = cluster.stop()
    #expect(result.holds, "\(result)")
  }

  @Test func `stays available while a machine is drained`() throws {
    let cluster = try Rehearsal(triage(), seed: 2)
    try cluster.run(until: "triage/production available >= 3", within: .minutes(2))
    let machine = try #require(cluster.pods(of: "triage/production").first?.node)
    try cluster.perform(.drain(machine))
    for _ in 0..<60 {
      try cluster.run(for: .seconds(1))
      #expect(cluster["triage/production"].ready >= 2, "\(cluster.pods)")
    }
    #expect(try cluster.pods(of: "triage/production").allSatisfy { $0.node != machine })
    #expect(cluster.nodes.first { $0.name == machine }?.isSchedulable == false)
    #expect(cluster.events.contains { $0.reason == "Killing" })
  }

  @Test func `survives a network partition`() throws {
    let cluster = try Rehearsal(triage())
    try cluster.start(
      .init(
        "users", to: "triage/production", .clients(4, pause: .milliseconds(100)),
        payload: .generated(length: 4), from: .minutes(1)))
    try cluster.run(until: "triage/production available >= 3", within: .minutes(2))
    try cluster.run(for: .minutes(1))
    let before = cluster.now
    try cluster.begin(.partition("production-1"))
    try cluster.run(for: .minutes(3))
    try cluster.end(.partition("production-1"))
    try cluster.run(until: "triage/production available >= 3", within: .minutes(10))
    let requests = try cluster.requests("triage/production", to: before)
    #expect(requests.failed == 0 && requests.ended > 100, "\(requests)")
    #expect((requests.latency(50) ?? .zero) > .milliseconds(2))
  }
}
