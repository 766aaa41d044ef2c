import Glibc
import SimulationKernel
import Synchronization
import Testing

@Suite struct `Event queue` {
  @Test func `events happen in order of time, ties in order of scheduling`() {
    let simulation = Simulation(seed: 1)
    var seen: [String] = []
    simulation.schedule(after: .seconds(2)) { seen.append("c") }
    simulation.schedule(after: .seconds(1)) { seen.append("a") }
    simulation.schedule(after: .seconds(1)) {
      seen.append("b")
      simulation.schedule(after: .zero) { seen.append("b2") }
    }
    while simulation.step() {}
    #expect(seen == ["a", "b", "b2", "c"])
    #expect(simulation.now == .zero + .seconds(2))
  }

  @Test func `ten thousand random events come out sorted`() {
    let simulation = Simulation(seed: 7)
    let stream = simulation.randomStream("test")
    var seen: [Int64] = []
    for _ in 0..<10_000 {
      simulation.schedule(afterNanoseconds: Int64(stream.integer(below: 500))) {
        seen.append(simulation.now.nanoseconds)
      }
    }
    while simulation.step() {}
    #expect(seen.count == 10_000)
    #expect(seen == seen.sorted())
  }

  @Test func `a cancelled event does not happen, and its slot may be used again`() {
    let simulation = Simulation(seed: 1)
    var seen = 0
    let timer = simulation.schedule(after: .seconds(1)) { seen += 1 }
    timer.cancel()
    while simulation.step() {}
    simulation.schedule(after: .seconds(1)) { seen += 10 }
    timer.cancel()
    while simulation.step() {}
    #expect(seen == 10)
  }

  @Test func `run until stops at the horizon and sets the clock to it`() throws {
    let simulation = Simulation(seed: 1)
    var seen = 0
    for second in 1...10 { simulation.schedule(after: .seconds(second)) { seen += 1 } }
    try simulation.run(until: .zero + .milliseconds(4500))
    #expect(seen == 4)
    #expect(simulation.now == .zero + .milliseconds(4500))
  }
}

@Suite struct `Random streams and trace` {
  @Test func `a new consumer with a name of its own shifts no other stream`() {
    let alone = Simulation(seed: 3).randomStream("network/loss")
    let beside = Simulation(seed: 3)
    _ = beside.randomStream("traffic").next()
    #expect(
      (0..<100).map { _ in alone.next() }
        == (0..<100).map { _ in beside.randomStream("network/loss").next() })
  }

  @Test func `whole numbers are spread evenly`() {
    let stream = Simulation(seed: 5).randomStream("dice")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[stream.integer(below: 6)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 }, "\(counts)")
  }

  @Test func `the digest depends on events, on their order, and on every random draw`() {
    func digest(_ body: (Simulation) -> Void) -> String {
      let simulation = Simulation(seed: 1)
      _ = simulation.randomStream("a")
      body(simulation)
      return simulation.trace.finish()
    }
    let plain = digest { $0.trace.record("a", "x", [("n", 1)]) }
    #expect(plain == digest { $0.trace.record("a", "x", [("n", 1)]) })
    #expect(plain != digest { $0.trace.record("a", "x", [("n", 2)]) })
    #expect(plain != digest { $0.trace.record("a", "x", [("n", "1")]) })
    #expect(
      plain
        != digest {
          _ = $0.randomStream("a").next()
          $0.trace.record("a", "x", [("n", 1)])
        })
    #expect(
      plain
        != digest {
          $0.trace.record("a", "x", [("n", 1)])
          $0.trace.absorb([0])
        })
  }
}

private actor Log {
  var lines: [String] = []
  func add(_ line: String) { lines.append(line) }
}

@Sendable private func busyWorld() async throws -> [String] {
  let log = Log()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for worker in 0..<20 {
      group.addTask {
        for _ in 0..<20 {
          try await Task.sleep(for: .milliseconds(Int.random(in: 1...1000)))
          await log.add("\(worker)@\(ContinuousClock.now)")
          await Task.yield()
        }
        await Task {
          try? await Task.sleep(nanoseconds: 1_000_000_000)
          await log.add("\(worker)@\(SuspendingClock.now) \(time(nil))")
        }.value
      }
    }
    try await group.waitForAll()
  }
  return await log.lines
}

@Suite struct `Async Swift in virtual time` {
  @Test func `the self-check passes`() throws { try Simulation.selfCheck() }

  @Test(arguments: 0..<12) func `unmodified async code replays, in parallel simulations`(
    _ number: Int
  ) throws {
    let seed = UInt64(number % 3)
    let first = try Simulation(seed: seed).run(busyWorld)
    let second = try Simulation(seed: seed).run(busyWorld)
    #expect(first.count == 420)
    #expect(first == second)
    #expect(try Simulation(seed: seed + 1).run(busyWorld) != first)
  }

  @Test func `every way to read the wall clock tells virtual time`() throws {
    let seconds = try Simulation(seed: 1, epochSeconds: 1_000_000).run {
      try await Task.sleep(for: .seconds(90))
      var spec = timespec()
      timespec_get(&spec, TIME_UTC)
      var value = timeval()
      gettimeofday(&value, nil)
      return [time(nil), spec.tv_sec, value.tv_sec]
    }
    #expect(seconds == [1_000_090, 1_000_090, 1_000_090])
  }

  @Test func `real time still works outside`() async throws {
    _ = Simulation(seed: 1)
    let start = ContinuousClock.now
    try await Task.sleep(for: .milliseconds(30))
    #expect(ContinuousClock.now - start >= .milliseconds(29))
  }

  #if compiler(>=6.3)
    @Test func `main actor code inside a simulation is reported, not passed over`() {
      #expect(throws: SimulationError.self) {
        try Simulation(seed: 1).run { await MainActor.run { 1 } + 1 }
      }
    }
  #else
    @Test func `main actor code inside a simulation is routed too`() throws {
      #expect(try Simulation(seed: 1).run { await MainActor.run { 1 } + 1 } == 2)
    }
  #endif

  @Test func `a deadlock names who waits for what`() throws {
    let simulation = Simulation(seed: 9)
    _ = simulation.beginWait("client digits", for: "an answer to call 7")
    let error = #expect(throws: SimulationError.self) {
      try simulation.run {
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
    }
    #expect(error?.code == .deadlock)
    #expect(error?.message.contains("client digits waits for an answer to call 7") == true)
    #expect(error?.message.contains("seed 9") == true)
  }

  @Test func `a task resumed by a foreign thread is reported as an escape`() throws {
    let simulation = Simulation(seed: 1)
    let thread = ForeignThread()
    simulation.schedule(after: .seconds(1)) { thread.join() }
    let error = #expect(throws: SimulationError.self) {
      try simulation.run {
        await withUnsafeContinuation { thread.resumeLater($0) }
        try await Task.sleep(for: .seconds(1))
      }
    }
    #expect(error?.code == .escape)
  }
}

/// A thread that no simulation knows, which resumes a continuation after the task has suspended.
private final class ForeignThread: @unchecked Sendable {
  private var thread = pthread_t()
  private var continuation: UnsafeContinuation<Void, Never>?

  func resumeLater(_ continuation: UnsafeContinuation<Void, Never>) {
    self.continuation = continuation
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        usleep(20_000)
        Unmanaged<ForeignThread>.fromOpaque(argument).takeRetainedValue().continuation?.resume()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
