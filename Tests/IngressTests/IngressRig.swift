import GRPC
import HTTP2
import Ingress
import TestSupport
import Transport

/// A proxy, its backends and a client in memory.
final class IngressRig {
  let loop = ManualEventLoop()
  let network: MemoryNetwork
  let proxy: IngressProxy
  private var backends: [Backend] = []
  private(set) var events: [IngressEvent] = []

  init(settings: IngressSettings = IngressSettings()) {
    network = MemoryNetwork(eventLoop: loop)
    proxy = IngressProxy(eventLoop: loop, connector: network, settings: settings)
    proxy.onEvent = { [unowned self] in events.append($0) }
  }

  func route(_ host: String = "digits.example.com", to backends: [Backend]) {
    proxy.update(routes: [IngressRoute(host: host, backends: backends.map(\.address))])
  }

  func backend(
    _ host: String, settings: GRPCServerSettings = GRPCServerSettings(),
    onCall: @escaping (GRPCServerCall) -> Bool = echo
  ) -> Backend {
    let backend = Backend(
      host: host, network: network, loop: loop, settings: settings, onCall: onCall)
    backends.append(backend)
    return backend
  }

  func client(_ settings: GRPCClientSettings = GRPCClientSettings()) -> GRPCClientTransport {
    let (near, far) = MemoryByteStream.pair(eventLoop: loop)
    proxy.accept(far)
    return GRPCClientTransport(stream: near, eventLoop: loop, settings: settings)
  }

  /// A unary call that runs to its end, unless the backend keeps it.
  func unary(
    _ client: GRPCClientTransport, authority: String = "digits.example.com",
    message: [UInt8] = [1, 2, 3]
  ) -> CallRecord {
    let record = start(client, authority: authority)
    record.call?.sendMessage(message, isLast: true)
    loop.run()
    return record
  }

  func start(
    _ client: GRPCClientTransport, authority: String = "digits.example.com",
    metadata: GRPCMetadata = GRPCMetadata()
  ) -> CallRecord {
    CallRecord(
      client.startCall(path: "/test.Service/Method", authority: authority, metadata: metadata))
  }
}

/// A gRPC server at an address of a rig.
final class Backend {
  let address: IngressBackend
  var calls: [GRPCServerCall] = []
  var servers: [GRPCServerTransport] = []

  init(
    host: String, network: MemoryNetwork, loop: ManualEventLoop, settings: GRPCServerSettings,
    onCall: @escaping (GRPCServerCall) -> Bool
  ) {
    address = IngressBackend(host: host, port: 5000)
    network.listeners[address.description] = { [unowned self] stream in
      servers.append(
        GRPCServerTransport(stream: stream, eventLoop: loop, settings: settings) {
          [unowned self] call in
          calls.append(call)
          return onCall(call)
        })
    }
  }
}

/// What a client's call saw.
final class CallRecord {
  let call: GRPCClientCall?
  var metadata: GRPCMetadata?
  var messages: [[UInt8]] = []
  var end: GRPCCallEnd?

  var code: GRPCStatusCode? { end?.status.code }

  init(_ call: GRPCClientCall?) {
    self.call = call
    call?.onMetadata = { self.metadata = $0 }
    call?.onMessage = { self.messages.append($0) }
    call?.onEnd = { self.end = $0 }
  }
}

/// Answers every message with the same one.
func echo(_ call: GRPCServerCall) -> Bool {
  call.onMessage = { [unowned call] message in call.sendMessage(message) }
  call.onHalfClose = { [unowned call] in call.finish() }
  return true
}

/// Takes a call and leaves it without an answer.
func hang(_ call: GRPCServerCall) -> Bool { true }
