import Glibc
import Synchronization

/// A connection that was accepted and has no event loop yet; may be handed to another thread.
///
/// One that no loop takes is closed.
public final class AcceptedSocket: Sendable {
  private let descriptor: Mutex<Int32?>
  private let count: ConnectionCount
  private let settings: SocketSettings

  init(descriptor: Int32, count: ConnectionCount, settings: SocketSettings) {
    self.descriptor = Mutex(descriptor)
    self.count = count
    self.settings = settings
    count.add(1)
  }

  deinit {
    if let descriptor = take() {
      close(descriptor)
      count.add(-1)
    }
  }

  private func take() -> Int32? {
    descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
  }

  /// The stream of the connection on a loop, whose thread must be this one.
  ///
  /// Nil when the loop can watch no more sockets; the connection is then closed. To be called once.
  /// `onReleased` is called when the connection's descriptor is closed.
  public func stream(
    on loop: SocketEventLoop, onReleased: @escaping () -> Void = {}
  ) -> SocketStream? {
    guard let descriptor = take() else { return nil }
    let stream: SocketStream
    do throws(SocketError) {
      stream = try SocketStream(descriptor: descriptor, loop: loop, settings: settings)
    } catch {
      count.add(-1)
      return nil
    }
    stream.onReleased = { [count] in
      count.add(-1)
      onReleased()
    }
    stream.expectFirstByte()
    return stream
  }
}

/// How many connections of a listener are open, on all loops.
final class ConnectionCount: Sendable {
  private let value = Atomic(0)

  func add(_ number: Int) { value.add(number, ordering: .relaxed) }

  func isBelow(_ limit: Int) -> Bool { value.load(ordering: .relaxed) < limit }
}
