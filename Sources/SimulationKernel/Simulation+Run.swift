internal import CInterpose

extension Simulation {
  /// Performs the next event; false if none is left.
  @discardableResult
  public func step() -> Bool {
    inside { performNext(until: .max) }
  }

  /// Performs all events up to and at `horizon`, then sets the clock to it.
  public func run(until horizon: SimulationTime) throws {
    try inside {
      while performNext(until: horizon.nanoseconds) { try throwIfEscaped() }
    }
    advance(to: horizon.nanoseconds)
  }

  /// Performs all events of the next `duration`.
  public func run(for duration: Duration) throws { try run(until: now + duration) }

  /// Performs events until `condition` holds after one, or none is left up to `horizon`.
  ///
  /// - Returns: Whether the condition holds.
  @discardableResult
  public func run(
    until horizon: SimulationTime, or condition: () -> Bool
  ) throws -> Bool {
    try inside {
      if condition() { return true }
      while performNext(until: horizon.nanoseconds) {
        try throwIfEscaped()
        if condition() { return true }
      }
      advance(to: horizon.nanoseconds)
      return false
    }
  }

  /// Runs `body`, and all that it starts, in virtual time, until it returns.
  ///
  /// `Task.sleep`, `ContinuousClock`, `SuspendingClock`, `Date()`, `DispatchTime.now()` and
  /// `Int.random(in:)` in it follow the virtual clock and the seed.
  /// - Throws: What `body` throws, or a `SimulationError` for a deadlock or an escape.
  public func run<Output: Sendable>(
    _ body: @escaping @Sendable () async throws -> Output
  ) throws -> Output {
    let result = ResultBox<Output>()
    return try inside {
      Task.detached {
        do { result.value = .success(try await body()) } catch { result.value = .failure(error) }
      }
      while !result.isThere {
        guard performNext(until: .max) else {
          try throwIfEscaped()
          throw deadlock("the body of run")
        }
        try throwIfEscaped()
      }
      guard let value = result.value else { preconditionFailure("run ended without a result") }
      return try value.get()
    }
  }

  /// Runs `body` as this thread's current simulation; may be nested.
  func inside<Output>(_ body: () throws -> Output) rethrows -> Output {
    let previous = andruck_simulation_enter(state)
    defer { andruck_simulation_leave(previous) }
    return try body()
  }

  private func throwIfEscaped() throws {
    let escapes = andruck_escapes(state)
    if escapes == 0 { return }
    throw SimulationError(
      code: .escape,
      message: "escape at \(now), seed \(seed): \(escapes) task(s) of the simulation were resumed"
        + " by a thread outside it; await only what the simulation itself completes")
  }
}

/// Where the body of `run` leaves its result; only the simulation's thread touches it.
private final class ResultBox<Output>: @unchecked Sendable {
  var value: Result<Output, any Error>? { didSet { isThere = true } }
  /// Asked after each event: a look at a generic `value` costs as much as the event.
  @exclusivity(unchecked) private(set) var isThere = false
}
