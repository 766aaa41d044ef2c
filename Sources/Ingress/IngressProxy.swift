import HTTP2
public import Transport

/// A reverse proxy for HTTP/2: routes each request by its host to a ready backend.
///
/// Requests of one connection are balanced one by one, in turn; a request that a backend did not
/// process is tried with the next. Connections to backends are kept and shared. Everything happens
/// on the event loop's thread.
public final class IngressProxy {
  /// The limits.
  public let settings: IngressSettings

  /// What has been counted so far.
  @exclusivity(unchecked) public private(set) var counters = IngressCounters()

  /// Called with what happens; must not call the proxy.
  @exclusivity(unchecked) public var onEvent: (IngressEvent) -> Void = { _ in }

  let eventLoop: any EventLoop
  private let connector: any Connector
  @exclusivity(unchecked) private var routes: [String: RouteState] = [:]
  private var downstreams: [DownstreamConnection] = []

  /// The last request and its route: most are like the one before.
  @exclusivity(unchecked) private var lastRequest: ForwardedRequest?
  @exclusivity(unchecked) private var lastRoute: RouteState?

  /// The connections of a backend, in the order in which they were opened: one, unless clients
  /// keep more streams open than it takes.
  @exclusivity(unchecked) private var upstreams: [IngressBackend: [UpstreamConnection]] = [:]

  /// Until when a backend is passed over that could not be connected to.
  @exclusivity(unchecked) private var pausedUntil: [IngressBackend: Int64] = [:]

  /// Connections that take no new requests, kept until their streams have ended.
  private var draining: [UpstreamConnection] = []

  /// A proxy without routes.
  public init(
    eventLoop: any EventLoop, connector: any Connector,
    settings: IngressSettings = IngressSettings()
  ) {
    self.eventLoop = eventLoop
    self.connector = connector
    self.settings = settings
  }

  /// Serves the requests of a client's connection.
  public func accept(_ stream: any ByteStream) {
    downstreams.append(DownstreamConnection(proxy: self, stream: stream))
  }

  /// Replaces all routes; of routes for the same host the last counts.
  ///
  /// Connections to backends that are in no route any more finish the requests that run on them.
  public func update(routes newRoutes: [IngressRoute]) {
    var updated: [String: RouteState] = [:]
    var wanted: Set<IngressBackend> = []
    for route in newRoutes {
      let host = route.host.lowercased()
      let state = updated[host] ?? routes[host] ?? RouteState(host: host)
      state.backends = route.backends
      updated[host] = state
    }
    for (host, state) in routes where updated[host] == nil { state.backends = [] }
    for state in updated.values { wanted.formUnion(state.backends) }
    pausedUntil = pausedUntil.filter { wanted.contains($0.key) }
    routes = updated
    lastRoute = nil
    let unwanted = upstreams.keys.filter { !wanted.contains($0) }
      .sorted { ($0.host, $0.port) < ($1.host, $1.port) }
    for backend in unwanted {
      for upstream in upstreams.removeValue(forKey: backend) ?? [] {
        draining.append(upstream)
        for exchange in upstream.drain() where !exchange.isOver { dispatch(exchange, after: nil) }
        if upstream.hasEnded { upstreamEnded(upstream) }
      }
    }
  }

  /// Takes no more requests and ends the connections of clients once their requests are answered.
  public func shutDown() {
    for downstream in downstreams { downstream.connection.submitGoAway() }
  }

  // MARK: Called by connections and exchanges

  func requestReceived(
    _ headers: HTTP2Headers, endStream: Bool, on stream: HTTP2Stream,
    of downstream: DownstreamConnection
  ) {
    let request = ForwardedRequest(headers, like: lastRequest)
    lastRequest = request
    let host = request.host
    report(.requestReceived(host: host, path: request.path))
    guard let route = route(host) else {
      report(.unknownHostAnswered(host: host))
      let answer: HTTP2Headers = [":status": "404", "content-length": "0"]
      downstream.connection.submitResponse(answer, on: stream, endStream: true)
      return
    }
    let exchange = Exchange(
      headers: headers, endStream: endStream, route: route,
      isGRPC: request.isGRPC, stream: stream,
      connection: downstream.connection, proxy: self)
    stream.context = exchange
    dispatch(exchange, after: nil)
  }

