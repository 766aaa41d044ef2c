import Glibc
import Testing

@testable import SimulationKernel

@Suite struct `Sleep in a simulation` {
  /// Ways to sleep that the simulation takes itself, and one that goes through the runtime.
  enum Way: String, CaseIterable, Sendable {
    case nanoseconds, duration, suspendingDuration, continuous, suspending, anyClock, runtime

    func sleep(milliseconds: Int64) async throws {
      switch self {
      case .nanoseconds: try await Task.sleep(nanoseconds: UInt64(milliseconds) * 1_000_000)
      case .duration: try await Task.sleep(for: .milliseconds(milliseconds))
      case .suspendingDuration:
        try await Task.sleep(
          for: .milliseconds(milliseconds), tolerance: .milliseconds(7), clock: .suspending)
      case .continuous:
        let clock = ContinuousClock()
        try await clock.sleep(until: clock.now + .milliseconds(milliseconds), tolerance: nil)
      case .suspending:
        let clock = SuspendingClock()
        try await clock.sleep(
          until: clock.now + .milliseconds(milliseconds), tolerance: .milliseconds(7))
      case .anyClock:
        let clock: any Clock<Duration> = ContinuousClock()
        try await clock.sleep(for: .milliseconds(milliseconds))
      case .runtime:
        let clock = ContinuousClock()
        try await Task.sleep(until: clock.now + .milliseconds(milliseconds), clock: clock)
      }
    }
  }

