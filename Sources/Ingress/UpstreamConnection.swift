import HTTP2
import Transport

/// A connection to a backend: opens it, and carries exchanges on it.
final class UpstreamConnection: HTTP2TransportHandler {
  private enum State {
    /// The byte stream is being opened; the exchanges wait for it.
    case connecting([Exchange], timer: any ScheduledTimer)
    /// Requests can be sent.
    case open(HTTP2Transport)
    /// The connection is over.
    case ended
  }

  let backend: IngressBackend
  private weak var proxy: IngressProxy?
  private let settings: IngressSettings
  private let eventLoop: any EventLoop
  @exclusivity(unchecked) private var state = State.ended
  @exclusivity(unchecked) private var isDraining = false

  /// When to look next for exchanges that have been silent for too long.
  @exclusivity(unchecked) private(set) var nextDeadlineNanoseconds: Int64?

  /// Streams of exchanges that have been sent and are not over, in the order of their starts.
  @exclusivity(unchecked) private var streams: [HTTP2Stream] = []

  /// Streams that nobody waits for any more, and whose resets are more than the backend would bear.
  private var abandoned: [HTTP2Stream] = []
  @exclusivity(unchecked) private var resetGuard: FloodGuard
  private var isReleaseScheduled = false

  var connection: HTTP2Connection? {
    if case .open(let transport) = state { transport.connection } else { nil }
  }

  /// Whether exchanges may be added.
  var isUsable: Bool {
    switch state {
    case .connecting: !isDraining
    case .open(let transport): !isDraining && transport.connection.canSubmitRequest
    case .ended: false
    }
  }

  /// Whether an exchange that is added need not wait for another one's end.
  var hasCapacity: Bool {
    switch state {
    case .connecting(let waiting, _): waiting.count < settings.upstream.maxConcurrentStreams
    case .open(let transport): streams.count < transport.connection.peerMaxConcurrentStreams
    case .ended: false
    }
  }

  /// Whether the connection is over, or never came to be.
  var hasEnded: Bool {
    if case .ended = state { true } else { false }
  }

  init(backend: IngressBackend, proxy: IngressProxy) {
    self.backend = backend
    self.proxy = proxy
    settings = proxy.settings
    eventLoop = proxy.eventLoop
    resetGuard = FloodGuard(
      burst: settings.upstreamResetBurst, forgivenPerSecond: settings.upstreamResetsPerSecond)
  }

  func connect(_ connector: any Connector) {
    let timer = eventLoop.schedule(afterNanoseconds: settings.connectTimeoutNanoseconds) {
      [weak self] in self?.connectEnded(.failure(.timedOut))
    }
    state = .connecting([], timer: timer)
    connector.connect(host: backend.host, port: backend.port) { [weak self] result in
      guard let self, case .connecting = state else {
        if case .success(let stream) = result { stream.reset() }
        return
      }
      connectEnded(result)
    }
  }

  private func connectEnded(_ result: Result<any ByteStream, ConnectFailure>) {
    guard case .connecting(let waiting, let timer) = state else { return }
    timer.cancel()
    switch result {
    case .success(let stream):
      let transport = HTTP2Transport(
        connection: HTTP2Connection(role: .client, settings: settings.upstream),
        stream: stream, eventLoop: eventLoop, handler: self)
      state = .open(transport)
      // Before its limits were known, the backend may have been given more than it takes.
      transport.connection.onPeerSettings = { [weak connection = transport.connection] in
        connection?.withdrawExcess()
      }
      proxy?.report(.backendConnected(backend))
      for exchange in waiting where !exchange.isOver { send(exchange, on: transport.connection) }
    case .failure:
      state = .ended
      proxy?.backendFailed(backend)
      proxy?.upstreamEnded(self)
      for exchange in waiting where !exchange.isOver { exchange.upstreamFailed(.connectFailed) }
    }
  }

  /// Sends a request now, or once the connection is open.
  func add(_ exchange: Exchange) {
    switch state {
    case .connecting(var waiting, let timer):
      waiting.append(exchange)
      state = .connecting(waiting, timer: timer)
    case .open(let transport): send(exchange, on: transport.connection)
    case .ended: preconditionFailure("an exchange was added to an ended connection \(backend)")
    }
  }

