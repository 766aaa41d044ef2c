package import SimulationKernel

/// Where moments of a story lie in virtual time, as far as that is known.
package struct Moments {
  private var entries: [String: SimulationTime] = [:]

  /// Says when an entry of the timeline happened.
  package mutating func happened(_ entry: String, at time: SimulationTime) {
    entries[entry] = time
  }

  /// The time of a moment; nil while the entry that it counts from has not happened.
  package func time(_ moment: Moment) -> SimulationTime? {
    guard let entry = moment.entry else { return .zero + moment.offset }
    return entries[entry].map { $0 + moment.offset }
  }
}

/// One check as it is evaluated on the trace.
struct CheckRun {
  private enum State {
    /// The window has not begun.
    case waiting
    /// The window is open.
    case open(since: SimulationTime)
    /// The outcome is known.
    case done(CheckOutcome)
  }

  let check: Check
  private var state = State.waiting
  private var tally = RequestTally()

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
      state = .open(since: start)
    }
    guard case .open(let start) = state else { return false }
    let end = windowEnd(from: start, moments)
    if check.kind == .atEnd || (check.kind == .over && end.map { now <= $0 } ?? true) {
      return false
    }
    let judged = judge(observations, from: start, until: end)
    switch check.kind {
    case .always, .never:
      if let end, now > end { return settle(.passed("held until \(end)")) }
      if judged.holds == (check.kind == .always) { return false }
      return settle(.failed(at: now, seen: judged.seen))
    case .eventually:
      if let end, now > end { return settle(.failed(at: end, seen: judged.seen)) }
      return judged.holds ? settle(.passed("at \(now), \(judged.seen)")) : false
    case .over: return settleAtEnd(judged, at: end ?? now)
    case .atEnd: return false
    }
  }

  private mutating func judge(
    _ observations: Observations, from start: SimulationTime, until end: SimulationTime?
  ) -> Judgement {
    let service = check.condition.service
    if check.condition.metric.isOverRequests {
      tally.take(observations.requests(service), from: start, until: end ?? .distantFuture)
    }
    return check.condition.judge(observations.state(service), tally)
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
    case .open(let start):
      let judged = judge(observations, from: start, until: windowEnd(from: start, moments))
      switch check.kind {
      case .always, .never: return settle(.passed("held until the end"))
      case .eventually: return settle(.failed(at: now, seen: judged.seen))
      case .over, .atEnd: return settleAtEnd(judged, at: now)
      }
    }
  }

  private func windowEnd(from start: SimulationTime, _ moments: Moments) -> SimulationTime? {
    if let within = check.within { return start + within }
    return check.until.flatMap(moments.time)
  }

  private mutating func settleAtEnd(_ judged: Judgement, at time: SimulationTime) -> Bool {
    settle(judged.holds ? .passed(judged.seen) : .failed(at: time, seen: judged.seen))
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
