public import Ingress
import Transport

/// A reverse proxy on a real port: one `IngressProxy` on each event loop.
///
/// Clients may be spoken to over TLS, backends are in plain text.
public final class LiveIngress: Sendable {
  /// The port that is listened on.
  public let port: Int

  private let group: LoopGroup<IngressService>

  /// Listens; requests go where the routes say.
  public init(
    routes: [IngressRoute], limits: LiveLimits = LiveLimits(),
    settings: IngressSettings = IngressSettings()
  ) throws(SocketError) {
    group = try LoopGroup(limits) { loop in
      IngressService(loop: loop, routes: routes, limits: limits, settings: settings)
    }
    do throws(SocketError) {
      port = try group.listen()
    } catch {
      Self.stop(group)
      throw error
    }
  }

  /// Replaces all routes.
  public func update(routes: [IngressRoute]) {
    for thread in group.threads {
      thread.execute { _, service in service.proxy.update(routes: routes) }
    }
  }

  /// Accepts no more connections, finishes the requests that run, then calls `completion`.
  public func stop(completion: @escaping @Sendable () -> Void) {
    group.stop(completion: completion)
  }

  /// Stops and waits for it.
  public func stopAndWait() { Self.stop(group) }

  private static func stop(_ group: LoopGroup<IngressService>) {
    blocking { (done: @escaping @Sendable (Bool) -> Void) in group.stop { done(true) } }
  }
}

/// The proxy of one event loop.
final class IngressService: LoopService {
  let proxy: IngressProxy
  private let loop: SocketEventLoop
  private let connections: OpenConnections

  init(
    loop: SocketEventLoop, routes: [IngressRoute], limits: LiveLimits,
    settings: IngressSettings
  ) {
    self.loop = loop
    connections = OpenConnections(loop, tls: limits.tls)
    proxy = IngressProxy(
      eventLoop: loop, connector: SocketConnector(loop: loop, settings: limits.sockets),
      settings: settings)
    proxy.update(routes: routes)
  }

  func accept(_ socket: AcceptedSocket) {
    if let stream = connections.open(socket) { proxy.accept(stream) }
  }

  func stop(graceNanoseconds: Int64, completion: @escaping () -> Void) {
    let cutOff = loop.schedule(afterNanoseconds: graceNanoseconds) { completion() }
    proxy.shutDown()
    connections.whenClosed {
      cutOff.cancel()
      completion()
    }
  }
}
