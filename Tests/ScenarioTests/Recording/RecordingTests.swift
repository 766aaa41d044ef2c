import JSON
import Scenario
import SimulationKernel
import TestSupport
import Testing

extension Library {
  /// Runs a scenario with a recording of what it showed.
  static func record(_ scenario: ScenarioFile) throws -> (result: RunResult, recording: Recording) {
    let runner = ScenarioRunner(
      scenario, seed: scenario.seed, readFile: { Fixture.absolute($0) })
    runner.records = true
    let result = try runner.run()
    return (result, try #require(result.recording))
  }
}

extension Story {
  /// Runs a text below `Scenarios` with a recording of what it showed.
  static func record(_ text: String) throws -> (result: RunResult, recording: Recording) {
    try Library.record(
      try #require(
        try ScenarioReader.readAll(
          head + text, path: "\(Fixture.root)/Scenarios/test.yaml",
          fileExists: { Fixture.exists($0) }, readFile: { Fixture.absolute($0) }
        ).first))
  }
}

@Suite struct `A recording` {
  @Test(arguments: [
    "failed-rollout.yaml", "wait-seconds-too-short.yaml", "service-levels/retry-storm.yaml",
    "service-levels/two-models-compared.yaml",
  ])
  func `leaves the digest as it is and counts every request once`(_ name: String) throws {
    let scenario = try #require(try Library.read(name).first)
    let (result, recording) = try Library.record(scenario)
    #expect(try Library.run(scenario).digest == result.digest)
    #expect(recording.leftOut == Recording.LeftOut())
    #expect(recording.end == result.virtualTime)
    let totals = recording.services.map(\.requests.total)
    #expect(totals.reduce(0) { $0 + $1.sent - $1.open } == result.requests.ended)
    #expect(totals.reduce(0) { $0 + $1.answered } == result.requests.answered)
    for service in recording.services {
      let requests = service.requests
      #expect(requests.buckets.count <= RecordingLimits.bucketsMax)
      #expect(requests.buckets.reduce(0) { $0 + $1.sent } == requests.total.sent)
      #expect(requests.buckets.reduce(0) { $0 + $1.wrong } == requests.total.wrong)
      for index in requests.statuses.indices {
        let sum = requests.buckets.reduce(0) { $0 + $1.failures[index] }
        #expect(sum == requests.total.failures[index])
        #expect(sum > 0)
      }
      for index in requests.models.indices {
        let sum = requests.buckets.reduce(0) { $0 + $1.answers[index] }
        #expect(sum == requests.total.answers[index])
      }
      #expect(requests.total.answers.reduce(0, +) == requests.total.answered)
    }
  }

  @Test func `shows what the checks saw`() throws {
    let (result, recording) = try Story.record(
      """
      duration: 4m
      include: [{ file: shared/digits.yaml, with: { rate: 20/s, predictCPU: 20ms } }]
      timeline:
        - { name: crash, at: 150s, crash: digits/production, pods: 3 }
      expect:
        - atEnd: digits/production ready >= 99
        - atEnd: digits/production restarts >= 99
        - over: digits/production p99 latency < 1ns
        - over: digits/production failures > 99999
        - { eventually: digits/production ready = 0, from: 2m, within: 1m }
        - { never: digits/production available < 3, from: 2m }
      """)
    let seen = result.checks.map { report in
      switch report.outcome {
      case .passed(let seen): seen
      case .failed(_, let seen): seen
      }
    }
    let service = recording.services[0]
    #expect(seen[0] == "3" && service.ready.last == 3)
    #expect(seen[1] == "\(recording.pods.reduce(0) { $0 + $1.restarts })")
    let p99 = try #require(service.requests.total.latency.nanoseconds[2])
    #expect(seen[2] == Units.text(.nanoseconds(p99)))
    let total = service.requests.total
    #expect(seen[3] == "\(total.failed) of \(total.sent - total.open)")
    #expect(total.failed > 0)
    let empty = try #require(service.ready.points.first { $0.value == 0 && $0.time.seconds > 120 })
    #expect(seen[4] == "at \(empty.time), 0")
    guard case .failed(let time, _) = result.checks[5].outcome else {
      Issue.record("the service was never down")
      return
    }
    #expect((service.available.value(at: time) ?? 0) < 3)
    #expect(recording.marks.contains { $0.kind == .check && $0.from == time })
    #expect(recording.pods.flatMap(\.exits).filter { $0.code == 1 }.count == 3)
  }

