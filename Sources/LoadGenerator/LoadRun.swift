import GRPC
import Measurement
import Transport

/// One slice of a load: begins calls, measures them, and ends when they have.
final class LoadRun {
  private enum Phase {
    /// Calls begin; those intended before the window's start are not measured.
    case running
    /// No more calls begin.
    case draining
    /// The result was handed over.
    case ended
  }

  private unowned let target: LoadTarget
  private let plan: LoadPlan
  private let end: LoadPlan.End
  private let warmUpNanoseconds: Int64
  private let eventLoop: any EventLoop
  private let clock: () -> Int64
  private let completion: (LoadResult) -> Void

  private var phase = Phase.running
  private var times: IntendedTimes?
  private var result = LoadResult()
  private var startNanoseconds: Int64 = 0
  private var windowStart: Int64 = 0
  private var windowEnd: Int64 = .max
  private var isWindowOpen = false
  private var isWindowClosed = false
  private var isPumping = false
  /// Whether the next call of the schedule was due while no stream was free.
  private var isStarving = false
  private var measured = 0
  private var active = 0
  private var activeMeasured = 0
  private var timer: (any ScheduledTimer)?
  private var generatorBefore: Int64?
  private var serverBefore: Int64?

  init(
    _ target: LoadTarget, plan: LoadPlan, end: LoadPlan.End, warmUpNanoseconds: Int64,
    seed: UInt64, eventLoop: any EventLoop, clock: @escaping () -> Int64,
    completion: @escaping (LoadResult) -> Void
  ) {
    self.target = target
    self.plan = plan
    self.end = end
    self.warmUpNanoseconds = warmUpNanoseconds
    self.eventLoop = eventLoop
    self.clock = clock
    self.completion = completion
    if case .open(let rate, let arrivals) = plan.shape {
      times = IntendedTimes(ratePerSecond: rate, arrivals, seed: seed)
    }
  }

  func begin() {
    startNanoseconds = clock()
    windowStart = startNanoseconds + warmUpNanoseconds
    if case .time(let nanoseconds) = end { windowEnd = windowStart + nanoseconds }
    if warmUpNanoseconds == 0 {
      openWindow()
    } else {
      eventLoop.schedule(afterNanoseconds: warmUpNanoseconds) { [self] in openWindow() }
    }
    if case .time(let nanoseconds) = end {
      eventLoop.schedule(afterNanoseconds: warmUpNanoseconds + nanoseconds) { [self] in
        closeWindow()
        pump()
        eventLoop.schedule(afterNanoseconds: plan.drainNanoseconds) { [self] in giveUp() }
      }
    }
    pump()
  }

  /// A stream is free that was not, or a connection was opened.
  func streamFreed() { pump() }

  private func openWindow() {
    guard !isWindowOpen else { return }
    isWindowOpen = true
    generatorBefore = target.generatorCPU()
    serverBefore = target.serverCPU()
  }

  private func closeWindow() {
    guard isWindowOpen, !isWindowClosed else { return }
    isWindowClosed = true
    result.windowNanoseconds = clock() - windowStart
    result.generatorNanoseconds = Self.difference(target.generatorCPU(), generatorBefore)
    result.serverNanoseconds = Self.difference(target.serverCPU(), serverBefore)
  }

  private static func difference(_ after: Int64?, _ before: Int64?) -> Int64? {
    guard let after, let before else { return nil }
    return after - before
  }

  // MARK: Beginning calls

  private func pump() {
    guard case .running = phase, !isPumping else { return }
    isPumping = true
    switch plan.shape {
    case .closed(let concurrency): pumpClosed(concurrency)
    case .open: pumpOpen()
    }
    isPumping = false
    if case .draining = phase { endIfDrained() }
  }

  private func pumpClosed(_ concurrency: Int) {
    while true {
      let now = clock()
      if now >= windowEnd || hasCountEnded { return drain() }
      guard active < concurrency, begin(intended: now, now: now) else { return }
    }
  }

  private func pumpOpen() {
    while var times {
      let intended = startNanoseconds + times.next
      if intended >= windowEnd || hasCountEnded { return drain() }
      let now = clock()
      guard intended <= now else { return wait(until: intended, now: now) }
      let isMeasured = intended >= windowStart
      guard begin(intended: intended, now: now) else {
        if !isStarving, isMeasured { result.starved += 1 }
        isStarving = true
        return
      }
      if isMeasured {
        // Of calls that wait for streams each one has to, and not only the first.
        if isStarving {
          result.starved += 1
        } else {
          result.lateness.record(now - intended)
        }
      }
      if target.hasFreeStream { isStarving = false }
      times.advance()
      self.times = times
    }
  }

  private var hasCountEnded: Bool {
    if case .count(let count) = end { measured >= count } else { false }
  }

  private func wait(until intended: Int64, now: Int64) {
    timer?.cancel()
    timer = eventLoop.schedule(afterNanoseconds: intended - now) { [self] in pump() }
  }

  /// Makes a call; false when no stream is free.
  private func begin(intended: Int64, now: Int64) -> Bool {
    let timeout = plan.deadlineNanoseconds.map { max(1, intended + $0 - now) }
    let isMeasured = intended >= windowStart
    let isStarted = target.call(timeoutNanoseconds: timeout) { [self] code in
      ended(code, intended: intended, sent: now, isMeasured: isMeasured)
    }
    guard isStarted else { return false }
    active += 1
    if isMeasured {
      measured += 1
      activeMeasured += 1
    }
    return true
  }

  private func ended(_ code: Int, intended: Int64, sent: Int64, isMeasured: Bool) {
    active -= 1
    if isMeasured { activeMeasured -= 1 }
    if case .ended = phase { return }
    let now = clock()
    if isMeasured {
      let status = GRPCStatusCode(rawValue: code) ?? .unknown
      result.statuses[status, default: 0] += 1
      if status == .ok {
        result.latencies.record(now - intended)
        result.serviceTimes.record(now - sent)
      }
    }
    if isWindowOpen, !isWindowClosed, now < windowEnd { result.endedInWindow += 1 }
    switch phase {
    case .running: pump()
    case .draining: endIfDrained()
    case .ended: break
    }
  }

  // MARK: The end

  private func drain() {
    guard case .running = phase else { return }
    phase = .draining
    timer?.cancel()
    // Of a window of time its own timer tells when to give up.
    if case .count = end {
      eventLoop.schedule(afterNanoseconds: plan.drainNanoseconds) { [self] in giveUp() }
    }
  }

  private func endIfDrained() {
    guard active == 0, case .draining = phase else { return }
    if case .count = end { closeWindow() }
    // A window of time is closed by its own timer.
    guard isWindowClosed else {
      return _ = eventLoop.schedule(afterNanoseconds: 100_000) { [self] in endIfDrained() }
    }
    phase = .ended
    completion(result)
  }

  private func giveUp() {
    if case .ended = phase { return }
    closeWindow()
    result.unfinished = activeMeasured
    // Calls that were due and never found a stream.
    while var times, startNanoseconds + times.next < windowEnd, case .time = end {
      if startNanoseconds + times.next >= windowStart { result.unfinished += 1 }
      times.advance()
      self.times = times
    }
    phase = .ended
    completion(result)
  }
}
