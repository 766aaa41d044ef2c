import Glibc
import Synchronization

/// A thread with an event loop, and whatever lives on that thread only.
///
/// The thread goes on until it is stopped; one that is dropped is stopped as well.
public final class LoopThread<State>: Sendable {
  /// What other threads may hold of the loop.
  public let handle: LoopHandle

  private let content: ThreadBound<Content>
  private let thread: Mutex<pthread_t?>

  private final class Content {
    let loop: SocketEventLoop
    var state: State?
    let make: @Sendable (SocketEventLoop) -> State

    init(_ loop: SocketEventLoop, _ make: @escaping @Sendable (SocketEventLoop) -> State) {
      self.loop = loop
      self.make = make
    }
  }

  /// Starts a thread, which first makes its state and then runs its loop until that is stopped.
  /// - Throws: `SocketError` when the process has too many open files or threads.
  public init(_ make: @escaping @Sendable (SocketEventLoop) -> State) throws(SocketError) {
    let loop = try SocketEventLoop()
    handle = loop.handle
    content = ThreadBound(Content(loop, make))
    let held = content
    guard
      let started = SystemThread.start({
        held.value.state = held.value.make(held.value.loop)
        held.value.loop.run()
        held.value.state = nil
      })
    else { throw SocketError("start a thread") }
    thread = Mutex(started)
  }

  deinit {
    let content = self.content
    handle.execute { content.value.loop.stop() }
    detach()
  }

  /// Calls `action` on the thread; false, without a call, once the loop has ended.
  @discardableResult
  public func execute(
    _ action: @escaping @Sendable (SocketEventLoop, State) -> Void
  ) -> Bool {
    let content = self.content
    return handle.execute {
      if let state = content.value.state { action(content.value.loop, state) }
    }
  }

  /// What lives on the thread, for code that runs on it; nil before and after the loop runs.
  var stateOnThread: State? { content.value.state }

  /// Ends the loop after its turn.
  public func stop() { execute { loop, _ in loop.stop() } }

  /// Lets the thread end unwaited for.
  func detach() {
    thread.withLock { thread in
      if let thread { pthread_detach(thread) }
      thread = nil
    }
  }

  /// Waits until the thread has ended, which `stop` makes it do.
  public func join() {
    let joined = thread.withLock { thread -> pthread_t? in
      defer { thread = nil }
      return thread
    }
    if let joined { pthread_join(joined, nil) }
  }
}

/// A value that is handed to the one thread that uses it.
package struct ThreadBound<Value>: @unchecked Sendable {
  /// The value, for its thread only.
  package let value: Value

  /// Wraps a value.
  package init(_ value: Value) { self.value = value }
}

/// Threads of the system, because a loop blocks and the tasks' own threads must not.
enum SystemThread {
  private final class Body {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread that must be joined or detached; nil when there are too many.
  static func start(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(Body(run))
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard result == 0 else {
      body.release()
      return nil
    }
    return thread
  }
}
