internal import CInterpose

extension Simulation {
  /// Suspends the task up to a time, in nanoseconds; the shell of `Sleepers`.
  ///
  /// It takes the events that the runtime would take: one at the deadline, which resumes the task,
  /// so that the task's job is the second. Nothing but the suspension stands between the two calls that
  /// watch for cancellation, as CInterpose asks.
  @inline(__always)
  fileprivate func sleep(until deadline: Int64) async throws {
    let number = sleepers.began()
    let watch = andruck_sleep_began(identifier, number)
    defer {
      andruck_sleep_ended(watch)
      sleepers.ended(number)
    }
    try await withUnsafeThrowingContinuation { continuation in
      switch sleepers.suspended(number, continuation) {
      case .schedule: enqueue(.wake(number), at: deadline)
      case .refuse: continuation.resume(throwing: CancellationError())
      }
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

// What `Task.sleep` and the clocks' `sleep` of a program come to in a simulation: CInterpose's
// sleep_hooks.c calls them by these names, and only on a thread that runs one.

private func runningSimulation() -> Simulation {
  guard let simulation = JobRouter.current else {
    preconditionFailure("a simulated sleep on a thread that runs no simulation")
  }
  return simulation
}

/// `Task.sleep(nanoseconds:)`.
@_silgen_name("andruck_sleep_nanoseconds")
@concurrent
package func sleepSimulated(nanoseconds: UInt64) async throws {
  let simulation = runningSimulation()
  let delay = Int64(clamping: nanoseconds)
  try await simulation.sleep(until: simulation.deadline(afterNanoseconds: delay))
}

extension ContinuousClock {
  /// `sleep(until:tolerance:)`.
  @_silgen_name("andruck_sleep_continuous")
  @concurrent
  package func sleepSimulated(until deadline: Instant, tolerance: Duration?) async throws {
    let simulation = runningSimulation()
    let delay = now.duration(to: deadline).wholeNanoseconds
    try await simulation.sleep(until: simulation.deadline(afterNanoseconds: delay))
  }
}

extension SuspendingClock {
  /// `sleep(until:tolerance:)`.
  @_silgen_name("andruck_sleep_suspending")
  @concurrent
  package func sleepSimulated(until deadline: Instant, tolerance: Duration?) async throws {
    let simulation = runningSimulation()
    let delay = now.duration(to: deadline).wholeNanoseconds
    try await simulation.sleep(until: simulation.deadline(afterNanoseconds: delay))
  }
}