  /// Sleepers that end together, one after another, and some that are cancelled.
  @Sendable private static func crowd(_ way: Way) async -> [String] {
    let log = SleepLog()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        let task = Task {
          for turn in 0..<3 {
            do {
              try await way.sleep(milliseconds: Int64((number * 7 + turn * 5) % 10))
              await log.add("\(number) slept at \(ContinuousClock.now)")
            } catch {
              await log.add("\(number) \(type(of: error)) at \(ContinuousClock.now)")
            }
          }
        }
        group.addTask { await task.value }
        guard number % 4 == 0 else { continue }
        group.addTask {
          try? await way.sleep(milliseconds: Int64(number % 9))
          task.cancel()
        }
      }
    }
    return await log.lines
  }

  @Test func `every way to sleep takes the same events in the same order`() throws {
    var seen: [Way: (lines: [String], events: Int)] = [:]
    for way in Way.allCases {
      let simulation = Simulation(seed: 1)
      let lines = try simulation.run { await Self.crowd(way) }
      while simulation.step() {}
      seen[way] = (lines, simulation.eventCount)
      #expect((simulation.sleepers.mostAtOnce > 0) == (way != .runtime), "\(way)")
    }
    let runtime = try #require(seen[.runtime])
    #expect(runtime.lines.count == 120)
    #expect(runtime.lines.contains { $0.contains("CancellationError") })
    for way in Way.allCases {
      #expect(seen[way]?.lines == runtime.lines, "\(way)")
      #expect(seen[way]?.events == runtime.events, "\(way)")
    }
  }

  @Test(arguments: Way.allCases) func `a cancelled sleep ends at once, with the right error`(
    _ way: Way
  ) throws {
    let slept = try Simulation(seed: 1).run {
      let start = ContinuousClock.now
      let task = Task { try await way.sleep(milliseconds: 3_600_000) }
      try await way.sleep(milliseconds: 250)
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      return start.duration(to: .now)
    }
    #expect(slept == .milliseconds(250))
  }

  @Test(arguments: Way.allCases) func `a task that was cancelled before does not sleep`(
    _ way: Way
  ) throws {
    let slept = try Simulation(seed: 1).run {
      let start = ContinuousClock.now
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await way.sleep(milliseconds: 3_600_000)
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      return start.duration(to: .now)
    }
    #expect(slept == .zero)
  }

  @Test func `the longest sleep is not over at once`() throws {
    let over = try Simulation(seed: 1).run {
      let over = SleepLog()
      let sleepers = [
        Task {
          try await Task.sleep(nanoseconds: .max)
          await over.add("nanoseconds")
        },
        Task {
          try await Task.sleep(for: .seconds(Int64.max / 2))
          await over.add("for")
        },
        Task {
          let clock = ContinuousClock()
          try await Task.sleep(until: clock.now + .seconds(Int64.max / 2), clock: clock)
          await over.add("runtime")
        },
      ]
      try await Task.sleep(for: .seconds(365 * 86_400))
      for sleeper in sleepers {
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
      }
      return await over.lines
    }
    #expect(over.isEmpty)
  }

  @Test(arguments: Way.allCases) func `outside a simulation a sleep takes its time`(
    _ way: Way
  ) async throws {
    _ = Simulation(seed: 1)
    let start = ContinuousClock.now
    try await way.sleep(milliseconds: 20)
    #expect(start.duration(to: .now) >= .milliseconds(20))
    let task = Task { try await way.sleep(milliseconds: 3_600_000) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test(arguments: Way.allCases) func `a task that still sleeps keeps no simulation`(
    _ way: Way
  ) throws {
    weak var gone: Simulation?
    do {
      let simulation = Simulation(seed: 1)
      gone = simulation
      try simulation.run {
        Task { try await way.sleep(milliseconds: 3_600_000) }
        try await way.sleep(milliseconds: 1)
      }
    }
    #expect(gone == nil)
  }

  @Test(arguments: Way.allCases) func `a simulation within another one may cancel its sleepers`(
    _ way: Way
  ) throws {
    let slept = try Simulation(seed: 1).run {
      let start = ContinuousClock.now
      let task = Task { try await way.sleep(milliseconds: 3_600_000) }
      try await way.sleep(milliseconds: 5)
      try Simulation(seed: 2).run {
        task.cancel()
        try await way.sleep(milliseconds: 60_000)
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      return start.duration(to: .now)
    }
    #expect(slept == .milliseconds(5))
  }

  @Test func `a sleep that a foreign thread cancels is reported as an escape`() throws {
    let simulation = Simulation(seed: 1)
    let canceller = Canceller()
    simulation.schedule(after: .seconds(1)) { canceller.cancelFromThread() }
    let error = #expect(throws: SimulationError.self) {
      try simulation.run {
        let task = Task { try await Task.sleep(nanoseconds: 5_000_000_000) }
        canceller.task = task
        try await task.value
      }
    }
    #expect(error?.code == .escape)
  }
}

@Suite struct `Numbers of sleepers` {
  @Test func `a number is used again only when function and event are through with it`() {
    var sleepers = Sleepers()
    let first = sleepers.began()
    #expect(sleepers.taskCancelled(first) == nil)
    sleepers.ended(first)
    #expect(sleepers.began() == first, "cancelled early: no event has it")
    let second = sleepers.began()
    #expect(second != first)
  }

  /// Calls `body` with a continuation for the machine to pass on, and resumes that itself.
  private static func withContinuation(
    _ body: (UnsafeContinuation<Void, any Error>) -> Void
  ) async throws {
    try await withUnsafeThrowingContinuation { continuation in
      body(continuation)
      continuation.resume()
    }
  }

  @Test func `a cancelled sleeper keeps its number up to its event`() async throws {
    try await Self.withContinuation { continuation in
      var sleepers = Sleepers()
      let first = sleepers.began()
      guard case .schedule = sleepers.suspended(first, continuation) else {
        Issue.record("no event is scheduled")
        return
      }
      #expect(sleepers.taskCancelled(first) != nil)
      #expect(sleepers.taskCancelled(first) == nil)
      sleepers.ended(first)
      #expect(sleepers.began() == first + 1)
      #expect(sleepers.timeCame(first) == nil)
      #expect(sleepers.began() == first)
    }
  }

  @Test func `who wakes cannot be cancelled any more, and keeps the number up to the end`()
    async throws
  {
    try await Self.withContinuation { continuation in
      var sleepers = Sleepers()
      let first = sleepers.began()
      _ = sleepers.suspended(first, continuation)
      #expect(sleepers.timeCame(first) != nil)
      #expect(sleepers.taskCancelled(first) == nil)
      #expect(sleepers.began() == first + 1)
      sleepers.ended(first)
      #expect(sleepers.began() == first)
    }
  }

  @Test func `a cancelled sleeper whose event comes first keeps its number up to the end`()
    async throws
  {
    try await Self.withContinuation { continuation in
      var sleepers = Sleepers()
      let first = sleepers.began()
      _ = sleepers.suspended(first, continuation)
      #expect(sleepers.taskCancelled(first) != nil)
      #expect(sleepers.timeCame(first) == nil)
      #expect(sleepers.began() == first + 1)
      sleepers.ended(first)
      #expect(sleepers.began() == first)
    }
  }

  @Test func `a task that was cancelled before gets no event`() async throws {
    try await Self.withContinuation { continuation in
      var sleepers = Sleepers()
      let first = sleepers.began()
      #expect(sleepers.taskCancelled(first) == nil)
      guard case .refuse = sleepers.suspended(first, continuation) else {
        Issue.record("an event is scheduled")
        return
      }
      sleepers.ended(first)
      #expect(sleepers.began() == first)
    }
  }
}

private actor SleepLog {
  var lines: [String] = []
  func add(_ line: String) { lines.append(line) }
}

/// Cancels a task on a thread that no simulation knows.
private final class Canceller: @unchecked Sendable {
  var task: Task<Void, any Error>?

  func cancelFromThread() {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Canceller>.fromOpaque(argument).takeUnretainedValue().task?.cancel()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    pthread_join(thread, nil)
  }
}
