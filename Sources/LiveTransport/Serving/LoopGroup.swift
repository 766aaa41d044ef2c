import Dispatch
import Synchronization

/// Something that serves the connections of one event loop.
protocol LoopService: AnyObject, SendableMetatype {
  /// Serves a connection.
  func accept(_ socket: AcceptedSocket)

  /// Finishes what runs, then calls `completion`, at the latest after the time.
  func stop(graceNanoseconds: Int64, completion: @escaping () -> Void)
}

/// Event loops that share the connections of one port, each with a service of its own.
///
/// The first loop accepts and deals the connections out in turn, so that few clients with long
/// connections still keep all loops equally busy, which SO_REUSEPORT's hashing does not do.
final class LoopGroup<Service: LoopService>: Sendable {
  let threads: [LoopThread<Service>]
  private let acceptor: LoopThread<Acceptor>
  private let limits: LiveLimits
  private let stopping = Mutex<Stopping?>(nil)

  private struct Stopping {
    var running: Int
    var completions: [@Sendable () -> Void]
  }

  private final class Acceptor {
    var listener: SocketListener?
    var next = 0
  }

  /// Starts the threads; nothing is listened to yet.
  init(
    _ limits: LiveLimits, _ make: @escaping @Sendable (SocketEventLoop) -> Service
  ) throws(SocketError) {
    precondition(limits.loops > 0, "\(limits.loops) event loops")
    self.limits = limits
    var threads: [LoopThread<Service>] = []
    let (limit, awake) = limits.busyPoll()
    for _ in 0..<limits.loops {
      threads.append(
        try LoopThread { loop in
          loop.stayAwake(forNanoseconds: limit, amongst: awake)
          return make(loop)
        })
    }
    self.threads = threads
    acceptor = try LoopThread { _ in Acceptor() }
  }

  /// Listens, and returns the port.
  func listen() throws(SocketError) -> Int {
    let (limits, threads) = (self.limits, self.threads)
    let outcome = blocking { (done: @escaping @Sendable (Result<Int, SocketError>) -> Void) in
      self.acceptor.execute { loop, acceptor in
        do throws(SocketError) {
          let listener = try SocketListener(
            loop: loop, host: limits.host, port: limits.port, settings: limits.sockets
          ) { [unowned acceptor] socket in
            acceptor.next = (acceptor.next + 1) % threads.count
            threads[acceptor.next].execute { _, service in service.accept(socket) }
          }
          acceptor.listener = listener
          done(.success(listener.port))
        } catch {
          done(.failure(error))
        }
      }
    }
    return try outcome.get()
  }

  /// Accepts no more connections, finishes what runs, ends the threads, then calls `completion`.
  func stop(completion: @escaping @Sendable () -> Void) {
    let isFirst = stopping.withLock { stopping in
      if stopping != nil {
        stopping?.completions.append(completion)
        return false
      }
      stopping = Stopping(running: threads.count, completions: [completion])
      return true
    }
    guard isFirst else { return }
    let grace = limits.graceNanoseconds
    acceptor.execute { [self] loop, acceptor in
      // What was accepted is dealt out before the services are told to stop.
      acceptor.listener?.close()
      acceptor.listener = nil
      loop.stop()
      for thread in threads {
        thread.execute { loop, service in
          service.stop(graceNanoseconds: grace) {
            loop.stop()
            self.serviceStopped()
          }
        }
      }
    }
  }

  private func serviceStopped() {
    let completions = stopping.withLock { stopping -> [@Sendable () -> Void] in
      stopping?.running -= 1
      guard let now = stopping, now.running == 0 else { return [] }
      return now.completions
    }
    for completion in completions { completion() }
  }
}

/// Blocks this thread, which must not be that of an event loop, until `start` has called back.
@discardableResult
func blocking<Value: Sendable>(
  _ start: (@escaping @Sendable (Value) -> Void) -> Void
) -> Value {
  let answer = Answer<Value>()
  start { answer.set($0) }
  return answer.wait()
}

private final class Answer<Value: Sendable>: Sendable {
  private let content = Mutex<Value?>(nil)
  private let semaphore = DispatchSemaphore(value: 0)

  func wait() -> Value {
    semaphore.wait()
    guard let value = content.withLock({ $0 }) else {
      preconditionFailure("woken up without an answer")
    }
    return value
  }

  func set(_ value: Value) {
    content.withLock { $0 = value }
    semaphore.signal()
  }
}