  private func send(_ exchange: Exchange, on connection: HTTP2Connection) {
    let ends =
      exchange.isRequestComplete && exchange.requestBody.isEmpty
      && exchange.requestTrailers == nil
    guard let stream = connection.submitRequest(exchange.headers, endStream: ends) else {
      exchange.upstreamFailed(.refused)
      return
    }
    stream.context = exchange
    streams.append(stream)
    exchange.upstreamOpened(stream, of: self, on: connection)
    if nextDeadlineNanoseconds == nil {
      nextDeadlineNanoseconds = eventLoop.nanoseconds + settings.idleTimeoutNanoseconds
    }
  }

  /// Takes no more exchanges, and closes once those that run have ended.
  ///
  /// Exchanges that wait for the connection to open are returned: they go elsewhere.
  func drain() -> [Exchange] {
    isDraining = true
    if case .connecting(let waiting, let timer) = state {
      timer.cancel()
      state = .ended
      return waiting
    }
    closeIfDrained()
    return []
  }

  private func closeIfDrained() {
    guard isDraining, streams.isEmpty, let connection else { return }
    connection.submitGoAway()
  }

  /// Ends a stream that nobody waits for: at once, or as soon as the backend bears another reset.
  ///
  /// It stays an open stream until then, and what arrives on it is dropped.
  func abandon(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    stream.context = nil
    guard let connection, !stream.isClosed else { return }
    // A request that was not sent yet costs the backend nothing.
    if !stream.isHeadersSent || resetGuard.take(at: eventLoop.nanoseconds) {
      connection.reset(stream, code: code)
      return
    }
    abandoned.append(stream)
    scheduleRelease()
  }

  private func scheduleRelease() {
    guard !isReleaseScheduled else { return }
    isReleaseScheduled = true
    eventLoop.schedule(afterNanoseconds: 1_000_000_000) { [weak self] in self?.releaseAbandoned() }
  }

  private func releaseAbandoned() {
    isReleaseScheduled = false
    guard let connection else { return }
    abandoned.removeAll { $0.isClosed }
    var sent = 0
    while sent < abandoned.count, resetGuard.take(at: eventLoop.nanoseconds) {
      connection.reset(abandoned[sent], code: .cancel)
      sent += 1
    }
    abandoned.removeFirst(sent)
    if !abandoned.isEmpty { scheduleRelease() }
  }

  private func remove(_ stream: HTTP2Stream) {
    if let index = streams.firstIndex(where: { $0 === stream }) { streams.remove(at: index) }
    closeIfDrained()
  }

  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    exchange(stream)?.responseHeadersReceived(headers, kind: kind, endStream: endStream)
  }

  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    if let exchange = exchange(stream) {
      exchange.responseDataReceived(bytes)
    } else {
      connection?.consume(stream, bytes: bytes.count)
    }
  }

  func endReceived(_ stream: HTTP2Stream) { exchange(stream)?.responseEndReceived() }

  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    let exchange = exchange(stream)
    remove(stream)
    exchange?.upstreamClosed(stream, code: code)
  }

  func streamDrained(_ stream: HTTP2Stream) { exchange(stream)?.upstreamDrained() }

  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) { proxy?.upstreamEnded(self) }

  func pingReceived() {}

  func pingAcknowledged() {}

  func transportClosed(_ end: HTTP2TransportEnd) {
    state = .ended
    proxy?.upstreamEnded(self)
    let open = streams
    streams = []
    abandoned = []
    for stream in open {
      let exchange = exchange(stream)
      stream.context = nil
      exchange?.upstreamFailed(stream.isHeadersSent ? .lost : .lostUnsent)
    }
  }

  private func exchange(_ stream: HTTP2Stream) -> Exchange? {
    guard let context = stream.context else { return nil }
    return unsafeDowncast(context, to: Exchange.self)
  }

  func advance(to nanoseconds: Int64) {
    let limit = nanoseconds - settings.idleTimeoutNanoseconds
    for stream in streams {
      guard let exchange = exchange(stream), exchange.lastActivity <= limit else { continue }
      abandon(stream, code: .cancel)
      exchange.upstreamFailed(.timedOut)
    }
    let oldest = streams.compactMap { exchange($0)?.lastActivity }.min()
    nextDeadlineNanoseconds = oldest.map { $0 + settings.idleTimeoutNanoseconds }
  }
}
