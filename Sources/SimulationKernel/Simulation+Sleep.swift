internal import CInterpose

extension Simulation {
  /// Suspends the task up to a time, in nanoseconds; the shell of `Sleepers`.
  ///
  /// It takes the events that the runtime would take: one at the deadline, which resumes the task,
  /// so that the task's job is the second. Nothing but the suspension stands between the two calls that
  /// watch for cancellation, as CInterpose asks. The simulation is not held meanwhile: a task that sleeps
  /// when it ends is never resumed, and would keep it for good.
  @inline(__always)
  fileprivate static func sleep(
    in simulation: Unmanaged<Simulation>, until deadline: Int64
  ) async throws {
    let (number, watch) = simulation._withUnsafeGuaranteedRef { simulation in
      let number = simulation.sleepers.began()
      return (number, andruck_sleep_began(simulation.identifier, number))
    }
    defer {
      andruck_sleep_ended(watch)
      simulation._withUnsafeGuaranteedRef { $0.sleepers.ended(number) }
    }
    try await withUnsafeThrowingContinuation { continuation in
      simulation._withUnsafeGuaranteedRef { $0.suspend(number, continuation, until: deadline) }
    }
  }

  private func suspend(
    _ number: Int32, _ continuation: UnsafeContinuation<Void, any Error>, until deadline: Int64
  ) {
    switch sleepers.suspended(number, continuation) {
    case .schedule: enqueue(.wake(number), at: deadline)
    case .refuse: continuation.resume(throwing: CancellationError())
    }
  }

  /// The event of a sleep.
  func wake(_ number: Int32) { sleepers.timeCame(number)?.resume() }

  /// The task of a sleep was cancelled.
  func cancelSleep(_ number: Int32) {
    sleepers.taskCancelled(number)?.resume(throwing: CancellationError())
  }

  /// A time so long from now, or now for a time that has passed.
  fileprivate func deadline(afterNanoseconds delay: Int64) -> Int64 {
    let (sum, overflow) = now.nanoseconds.addingReportingOverflow(max(0, delay))
    return overflow ? .max : sum
  }
}

// What `Task.sleep` and the clocks' `sleep` of a program come to on a thread that runs a simulation:
// CInterpose's sleep_hooks.c calls them by these names. Like those they leave the caller's actor, and an
// executor that the task prefers may have led them to a thread without a simulation by then.

/// `Task.sleep(nanoseconds:)`.
@_silgen_name("andruck_sleep_nanoseconds")
@concurrent
package func sleepSimulated(nanoseconds: UInt64) async throws {
  let delay = Int64(clamping: nanoseconds)
  guard let (simulation, deadline) = running(sleepFor: delay) else {
    return try await sleepByRuntime(.nanoseconds(delay))
  }
  try await Simulation.sleep(in: simulation, until: deadline)
}

extension ContinuousClock {
  /// `sleep(until:tolerance:)`.
  @_silgen_name("andruck_sleep_continuous")
  @concurrent
  package func sleepSimulated(until deadline: Instant, tolerance: Duration?) async throws {
    let delay = now.duration(to: deadline)
    guard let (simulation, deadline) = running(sleepFor: delay.wholeNanoseconds) else {
      return try await sleepByRuntime(delay)
    }
    try await Simulation.sleep(in: simulation, until: deadline)
  }
}

extension SuspendingClock {
  /// `sleep(until:tolerance:)`.
  @_silgen_name("andruck_sleep_suspending")
  @concurrent
  package func sleepSimulated(until deadline: Instant, tolerance: Duration?) async throws {
    let delay = now.duration(to: deadline)
    guard let (simulation, deadline) = running(sleepFor: delay.wholeNanoseconds) else {
      return try await sleepByRuntime(delay)
    }
    try await Simulation.sleep(in: simulation, until: deadline)
  }
}

/// The simulation that this thread runs, and when a sleep in it would end.
@inline(__always)
private func running(sleepFor delay: Int64) -> (Unmanaged<Simulation>, deadline: Int64)? {
  guard let simulation = JobRouter.current else { return nil }
  return (.passUnretained(simulation), simulation.deadline(afterNanoseconds: delay))
}

/// A sleep of the runtime's, which `Task.sleep(until:clock:)` leads to in any case.
private func sleepByRuntime(_ delay: Duration) async throws {
  try await Task.sleep(until: .now + delay, clock: ContinuousClock())
}
