import GRPC
import HTTP2
import TestSupport
import Transport

/// A client and a server of gRPC over a byte stream in memory.
final class Rig {
  let loop = ManualEventLoop()
  let clientStream: MemoryByteStream
  let serverStream: MemoryByteStream
  let client: GRPCClientTransport
  let server: GRPCServerTransport
  var calls: [GRPCServerCall] = []
  var onCall: (GRPCServerCall) -> Bool = { _ in true }
  var serverEnd: HTTP2TransportEnd?
  var clientEnd: HTTP2TransportEnd?

  init(
    client clientSettings: GRPCClientSettings = GRPCClientSettings(),
    server serverSettings: GRPCServerSettings = GRPCServerSettings()
  ) {
    (clientStream, serverStream) = MemoryByteStream.pair(eventLoop: loop)
    var forward: (GRPCServerCall) -> Bool = { _ in false }
    client = GRPCClientTransport(
      stream: clientStream, eventLoop: loop, settings: clientSettings)
    server = GRPCServerTransport(
      stream: serverStream, eventLoop: loop, settings: serverSettings, onCall: { forward($0) })
    forward = { [unowned self] call in
      self.calls.append(call)
      return self.onCall(call)
    }
    server.onClosed = { [unowned self] in self.serverEnd = $0 }
    client.onClosed = { [unowned self] in self.clientEnd = $0 }
    loop.run()
  }

  /// Starts a call and records what comes back.
  func call(
    _ path: String = "/test.Service/Method", metadata: GRPCMetadata = GRPCMetadata(),
    timeout: Int64? = nil
  ) -> Recorder {
    let call = client.startCall(
      path: path, authority: "test", metadata: metadata, timeoutNanoseconds: timeout)
    return Recorder(call)
  }
}

/// What a client's call saw.
final class Recorder {
  let call: GRPCClientCall?
  var metadata: GRPCMetadata?
  var messages: [[UInt8]] = []
  var end: GRPCCallEnd?

  init(_ call: GRPCClientCall?) {
    self.call = call
    call?.onMetadata = { self.metadata = $0 }
    call?.onMessage = { self.messages.append($0) }
    call?.onEnd = { self.end = $0 }
  }

  var code: GRPCStatusCode? { end?.status.code }
}

/// Answers a unary call with what it was sent.
func echo(_ call: GRPCServerCall) -> Bool {
  call.onMessage = { [unowned call] message in call.sendMessage(message) }
  call.onHalfClose = { [unowned call] in call.finish() }
  return true
}
