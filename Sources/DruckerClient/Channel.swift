import GRPC
import Transport

/// Keeps one connection to an address: opens it on demand, and again with growing waits.
final class Channel {
  private enum State {
    /// There is no connection and nobody needs one.
    case idle
    /// A connection is being opened; the number tells a late answer.
    case connecting(Int, timer: any ScheduledTimer)
    /// Calls can be made.
    case open(GRPCClientTransport)
    /// Waits before it opens another connection.
    case backingOff(any ScheduledTimer)
    /// No connection will be opened any more.
    case closed
  }

  let eventLoop: any EventLoop
  private let connector: any Connector
  private let address: DruckerAddress
  private let authority: String
  private let settings: DruckerClientSettings
  private let random: () -> Double
  @exclusivity(unchecked) private var state = State.idle
  private var connectNumber = 0

  /// Calls without a connection, in the order in which they came.
  @exclusivity(unchecked) private var waiting: [DruckerCall] = []

  /// Connections in a row that failed, and when the next may be opened.
  @exclusivity(unchecked) private var failures = 0
  private var notBeforeNanoseconds = Int64.min

  /// Whether a server has answered on the open connection.
  @exclusivity(unchecked) private var isProven = false

  /// Whether another call would not have to wait for an earlier one's end.
  var hasRoom: Bool {
    switch state {
    case .open(let transport): transport.hasFreeStream
    case .idle, .connecting, .backingOff: true
    case .closed: false
    }
  }

  /// How many calls run on the connection or wait for it.
  var load: Int {
    guard case .open(let transport) = state else { return waiting.count }
    return waiting.count + transport.connection.activeCalls
  }

  var retriesMax: Int { settings.retriesMax }

  init(
    eventLoop: any EventLoop, connector: any Connector, address: DruckerAddress,
    authority: String, settings: DruckerClientSettings, random: @escaping () -> Double
  ) {
    self.eventLoop = eventLoop
    self.connector = connector
    self.address = address
    self.authority = authority
    self.settings = settings
    self.random = random
  }

  deinit {
    if case .open(let transport) = state { transport.shutdown() }
  }

  /// Runs a call now, or as soon as there is a connection.
  func start(_ call: DruckerCall) {
    if case .open(let transport) = state {
      if call.run(on: transport, authority: authority) { return }
      transportEnded(transport)
    }
    switch state {
    case .closed:
      eventLoop.schedule(afterNanoseconds: 0) {
        call.end(GRPCCallEnd(GRPCStatus(.unavailable, "the client is closed")))
      }
      return
    case .idle, .connecting, .backingOff, .open:
      waiting.append(call)
      call.wait()
    }
    if case .idle = state { connectWhenDue() }
  }

  func ended(_ call: DruckerCall) {
    if !waiting.isEmpty { waiting.removeAll { $0 === call } }
  }

  /// A server has answered, so the next failure is the first in a row.
  func answered() {
    isProven = true
    failures = 0
  }

  func close(atOnce: Bool) {
    let old = state
    state = .closed
    switch old {
    case .open(let transport): atOnce ? transport.close() : transport.shutdown()
    case .connecting(_, let timer), .backingOff(let timer): timer.cancel()
    case .idle, .closed: break
    }
    let calls = waiting
    waiting = []
    for call in calls {
      call.end(GRPCCallEnd(GRPCStatus(.unavailable, "the client is closed")))
    }
  }

  private func connectWhenDue() {
    guard notBeforeNanoseconds > eventLoop.nanoseconds else { return connect() }
    let delay = notBeforeNanoseconds - eventLoop.nanoseconds
    let timer = eventLoop.schedule(afterNanoseconds: delay) { [weak self] in
      guard let self else { return }
      waiting.isEmpty ? (state = .idle) : connect()
    }
    state = .backingOff(timer)
  }

  private func connect() {
    connectNumber += 1
    let number = connectNumber
    let timer = eventLoop.schedule(afterNanoseconds: settings.connectTimeoutNanoseconds) {
      [weak self] in self?.connectEnded(number, .failure(.timedOut))
    }
    state = .connecting(number, timer: timer)
    connector.connect(host: address.host, port: address.port) { [weak self] result in
      if let self, connectEnded(number, result) { return }
      if case .success(let stream) = result { stream.reset() }
    }
  }

  @discardableResult
  private func connectEnded(_ number: Int, _ result: Result<any ByteStream, ConnectFailure>)
    -> Bool
  {
    guard case .connecting(number, let timer) = state else { return false }
    timer.cancel()
    let calls = waiting
    waiting = []
    switch result {
    case .success(let stream):
      let transport = GRPCClientTransport(
        stream: stream, eventLoop: eventLoop, settings: settings.grpc)
      transport.onGoAway = { [weak self, weak transport] in
        if let transport { self?.transportEnded(transport) }
      }
      transport.onClosed = { [weak self, weak transport] _ in
        if let transport { self?.transportEnded(transport) }
      }
      state = .open(transport)
      isProven = false
      for call in calls where !call.isEnded { start(call) }
    case .failure(let failure):
      state = .idle
      backOff()
      let status = GRPCStatus(
        .unavailable, "no connection to \(address.host):\(address.port): \(failure)")
      for call in calls { call.connectFailed(status) }
    }
    return true
  }

  /// The connection takes no more calls; those that run on it go on if they can.
  private func transportEnded(_ transport: GRPCClientTransport) {
    guard case .open(let current) = state, current === transport else { return }
    state = .idle
    if !isProven { backOff() }
  }

  private func backOff() {
    failures += 1
    notBeforeNanoseconds =
      eventLoop.nanoseconds
      + settings.backoff.delayNanoseconds(failures: failures, random: random())
  }
}