  private func route(_ host: String) -> RouteState? {
    if let lastRoute, lastRoute.host == host { return lastRoute }
    lastRoute = routes[host]
    return lastRoute
  }

  /// Gives a request to the next backend, or answers that there is none.
  func dispatch(_ exchange: Exchange, after cause: IngressFailureCause?) {
    let failed = exchange.backend
    guard exchange.attempts < settings.attemptsMax,
      let backend = exchange.route.next(
        excluding: exchange.unreachable, avoiding: avoided(by: exchange))
    else {
      report(.noBackendAnswered(host: exchange.route.host))
      exchange.answer(status: "503", message: "no ready backend for \(exchange.route.host)")
      return
    }
    if let cause, let failed {
      report(.requestRetried(host: exchange.route.host, backend: failed, cause: cause))
    }
    exchange.given(to: backend)
    report(
      .requestForwarded(
        host: exchange.route.host, backend: backend, attempt: exchange.attempts))
    upstream(for: backend, of: exchange.route).add(exchange)
  }

  private func avoided(by exchange: Exchange) -> [IngressBackend] {
    let paused = self.paused(exchange.route)
    return exchange.refusing.isEmpty ? paused : exchange.refusing + paused
  }

  private func upstream(
    for backend: IngressBackend, of route: RouteState
  ) -> UpstreamConnection {
    // The first of a backend's connections serves until it cannot: no need to look for it.
    if let last = route.lastConnection, last.backend == backend, last.isUsable, last.hasCapacity {
      return last
    }
    let found = upstream(for: backend)
    route.lastConnection = upstreams[backend]?.first === found ? found : nil
    return found
  }

  private func upstream(for backend: IngressBackend) -> UpstreamConnection {
    var open = upstreams[backend] ?? []
    if open.contains(where: { !$0.isUsable }) {
      draining.append(contentsOf: open.filter { !$0.isUsable })
      open.removeAll { !$0.isUsable }
    }
    let existing = open.first { $0.hasCapacity }
    if let last = existing ?? open.last, existing != nil || open.count >= settings.connectionsMax {
      upstreams[backend] = open
      return last
    }
    let upstream = UpstreamConnection(backend: backend, proxy: self)
    upstreams[backend] = open + [upstream]
    upstream.connect(connector)
    return upstream
  }

  /// No connection to the backend could be opened.
  func backendFailed(_ backend: IngressBackend) {
    guard let pause = settings.pauseNanoseconds else { return }
    pausedUntil[backend] = eventLoop.nanoseconds + pause
  }

  private func paused(_ route: RouteState) -> [IngressBackend] {
    if pausedUntil.isEmpty { return [] }
    return route.backends.filter { backend in
      guard let until = pausedUntil[backend] else { return false }
      if eventLoop.nanoseconds < until { return true }
      pausedUntil[backend] = nil
      return false
    }
  }

  /// The connection takes no more requests; it is forgotten once it is over.
  func upstreamEnded(_ upstream: UpstreamConnection) {
    let backend = upstream.backend
    for route in routes.values where route.lastConnection === upstream {
      route.lastConnection = nil
    }
    if let index = upstreams[backend]?.firstIndex(where: { $0 === upstream }) {
      upstreams[backend]?.remove(at: index)
      if upstreams[backend]?.isEmpty == true { upstreams[backend] = nil }
      draining.append(upstream)
    }
    if upstream.hasEnded { draining.removeAll { $0 === upstream } }
  }

  func downstreamEnded(_ downstream: DownstreamConnection) {
    downstreams.removeAll { $0 === downstream }
  }

  func report(_ event: IngressEvent) {
    counters.count(event)
    onEvent(event)
  }
}
