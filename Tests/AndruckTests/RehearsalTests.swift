import Andruck
import Scenario
import SimulationKernel
import TestSupport
import Testing

@Suite struct `A rehearsal` {
  @Test func `lets time pass, and shows the cluster`() throws {
    let cluster = try Rehearsal(Worlds.digits())
    #expect(cluster.now == .zero)
    #expect(cluster["digits/production"].desired == 0)
    try cluster.run(until: "digits/production available >= 3", within: .minutes(2))
    #expect(cluster.now > .seconds(10) && cluster.now < .minutes(2))
    let service = cluster["digits/production"]
    #expect(service.desired == 3 && service.ready == 3 && service.updated == 3)
    #expect(service.rollout == .complete && service.revision == 1 && service.nodes == 2)
    #expect(service.assignedModel == "digits-v1.model")
    #expect(service.conditions["Available"]?.status == "True")
    let pods = try cluster.pods(of: "digits/production")
    #expect(pods.count == 3)
    #expect(pods.allSatisfy { $0.isReady && $0.phase == "Running" && $0.revision == 1 })
    #expect(Set(pods.compactMap(\.node)) == ["production-1", "production-2"])
    #expect(cluster.nodes.map(\.name) == ["production-1", "production-2"])
    #expect(cluster.nodes.allSatisfy { $0.isReady && $0.isSchedulable })
    #expect(cluster.nodes.reduce(0) { $0 + $1.podCount } == 3)
    #expect(cluster.events.count { $0.reason == "Scheduled" } == 3)
    let logs = try cluster.logs(of: "digits/production")
    #expect(try cluster.logs(of: pods[0].name).count < logs.count)
    #expect(logs.allSatisfy { $0.time <= cluster.now })
    let before = cluster.now
    try cluster.run(for: .minutes(3))
    #expect(cluster.now == before + .minutes(3))
    #expect(cluster.story.contains { $0.text == "digits/production: rollout complete" })
  }