  @Test func `counts what is sent together, and what has not ended`() throws {
    let (result, recording) = try Story.record(
      """
      duration: 3m
      include: [shared/digits.yaml]
      traffic:
        - name: crowd
          to: digits/production
          rate: 2000/s
          from: 1m
          arrivals: constant
          aggregate: 100ms
          deadline: 30s
          generate: { length: 64 }
      expect: [{ over: digits/production requests > 0 }]
      """)
    let total = recording.services[0].requests.total
    #expect(total.sent - total.open == result.requests.ended)
    #expect(total.open > 0)
    #expect(total.sent > 239_000 && total.sent < 241_000)
  }

  @Test func `tells how long what was done and what was broken lasted`() throws {
    let (_, recording) = try Story.record(
      """
      duration: 6m
      include: [shared/digits.yaml]
      timeline:
        - { at: 2m, fault: registry down, for: 30s }
        - { at: 130s, cordon: production-1 }
        - { at: 140s, uncordon: production-1 }
        - { at: 150s, nodeDown: production-2 }
        - { at: 160s, switch: digits/production, to: digits-v2.model }
        - { at: 170s, fault: scheduler paused }
      expect: [{ over: digits/production requests > 0 }]
      """)
    let marks = recording.marks.map {
      "\($0.kind) \($0.label) \($0.from.seconds)-\($0.until.map { "\($0.seconds)" } ?? "")"
    }
    #expect(
      marks == [
        "action digits/production deployed 2.0-", "fault registry down 120.0-150.0",
        "action production-1 cordoned 130.0-140.0", "action production-1 uncordoned 140.0-",
        "fault production-2 without power 150.0-360.0",
        "action digits/production switched to digits-v2.model 160.0-",
        "fault scheduler paused 170.0-360.0",
      ])
    #expect(recording.nodes[1].ready.last == "Unknown")
  }

  @Test func `follows pods from their creation to their end`() throws {
    let (_, recording) = try Library.record(
      #require(try Library.read("failed-rollout.yaml").first))
    #expect(recording.pods.count == 7)
    for pod in recording.pods {
      #expect(pod.changes.first?.state == .pending)
      #expect(!pod.node.isEmpty)
      let times = pod.changes.map(\.time)
      #expect(times == times.sorted())
      #expect((pod.deleted == nil) == (pod.toldToStop == nil))
      #expect(pod.why == (pod.deleted == nil ? nil : "its ReplicaSet had one pod too many"))
    }
    let broken = recording.pods[3]
    #expect(broken.readyTimes(until: recording.end).isEmpty)
    #expect(broken.exits.allSatisfy { $0.code == 255 })
    #expect(broken.changes.contains { $0.state == .backOff && $0.reason == "CrashLoopBackOff" })
    let revisions = recording.services[0].revisions
    #expect(revisions.map(\.number) == [1, 2, 3])
    #expect(revisions.map { $0.pods.last } == [0, 0, 3])
    #expect(revisions[1].ready.points.allSatisfy { $0.value == 0 })
    // Whoever is ready is a pod of some revision.
    for point in recording.services[0].ready.points where point.time > .zero {
      #expect(revisions.reduce(0) { $0 + ($1.pods.value(at: point.time) ?? 0) } >= point.value ?? 0)
    }
  }
}

@Suite struct `A series of a recording` {
  @Test func `keeps changes only, and the last one beyond its limit`() {
    var series = StepSeries<Int>()
    for (index, value) in [1, 1, 2, 2, 3, 4, 4].enumerated() {
      series.note(value, at: SimulationTime(nanoseconds: Int64(index)), limit: 3)
    }
    #expect(series.points.map(\.value) == [1, 2, 4])
    #expect(series.leftOut == 1)
    #expect(series.value(at: SimulationTime(nanoseconds: 3)) == 2)
    #expect(StepSeries<Int>().value(at: .zero) == nil)
  }
}
