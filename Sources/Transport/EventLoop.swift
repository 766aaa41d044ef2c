/// Time and timers, as the shell that runs a state machine provides them.
///
/// The simulation implements it on its event queue, the live shell on an event loop of SwiftNIO.
/// All calls and all callbacks of one event loop happen on one thread, never re-entrantly from
/// within `schedule`.
public protocol EventLoop: AnyObject {
  /// Nanoseconds since a start of the shell's choice; never goes back.
  var nanoseconds: Int64 { get }

  /// Calls `action` once, `delay` nanoseconds from now; a negative delay counts as zero.
  @discardableResult
  func schedule(afterNanoseconds delay: Int64, _ action: @escaping () -> Void) -> any ScheduledTimer

  /// Calls `action` once, as `schedule` with no delay would, where nobody is going to cancel it.
  func soon(_ action: @escaping () -> Void)
}

extension EventLoop {
  /// Schedules the action with no delay.
  public func soon(_ action: @escaping () -> Void) { schedule(afterNanoseconds: 0, action) }
}

/// A pending call of an `EventLoop`.
public protocol ScheduledTimer: AnyObject {
  /// Prevents the call; without effect once it has happened.
  func cancel()
}