  @Test func `predicts through network and ingress`() throws {
    let cluster = try Worlds.running()
    let input = (0..<64).map { Int32($0 % 17) }
    let answer = try cluster.predict("digits/production", input)
    #expect(answer.model == "digits-v1.model")
    #expect(answer.integers.count == 1)
    // At least the CPU time of a prediction, there and back.
    #expect(answer.latency > .milliseconds(2) && answer.latency < .milliseconds(100))
    // What is no traffic is counted by nobody.
    #expect(try cluster.requests("digits/production").ended == 0)
    try cluster.begin(.ingressDown)
    let failure = #expect(throws: PredictFailure.self) {
      try cluster.predict("digits/production", input)
    }
    #expect(failure?.status == "UNAVAILABLE" || failure?.status == "DEADLINE_EXCEEDED")
    try cluster.end(.ingressDown)
    try cluster.run(for: .seconds(10))
    #expect(try cluster.predict("digits/production", input).integers == answer.integers)
  }

  @Test func `starts and stops traffic`() throws {
    let cluster = try Worlds.running()
    try cluster.start(Worlds.users)
    let start = cluster.now
    try cluster.run(for: .minutes(1))
    try cluster.stopTraffic("users")
    try cluster.run(for: .seconds(30))
    let requests = try cluster.requests("digits/production", from: start)
    #expect((200...400).contains(requests.ended))
    #expect(requests.failed == 0 && requests.byStatus == ["OK": requests.ended])
    #expect(requests.models == ["digits-v1.model"] && requests.wrongAnswers == 0)
    #expect((requests.accuracy ?? 0) > 0.5)
    let latest = try #require(requests.latency(99))
    let middle = try #require(requests.latency(50))
    #expect(middle > .milliseconds(2) && latest >= middle)
    let later = try cluster.requests("digits/production", from: start + .seconds(61))
    #expect(later.ended == 0 && later.accuracy == nil && later.latency(50) == nil)
    try cluster.run(for: .seconds(30))
    #expect(try cluster.requests("digits/production").ended == requests.ended)
    let error = #expect(throws: RehearsalError.self) { try cluster.stopTraffic("nobody") }
    #expect(error?.code == .unknown)
    #expect(throws: (any Error).self) { try cluster.start(Worlds.users) }
  }

  @Test func `does what a timeline does, with the same digest`() throws {
    let entries: [Scenario.Entry] = [
      .at(.seconds(180.25), .switchModel("digits/production", to: "digits-v2.model")),
      .at(.seconds(400.25), .fault(.partition("production-2"), for: .minutes(2))),
    ]
    let written = try Worlds.digits(timeline: entries).run()
    let cluster = try Rehearsal(Worlds.digits())
    try cluster.run(for: .seconds(180.25))
    try cluster.perform(.switchModel("digits/production", to: "digits-v2.model"))
    try cluster.run(for: .seconds(220))
    try cluster.perform(.fault(.partition("production-2"), for: .minutes(2)))
    let driven = try cluster.finish()
    #expect(driven.digest == written.digest)
    #expect(driven.story.map { "\($0)" } == written.story.map { "\($0)" })
    #expect(driven.virtualTime == .minutes(20))
  }

  @Test func `begins faults and ends them`() throws {
    let cluster = try Worlds.running()
    try cluster.begin(.registryDown)
    try cluster.perform(.edit("digits/production", .init(image: "drucker/worker:1.1")))
    try cluster.run(for: .minutes(1))
    #expect(cluster["digits/production"].rollout == .progressing)
    #expect(
      try cluster.pods(of: "digits/production").contains {
        $0.waitingReason == "ImagePullBackOff" || $0.waitingReason == "ErrImagePull"
      })
    try cluster.end(.registryDown)
    try cluster.run(until: "digits/production rollout is complete", within: .minutes(10))
    #expect(cluster["digits/production"].revision == 2)
    #expect(cluster.story.contains { $0.text == "registry down ends" })
  }

  @Test func `says what was seen when something does not come in time`() throws {
    let cluster = try Worlds.running()
    let error = try #require(
      #expect(throws: RehearsalError.self) {
        try cluster.run(until: "digits/production available >= 4", within: .seconds(30))
      })
    #expect(error.code == .limitPassed)
    #expect(
      error.message.hasPrefix("did not hold within 30s: digits/production available >= 4\n"))
    #expect(error.message.contains("  seen      3\n"))
    #expect(error.message.contains("seed 1, scenario \"digits\""))
    #expect(error.message.contains("digits/production: rollout complete"))
    #expect(
      error.message.hasSuffix("  again     ANDRUCK_SEED=1 swift test --filter 'AndruckTests'"))
    let other = try #require(
      #expect(throws: RehearsalError.self) {
        try cluster.run(until: { $0["digits/production"].restarts > 0 }, within: .seconds(5))
      })
    #expect(other.message.contains("digits/production: 3 of 3 available, 3 ready"))
  }

  @Test func `refuses what the language refuses, with the line of the source`() throws {
    let cluster = try Worlds.running()
    // Within a macro every place is the macro's.
    let line = #line + 1
    let error = #expect(throws: (any Error).self) {
      try cluster.perform(.switchModel("digits/production", to: "digits-v7.model"))
    }
    #expect("\(try #require(error))".contains("RehearsalTests.swift:\(line):"))
    #expect("\(try #require(error))".contains("there is no model \"digits-v7.model\" of digits"))
    for (condition, words) in [
      ("digits/production availble >= 3", "did you mean \"available\"?"),
      ("digits/production p99 latency < 1s", "known only over a window"),
      ("digits/beta ready >= 3", "there is no service digits/beta"),
    ] {
      let error = #expect(throws: (any Error).self) {
        try cluster.run(until: condition, within: .seconds(1))
      }
      #expect("\(try #require(error))".contains(words))
    }
    #expect(throws: RehearsalError.self) { try cluster.service("digits/beta") }
    #expect(throws: RehearsalError.self) { try cluster.logs(of: "no-such-pod") }
    // Nothing of it has happened.
    #expect(cluster["digits/production"].assignedModel == "digits-v1.model")
  }

  @Test func `uploads a model and switches to it`() throws {
    let cluster = try Worlds.running()
    try cluster.perform(
      .upload("digits", as: "digits-v3.model", file: "../../Fixtures/models/digits-v3.model"))
    try cluster.run(for: .seconds(5))
    try cluster.perform(.switchModel("digits/production", to: "digits-v3.model"))
    try cluster.run(until: "digits/production assigned model is digits-v3.model", within: .zero)
    try cluster.run(until: "digits/production rollout is complete", within: .minutes(5))
    let answer = try cluster.predict("digits/production", [Int32](repeating: 0, count: 64))
    #expect(answer.model == "digits-v3.model")
  }

  @Test func `counts lines of logs that were logged before anybody asked`() throws {
    let cluster = try Worlds.running()
    try cluster.perform(.switchModel("digits/production", to: "broken.model"))
    try cluster.run(until: "digits/production restarts >= 1", within: .minutes(5))
    let lines = try cluster.logs(of: "digits/production").count { $0.text.contains("cannot start") }
    #expect(lines >= 1)
    try cluster.run(until: "digits/production log \"cannot start\" >= \(lines)", within: .zero)
    #expect(throws: RehearsalError.self) {
      try cluster.run(until: "digits/production log \"cannot start\" > \(lines)", within: .zero)
    }
  }

  @Test func `ends with its checks judged, and can be looked at afterwards`() throws {
    let scenario = try Worlds.digits(
      duration: .minutes(5),
      expect: [
        .always("digits/production available >= 3", .from(.minutes(2))),
        .atEnd("digits/production restarts = 0"),
      ])
    let cluster = try Rehearsal(scenario, seed: 4)
    try cluster.run(for: .minutes(3))
    try cluster.perform(.crash("digits/production"))
    let result = try cluster.finish()
    #expect(!result.holds && result.checks.map(\.holds) == [false, false])
    #expect(result.checks[0].failedAt.map { $0 >= .minutes(3) } == true)
    #expect(result.seed == 4 && cluster.now == .minutes(5))
    #expect("\(result)".contains("digits  (seed 4)"))
    #expect("\(result)".contains("Worlds.swift:") == false)
    #expect("\(result)".contains("RehearsalTests.swift:"))
    #expect("\(result)".contains("again     swift test --filter 'AndruckTests'"))
    #expect(try cluster.finish().digest == result.digest)
    #expect(cluster["digits/production"].restarts == 1)
    #expect(cluster.pods.count == 3)
    let error = #expect(throws: RehearsalError.self) { try cluster.run(for: .seconds(1)) }
    #expect(error?.code == .ended)
  }

  @Test func `ends where what must be steady is not`() throws {
    let scenario = try Worlds.digits(
      steady: ["digits/production available >= 4"],
      timeline: [.at(.minutes(3), .crash("digits/production"))])
    for run in [
      { try $0.run(for: .minutes(5)) },
      { try $0.run(until: { _ in false }, within: .minutes(5)) },
      { try $0.run(until: "digits/production restarts > 0", within: .minutes(5)) },
    ] as [(Rehearsal) throws -> Void] {
      let cluster = try Rehearsal(scenario)
      let error = try #require(#expect(throws: RehearsalError.self) { try run(cluster) })
      #expect(error.code == .ended)
      #expect(error.message.hasPrefix("what must be steady before the timeline was not"))
      #expect(cluster.now == .minutes(3))
      let result = try cluster.finish()
      #expect(!result.holds && result.missed == ["entry 1"])
    }
  }

  @Test func `goes no further than its story`() throws {
    let cluster = try Worlds.running(duration: .minutes(3))
    let error = #expect(throws: RehearsalError.self) { try cluster.run(for: .minutes(5)) }
    #expect(error?.code == .ended)
    #expect(cluster.now == .minutes(3))
    let other = #expect(throws: RehearsalError.self) {
      try cluster.run(until: { _ in false }, within: .seconds(1))
    }
    #expect(other?.code == .ended)
    #expect(cluster.stop().holds)
  }
}
