/// Tasks of Swift concurrency that sleep, by small numbers that are used again.
///
/// A sleep ends by its event, with the sleeper's task, or before it, when the task is cancelled.
/// A number is free again when both the sleeping function and the event are through with it.
struct Sleepers {
  private enum State {
    /// The number is free; the next free one, -1 for none.
    case free(next: Int32)
    /// The function has begun, and no event is scheduled.
    case begun
    /// The task was cancelled before anything was scheduled.
    case cancelledEarly
    /// The function waits for the event.
    case asleep(UnsafeContinuation<Void, any Error>)
    /// The event has happened, and the function has not yet ended.
    case awake
    /// The task was cancelled, the event is still to come.
    case cancelled
    /// The function has ended, the event is still to come.
    case abandoned
  }

  /// What the shell does when a sleeper is to fall asleep.
  enum OnSleep {
    /// Schedules the event.
    case schedule
    /// Resumes the continuation with a `CancellationError`.
    case refuse
  }

  private var states: [State] = []
  private var firstFree: Int32 = -1

  /// How many slept at once at most, those included that were cancelled and whose event is to come.
  var mostAtOnce: Int { states.count }

  /// A sleep begins; returns its number.
  mutating func began() -> Int32 {
    let number = firstFree
    guard number >= 0 else {
      states.append(.begun)
      return Int32(states.count - 1)
    }
    guard case .free(let next) = states[Int(number)] else {
      preconditionFailure("sleeper \(number) is in use: \(states[Int(number)])")
    }
    firstFree = next
    states[Int(number)] = .begun
    return number
  }

  /// The sleeper's task is suspended.
  mutating func suspended(
    _ number: Int32, _ continuation: UnsafeContinuation<Void, any Error>
  ) -> OnSleep {
    switch states[Int(number)] {
    case .begun:
      states[Int(number)] = .asleep(continuation)
      return .schedule
    case .cancelledEarly: return .refuse
    case .free, .asleep, .awake, .cancelled, .abandoned:
      preconditionFailure("sleeper \(number) cannot fall asleep: \(states[Int(number)])")
    }
  }

  /// The event has happened; returns whom it wakes.
  mutating func timeCame(_ number: Int32) -> UnsafeContinuation<Void, any Error>? {
    switch states[Int(number)] {
    case .asleep(let continuation):
      states[Int(number)] = .awake
      return continuation
    case .cancelled:
      states[Int(number)] = .awake
      return nil
    case .abandoned:
      free(number)
      return nil
    case .free, .begun, .cancelledEarly, .awake:
      preconditionFailure("sleeper \(number) had no event: \(states[Int(number)])")
    }
  }

  /// The sleeper's task was cancelled; returns who is resumed with a `CancellationError`.
  mutating func taskCancelled(_ number: Int32) -> UnsafeContinuation<Void, any Error>? {
    switch states[Int(number)] {
    case .begun:
      states[Int(number)] = .cancelledEarly
      return nil
    case .asleep(let continuation):
      states[Int(number)] = .cancelled
      return continuation
    case .cancelledEarly, .awake, .cancelled: return nil
    case .free, .abandoned:
      preconditionFailure("sleeper \(number) has ended: \(states[Int(number)])")
    }
  }

  /// The sleeping function ends.
  mutating func ended(_ number: Int32) {
    switch states[Int(number)] {
    case .begun, .cancelledEarly, .awake: free(number)
    case .cancelled: states[Int(number)] = .abandoned
    case .free, .asleep, .abandoned:
      preconditionFailure("sleeper \(number) cannot end: \(states[Int(number)])")
    }
  }

  private mutating func free(_ number: Int32) {
    states[Int(number)] = .free(next: firstFree)
    firstFree = number
  }
}
