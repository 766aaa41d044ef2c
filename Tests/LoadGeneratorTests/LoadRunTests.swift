import GRPC
import LoadGenerator
import Measurement
import TestSupport
import Testing
import Transport

@Suite struct LoadRunTests {
  /// The truth about an open load, computed from its schedule and the server's.
  private func truth(
    _ service: ServiceTime, perSecond: Int64, seconds: Int64
  ) -> LatencyHistogram {
    var histogram = LatencyHistogram()
    for index in 0..<(perSecond * seconds) {
      let intended = index * second / perSecond
      histogram.record(service.answerTime(arrival: intended) - intended)
    }
    return histogram
  }

  private static let percentiles = [0, 10, 50, 90, 95, 99, 99.9, 99.99, 100]

  @Test func `an open load on a steady server tells its service time`() throws {
    let plan = LoadPlan(.open(ratePerSecond: 200, .constant), until: .time(20 * second))
    let result = try #require(
      LoadRig(plan, ServiceTime(answerNanoseconds: 100 * millisecond)).run(forSeconds: 60))
    #expect(result.statuses == [.ok: 4_000])
    #expect(result.starved == 0)
    for percentile in Self.percentiles {
      let value = Double(result.latencies.percentile(percentile))
      #expect(abs(value / 100e6 - 1) < 0.001, "p\(percentile)")
    }
    #expect(result.lateness.max == 0)
    #expect(abs(result.perSecond - 199) < 1)
  }

  @Test func `an open load on a server that stalls tells all that its clients felt`() throws {
    let service = ServiceTime(
      answerNanoseconds: 10 * millisecond, stallNanoseconds: second,
      everyNanoseconds: 10 * second)
    var plan = LoadPlan(.open(ratePerSecond: 500, .constant), until: .time(40 * second))
    plan.streamsPerConnection = 1_000
    let result = try #require(LoadRig(plan, service).run(forSeconds: 80))
    let truth = truth(service, perSecond: 500, seconds: 40)
    for percentile in Self.percentiles {
      let (said, true_) = (
        result.latencies.percentile(percentile), truth.percentile(percentile)
      )
      #expect(
        abs(Double(said) / Double(true_) - 1) < 0.001, "p\(percentile): \(said), not \(true_)")
    }
  }

  @Test func `calls without a free stream count from when they were meant to begin`() throws {
    let service = ServiceTime(
      answerNanoseconds: 10 * millisecond, stallNanoseconds: second,
      everyNanoseconds: 10 * second)
    var plan = LoadPlan(.open(ratePerSecond: 100, .constant), until: .time(20 * second))
    // A tenth of what a stall would need.
    plan.streamsPerConnection = 10
    let result = try #require(LoadRig(plan, service).run(forSeconds: 80))
    #expect(result.calls == 2_000)
    #expect(result.starved > 50)
    #expect(result.doubts.contains { $0.contains("waited for a free stream") })
    // Nobody who was meant to call within the stall is left out.
    let truth = truth(service, perSecond: 100, seconds: 20)
    #expect(result.latencies.percentile(95) >= truth.percentile(95))
    #expect(result.latencies.percentile(99) >= truth.percentile(99))
  }

  @Test func `a closed load does not feel the stall, which is why there are open ones`() throws {
    let service = ServiceTime(
      answerNanoseconds: 10 * millisecond, stallNanoseconds: second,
      everyNanoseconds: 10 * second)
    let plan = LoadPlan(.closed(concurrency: 1), until: .time(40 * second))
    let result = try #require(LoadRig(plan, service).run(forSeconds: 80))
    let truth = truth(service, perSecond: 500, seconds: 40)
    #expect(result.latencies.percentile(99) * 10 < truth.percentile(99))
  }

  @Test func `a closed load keeps as many calls running as asked for`() throws {
    var plan = LoadPlan(.closed(concurrency: 32), until: .count(3_200))
    plan.connections = 4
    plan.streamsPerConnection = 8
    let rig = LoadRig(plan, ServiceTime(answerNanoseconds: 5 * millisecond))
    let result = try #require(rig.run(forSeconds: 60))
    #expect(result.statuses == [.ok: 3_200])
    // 100 rounds of 5 ms.
    #expect(abs(result.windowNanoseconds - second / 2) < 20 * millisecond)
    #expect(rig.network.connections.count == 4)
  }

  @Test func `a warm-up is not measured`() throws {
    let service = ServiceTime(
      answerNanoseconds: millisecond, stallNanoseconds: second, everyNanoseconds: 4 * second)
    var plan = LoadPlan(.open(ratePerSecond: 100, .constant), until: .time(2 * second))
    // The stall from 4 s to 5 s lies in the warm-up.
    plan.warmUpNanoseconds = 5_500 * millisecond
    let result = try #require(LoadRig(plan, service).run(forSeconds: 60))
    #expect(result.statuses == [.ok: 200])
    #expect(result.latencies.max < 2 * millisecond)
  }

  @Test func `calls end at their deadline, and are told by their status`() throws {
    let service = ServiceTime(
      answerNanoseconds: millisecond, stallNanoseconds: second, everyNanoseconds: 2 * second)
    var plan = LoadPlan(.open(ratePerSecond: 100, .constant), until: .time(4 * second))
    plan.deadlineNanoseconds = 100 * millisecond
    let result = try #require(LoadRig(plan, service).run(forSeconds: 60))
    // Of the stall from 2 s to 3 s all but the last tenth.
    #expect(abs((result.statuses[.deadlineExceeded] ?? 0) - 90) <= 2)
    #expect(result.calls == 400)
    #expect(result.latencies.max < 102 * millisecond)
  }

  @Test func `a connection that breaks is opened again, and what it cost is told`() throws {
    let plan = LoadPlan(.open(ratePerSecond: 100, .constant), until: .time(2 * second))
    let rig = LoadRig(plan, ServiceTime(answerNanoseconds: 50 * millisecond))
    rig.loop.schedule(afterNanoseconds: second) { rig.network.connections[0].far.reset() }
    let result = try #require(rig.run(forSeconds: 60))
    #expect(result.calls == 200)
    #expect((4...6).contains(result.statuses[.unavailable] ?? 0))
    #expect(rig.network.connections.count == 2)
  }

  @Test func `what never ends is told as such`() throws {
    var plan = LoadPlan(.closed(concurrency: 3), until: .time(second))
    plan.drainNanoseconds = 2 * second
    let rig = LoadRig(plan, ServiceTime(answerNanoseconds: 1_000 * second))
    let result = try #require(rig.run(forSeconds: 10))
    #expect(result.unfinished == 3)
    #expect(result.errors == 3)
    // An open load has many more that should have been made.
    plan.shape = .open(ratePerSecond: 50, .constant)
    plan.streamsPerConnection = 3
    let open = try #require(
      LoadRig(plan, ServiceTime(answerNanoseconds: 1_000 * second)).run(forSeconds: 10))
    #expect(open.unfinished == 50)
  }
}
