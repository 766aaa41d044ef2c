package import SimulationKernel

/// One check as it is evaluated on the trace.
struct CheckRun {
  private enum State {
    /// The window has not begun.
    case waiting
    /// The window is open.
    case open(Window)
    /// The outcome is known.
    case done(CheckOutcome)
  }

  let check: Check
  private var state = State.waiting

  init(_ check: Check) { self.check = check }

  /// The outcome, once it is known.
  var outcome: CheckOutcome? { if case .done(let outcome) = state { outcome } else { nil } }

  /// Looks at the world after an event.
  ///
  /// - Returns: Whether the check has just failed.
  mutating func observe(
    _ observations: Observations, _ moments: Moments, now: SimulationTime
  ) -> Bool {
    if case .waiting = state, let start = moments.time(check.from), now >= start {
      state = .open(Window(check.condition.measure, from: start, observations, now: now))
    }
    guard check.kind != .steady, case .open(var window) = state else { return false }
    let end = windowEnd(from: window.start, moments)
    if check.kind == .atEnd || (check.kind == .over && end.map { now <= $0 } ?? true) {
      return false
    }
    if check.kind == .over, let end, window.isOpen(observations, until: end) { return false }
    let seen = window.look(observations, until: end, now: now)
    state = .open(window)
    let holds = check.condition.holds(seen)
    switch check.kind {
    case .always, .never:
      if let end, now > end { return settle(.passed("held until \(end)")) }
      if holds == (check.kind == .always) { return false }
      return settle(.failed(at: now, seen: seen.text))
    case .eventually:
      if let end, now > end { return settle(.failed(at: end, seen: seen.text)) }
      return holds ? settle(.passed("at \(now), \(seen.text)")) : false
    case .over: return settleAtEnd(holds, seen, at: end ?? now)
    case .atEnd, .steady: return false
    }
  }

  /// Judges a check that must hold before the timeline begins.
  ///
  /// - Returns: Whether it failed.
  mutating func beforeTimeline(
    _ observations: Observations, _ moments: Moments, now: SimulationTime
  ) -> Bool {
    _ = observe(observations, moments, now: now)
    guard case .open(var window) = state else { return false }
    let seen = window.look(observations, until: nil, now: now)
    return settleAtEnd(check.condition.holds(seen), seen, at: now)
  }

  /// Looks at the world at the end of the story.
  ///
  /// - Returns: Whether the check has just failed.
  mutating func finish(
    _ observations: Observations, _ moments: Moments, now: SimulationTime
  ) -> Bool {
    if observe(observations, moments, now: now) { return true }
    switch state {
    case .done: return false
    case .waiting:
      return settle(
        .failed(
          at: now,
          seen: "its window never began: \(check.from.entry ?? "the start") did not happen"))
    case .open(var window):
      let seen = window.look(
        observations, until: windowEnd(from: window.start, moments), now: now)
      switch check.kind {
      case .always, .never: return settle(.passed("held until the end"))
      case .eventually: return settle(.failed(at: now, seen: seen.text))
      case .over, .atEnd, .steady:
        return settleAtEnd(check.condition.holds(seen), seen, at: now)
      }
    }
  }

  private func windowEnd(from start: SimulationTime, _ moments: Moments) -> SimulationTime? {
    if let within = check.within { return start + within }
    return check.until.flatMap(moments.time)
  }

  private mutating func settleAtEnd(
    _ holds: Bool, _ seen: Observed, at time: SimulationTime
  ) -> Bool {
    settle(holds ? .passed(seen.text) : .failed(at: time, seen: seen.text))
  }

  private mutating func settle(_ outcome: CheckOutcome) -> Bool {
    state = .done(outcome)
    if case .failed = outcome { return true }
    return false
  }
}

/// How a check came out.
package enum CheckOutcome {
  /// It held; what was seen.
  case passed(String)
  /// It did not hold; when, and what was seen then.
  case failed(at: SimulationTime, seen: String)
}
