internal import CInterpose

/// A deterministic world: an event queue, a virtual clock, named random streams and a trace.
///
/// Everything of one simulation happens on the thread that runs it. Several simulations may run
/// in one process, one a thread. Unmodified async Swift runs in it too: see `run(_:)`.
///
/// `@unchecked Sendable`: only the thread inside a `run` touches the state; user code that is
/// `Sendable` may hold a reference.
public final class Simulation: @unchecked Sendable {
  /// The wall clock at virtual time zero when none is given: 2018-07-01T00:00:00Z.
  public static let defaultEpochSeconds: Int64 = 1_530_403_200

  /// What every random stream is split off.
  public let seed: UInt64
  /// Wall seconds since 1970 at virtual time zero.
  public let epochSeconds: Int64
  /// What happened so far.
  public private(set) lazy var trace = Trace(clock: self)
  /// Number of events that have happened.
  @exclusivity(unchecked) public private(set) var eventCount = 0

  let state: UnsafeMutablePointer<andruck_simulation_state>
  let queue = EventQueue()
  @exclusivity(unchecked) var sleepers = Sleepers()
  var waits: [UInt64: Wait] = [:]
  var nextWait: UInt64 = 0
  /// The number by which jobs name this simulation; unique in the process, never reused.
  private(set) var identifier: UInt64 = 0
  private var streams: [String: RandomStream] = [:]

  /// Makes a world at time zero.
  public init(seed: UInt64, epochSeconds: Int64 = Simulation.defaultEpochSeconds) {
    self.seed = seed
    self.epochSeconds = epochSeconds
    state = .allocate(capacity: 1)
    state.initialize(
      to: andruck_simulation_state(
        now_nanoseconds: 0, epoch_nanoseconds: epochSeconds * 1_000_000_000,
        random_state: RandomStream(seed: seed, name: "process/getrandom").next(),
        context: nil, clock_reads: 0, random_reads: 0, escapes: 0, thread: 0))
    state.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    JobRouter.install()
    identifier = JobRouter.register(state)
  }

  deinit {
    JobRouter.unregister(identifier)
    state.deallocate()
  }

  /// The virtual time.
  public var now: SimulationTime { SimulationTime(nanoseconds: state.pointee.now_nanoseconds) }

  /// The wall clock in whole seconds since 1970, as Kubernetes writes it.
  public var wallSeconds: Int64 { epochSeconds + state.pointee.now_nanoseconds / 1_000_000_000 }

  /// The stream of random numbers with this name; always the same object for one name.
  public func randomStream(_ name: String) -> RandomStream {
    if let stream = streams[name] { return stream }
    let stream = RandomStream(seed: seed, name: name)
    streams[name] = stream
    return stream
  }

  /// Calls `action` at a point in time, or now if that has passed.
  @discardableResult
  public func schedule(
    at time: SimulationTime, _ action: @escaping () -> Void
  ) -> SimulationTimer {
    add(.call(action), at: time.nanoseconds)
  }

  /// Calls `action` after a duration; a negative one counts as zero.
  @discardableResult
  public func schedule(
    after delay: Duration, _ action: @escaping () -> Void
  ) -> SimulationTimer {
    schedule(afterNanoseconds: delay.wholeNanoseconds, action)
  }

  /// Calls `action` after so many nanoseconds; negative ones count as zero.
  @discardableResult
  public func schedule(
    afterNanoseconds delay: Int64, _ action: consuming @escaping () -> Void
  ) -> SimulationTimer {
    let now = state.pointee.now_nanoseconds
    let (sum, overflow) = now.addingReportingOverflow(max(0, delay))
    return add(.call(action), at: overflow ? .max : sum)
  }

  /// Forgets what is scheduled, and with it everything that only the event queue still holds.
  ///
  /// Jobs of Swift concurrency stay: a task that is never resumed would never be freed either.
  public func discardEvents() { queue.cancelCalls() }

  func cancel(_ ticket: EventTicket) { queue.cancel(ticket) }

  func enqueue(_ action: consuming EventAction, at nanoseconds: Int64) {
    add(action, at: nanoseconds)
  }

  @discardableResult
  private func add(_ action: consuming EventAction, at nanoseconds: Int64) -> SimulationTimer {
    let ticket = queue.add(action, at: nanoseconds, now: state.pointee.now_nanoseconds)
    return SimulationTimer(simulation: self, ticket: ticket)
  }

  /// Takes and performs the next event; false if there is none up to the given time.
  func performNext(until horizon: Int64) -> Bool {
    guard let (time, action) = queue.next(until: horizon) else { return false }
    state.pointee.now_nanoseconds = time
    switch consume action {
    case .none: return true
    case .call(let action): action()
    case .job(let job): JobRouter.perform(job)
    case .mainJob(let job): JobRouter.performOnMain(job)
    case .wake(let number): wake(number)
    }
    eventCount += 1
    return true
  }

  /// Moves the clock forward to a time that no event lies before.
  func advance(to nanoseconds: Int64) {
    state.pointee.now_nanoseconds = max(state.pointee.now_nanoseconds, nanoseconds)
  }

  /// One last draw from every stream, by name, and from the stream of interposed randomness.
  func unseed() -> [(String, UInt64)] {
    streams.values.sorted { $0.name < $1.name }.map { ($0.name, $0.next()) }
      + [("process/getrandom", state.pointee.random_state)]
  }
}
