import CEpoll
import Glibc
import Synchronization

/// What other threads may hold of an event loop: calls it, and nothing else.
public final class LoopHandle: Sendable {
  private struct Inbox {
    var actions: [@Sendable () -> Void] = []
    var isOpen = true
  }

  private let inbox = Mutex(Inbox())
  /// Readable while actions wait.
  let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = Glibc.close(descriptor) }

  /// Calls `action` on the loop's thread, in the order of these calls, never from within this one.
  ///
  /// Returns false, and drops the action, when the loop has ended.
  @discardableResult
  public func execute(_ action: @escaping @Sendable () -> Void) -> Bool {
    let (isTaken, wakes) = inbox.withLock { inbox -> (Bool, Bool) in
      guard inbox.isOpen else { return (false, false) }
      inbox.actions.append(action)
      return (true, inbox.actions.count == 1)
    }
    if wakes { andruck_wake_up(descriptor) }
    return isTaken
  }

  func takeActions() -> [@Sendable () -> Void] {
    andruck_wake_take(descriptor)
    return inbox.withLock { inbox in
      let actions = inbox.actions
      inbox.actions = []
      return actions
    }
  }

  /// Takes no more actions and drops those that wait.
  func close() {
    let dropped = inbox.withLock { inbox in
      let actions = inbox.actions
      inbox = Inbox(actions: [], isOpen: false)
      return actions
    }
    // Freed here, outside the lock, because what they hold may call `execute` as it goes.
    _ = dropped
  }
}
