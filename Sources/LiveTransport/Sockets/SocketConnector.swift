import CEpoll
import Glibc
public import Transport

/// Opens TCP connections; names are looked up on threads of their own.
public final class SocketConnector: Connector {
  private unowned let loop: SocketEventLoop
  private let settings: SocketSettings
  /// Those that wait for the lookup of a name, by host and port.
  private var waiting: [String: [(SocketAddress.Lookup) -> Void]] = [:]

  /// A connector whose streams live on a loop.
  public init(loop: SocketEventLoop, settings: SocketSettings = SocketSettings()) {
    self.loop = loop
    self.settings = settings
  }

  /// Connects to the first address of the host that answers.
  public func connect(
    host: String, port: Int,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    let connect = { [loop, settings] (lookup: SocketAddress.Lookup) in
      switch lookup {
      case .found(let addresses):
        ConnectAttempt(
          addresses: addresses, loop: loop, settings: settings, completion: completion
        ).begin()
      case .unknown: completion(.failure(.unknownHost))
      case .failed: completion(.failure(.unreachable))
      }
    }
    switch SocketAddress.find(host: host, port: port, numericOnly: true) {
    case .unknown: lookUp(host: host, port: port, connect)
    case let lookup: loop.schedule(afterNanoseconds: 0) { connect(lookup) }
    }
  }

  private func lookUp(
    host: String, port: Int, _ completion: @escaping (SocketAddress.Lookup) -> Void
  ) {
    let key = "\(host):\(port)"
    waiting[key, default: []].append(completion)
    guard waiting[key]?.count == 1 else { return }
    let handle = loop.handle
    let connector = ThreadBound(self)
    let thread = SystemThread.start {
      let lookup = SocketAddress.find(host: host, port: port, numericOnly: false)
      handle.execute { connector.value.found(lookup, for: key) }
    }
    if let thread {
      pthread_detach(thread)
    } else {
      loop.schedule(afterNanoseconds: 0) { [self] in found(.failed("no thread"), for: key) }
    }
  }

  private func found(_ lookup: SocketAddress.Lookup, for key: String) {
    for completion in waiting.removeValue(forKey: key) ?? [] { completion(lookup) }
  }
}

/// Tries the addresses of a host, one after another.
private final class ConnectAttempt: EventSource {
  private var addresses: ArraySlice<SocketAddress>
  private let loop: SocketEventLoop
  private let settings: SocketSettings
  private var completion: ((Result<any ByteStream, ConnectFailure>) -> Void)?
  private var token: EventToken?
  private var timer: (any ScheduledTimer)?
  private var failure = ConnectFailure.unreachable

  init(
    addresses: [SocketAddress], loop: SocketEventLoop, settings: SocketSettings,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    self.addresses = addresses[...]
    self.loop = loop
    self.settings = settings
    self.completion = completion
  }

  func begin() {
    guard let address = addresses.popFirst() else {
      finish(.failure(failure))
      return
    }
    let descriptor = SocketOptions.make(family: address.family)
    guard descriptor >= 0 else { return begin() }
    let result = address.withPointer { Glibc.connect(descriptor, $0, $1) }
    if result != 0, errno != EINPROGRESS {
      failed(descriptor, errno)
      return
    }
    do throws(SocketError) {
      token = try loop.register(descriptor, self, events: Int32(andruck_writable))
    } catch {
      failed(descriptor, error.code)
      return
    }
    guard !addresses.isEmpty else { return }
    timer = loop.schedule(afterNanoseconds: settings.nextAddressNanoseconds) { [self] in
      guard let token else { return }
      loop.unregister(token)
      failed(token.descriptor, ETIMEDOUT)
    }
  }

  func ready(_ events: UInt32) {
    guard let token else { return }
    loop.unregister(token)
    self.token = nil
    let descriptor = token.descriptor
    let error = SocketOptions.pendingError(descriptor)
    if error != 0 || isConnectedToItself(descriptor) {
      failed(descriptor, error == 0 ? ECONNREFUSED : error)
      return
    }
    do throws(SocketError) {
      finish(
        .success(
          try SocketStream(descriptor: descriptor, loop: loop, settings: settings)))
    } catch {
      finish(.failure(.unreachable))
    }
  }

  func loopEnded() {
    completion = nil
    if let token { close(token.descriptor) }
    token = nil
  }

  /// A connection to a local port that nobody listens on may get that port for its own end.
  private func isConnectedToItself(_ descriptor: Int32) -> Bool {
    guard let local = SocketOptions.localAddress(descriptor),
      let peer = SocketOptions.peerAddress(descriptor)
    else { return false }
    return local.equals(peer)
  }

  private func failed(_ descriptor: Int32, _ error: Int32) {
    close(descriptor)
    token = nil
    timer?.cancel()
    timer = nil
    switch error {
    case ECONNREFUSED: failure = .refused
    case ETIMEDOUT: failure = .timedOut
    default: failure = .unreachable
    }
    begin()
  }

  private func finish(_ result: Result<any ByteStream, ConnectFailure>) {
    timer?.cancel()
    timer = nil
    let completion = self.completion
    self.completion = nil
    completion?(result)
  }
}
