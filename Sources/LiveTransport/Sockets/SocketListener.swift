import CEpoll
import Glibc
import Transport

/// Accepts connections on a port.
public final class SocketListener {
  /// The port, also when the system chose it.
  public let port: Int

  private let descriptor: Int32
  private unowned let loop: SocketEventLoop
  private let settings: SocketSettings
  private let onAccept: (AcceptedSocket) -> Void
  private let count = ConnectionCount()
  private var token: EventToken?
  private var isWaiting = false

  /// Listens on an address, IPv4 or IPv6, of this machine; port 0 is one that the system chooses.
  ///
  /// `onAccept` must make a stream of each socket, here or on another loop. With `sharesPort`
  /// several listeners, also of other processes of the same user, divide a port's connections.
  /// - Throws: `SocketError`, such as for a port that is in use.
  public init(
    loop: SocketEventLoop, host: String, port: Int, sharesPort: Bool = false,
    settings: SocketSettings = SocketSettings(), onAccept: @escaping (AcceptedSocket) -> Void
  ) throws(SocketError) {
    self.loop = loop
    self.settings = settings
    self.onAccept = onAccept
    descriptor = try Self.bind(host: host, port: port, sharesPort: sharesPort, settings)
    self.port = SocketOptions.localAddress(descriptor)?.port ?? port
    do throws(SocketError) {
      token = try loop.register(descriptor, self, events: Int32(andruck_readable))
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Accepts what already waits, then listens no more; without effect once closed.
  public func close() {
    guard let token else { return }
    acceptWaiting(max: Int.max)
    self.token = nil
    loop.unregister(token)
    Glibc.close(descriptor)
  }

  private static func bind(
    host: String, port: Int, sharesPort: Bool, _ settings: SocketSettings
  ) throws(SocketError) -> Int32 {
    let addresses: [SocketAddress]
    switch SocketAddress.find(host: host, port: port, numericOnly: false, passive: true) {
    case .found(let found): addresses = found
    case .unknown: throw SocketError(message: "cannot listen on \(host): the host is unknown")
    case .failed(let reason): throw SocketError(message: "cannot listen on \(host): \(reason)")
    }
    let address = addresses[0]
    let descriptor = SocketOptions.make(family: address.family)
    guard descriptor >= 0 else { throw SocketError("make a socket") }
    SocketOptions.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    if sharesPort { SocketOptions.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
    guard address.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0,
      listen(descriptor, settings.backlog) == 0
    else {
      let error = SocketError("listen on \(host):\(port)")
      Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  private func acceptWaiting(max: Int) {
    var accepted = 0
    while accepted < max {
      guard count.isBelow(settings.connectionsMax) else { return wait() }
      let socket = andruck_accept(descriptor)
      if socket >= 0 {
        accepted += 1
        onAccept(AcceptedSocket(descriptor: socket, count: count, settings: settings))
      } else {
        switch errno {
        case EINTR, ECONNABORTED: continue
        // Too many open files, or no memory: the queue is looked at again after a while.
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return wait()
        default: return
        }
      }
    }
  }

  /// Stops accepting for a tenth of a second.
  private func wait() {
    guard !isWaiting, let token else { return }
    isWaiting = true
    loop.change(token, events: 0)
    loop.schedule(afterNanoseconds: 100_000_000) { [weak self] in
      guard let self, let token = self.token else { return }
      isWaiting = false
      loop.change(token, events: Int32(andruck_readable))
    }
  }
}

extension SocketListener: EventSource {
  func ready(_ events: UInt32) { acceptWaiting(max: 64) }

  func loopEnded() {
    guard token != nil else { return }
    token = nil
    Glibc.close(descriptor)
  }
}
