public import Transport

/// An event loop for tests whose time moves only when the test says so.
public final class ManualEventLoop: EventLoop {
  private final class Timer: ScheduledTimer {
    let nanoseconds: Int64
    let sequence: Int
    var action: (() -> Void)?

    init(nanoseconds: Int64, sequence: Int, action: @escaping () -> Void) {
      self.nanoseconds = nanoseconds
      self.sequence = sequence
      self.action = action
    }

    func cancel() { action = nil }
  }

  /// The time now.
  public private(set) var nanoseconds: Int64 = 0

  private var timers: [Timer] = []
  private var sequence = 0

  /// An event loop at time zero.
  public init() {}

  /// Calls `action` when the test has moved time far enough.
  @discardableResult
  public func schedule(
    afterNanoseconds delay: Int64, _ action: @escaping () -> Void
  ) -> any ScheduledTimer {
    sequence += 1
    let timer = Timer(
      nanoseconds: nanoseconds + max(0, delay), sequence: sequence, action: action)
    timers.append(timer)
    return timer
  }

  /// Runs everything that is due now, and what that schedules for now.
  public func run() { advance(byNanoseconds: 0) }

  /// Moves time on, calling what comes due in order of time.
  public func advance(byNanoseconds duration: Int64) {
    let end = nanoseconds + duration
    while let timer = next(until: end) {
      nanoseconds = max(nanoseconds, timer.nanoseconds)
      let action = timer.action
      timer.action = nil
      action?()
    }
    nanoseconds = end
  }

  private func next(until end: Int64) -> Timer? {
    timers.removeAll { $0.action == nil }
    let timer = timers.filter { $0.nanoseconds <= end }
      .min { ($0.nanoseconds, $0.sequence) < ($1.nanoseconds, $1.sequence) }
    return timer
  }
}
