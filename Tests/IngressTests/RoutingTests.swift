import GRPC
import HTTP2
import Ingress
import TestSupport
import Testing
import Transport

@Suite struct RoutingTests {
  @Test(arguments: ["digits.example.com", "Digits.Example.COM:8080", "digits.example.com:80"])
  func `a request goes to its host's backend, whatever the case and the port`(authority: String) {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1")
    rig.route(to: [backend])
    let record = rig.unary(rig.client(), authority: authority)
    #expect(record.messages == [[1, 2, 3]])
    #expect(record.code == .ok)
    #expect(backend.calls.first?.authority == authority)
  }

  @Test func `requests of one connection take turns over the backends, one connection each`() {
    let rig = IngressRig()
    let backends = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map { rig.backend($0) }
    rig.route(to: backends)
    let client = rig.client()
    for _ in 0..<9 { #expect(rig.unary(client).code == .ok) }
    #expect(backends.map(\.calls.count) == [3, 3, 3])
    #expect(backends.map(\.servers.count) == [1, 1, 1])
    #expect(rig.proxy.counters.requests == 9)
    #expect(rig.proxy.counters.backendConnections == 3)
  }

  @Test func `an unknown host is answered with 404`() {
    let rig = IngressRig()
    rig.route(to: [rig.backend("10.0.0.1")])
    let record = rig.unary(rig.client(), authority: "other.example.com")
    #expect(record.code == .unimplemented)
    #expect(record.end?.status.message.contains("404") == true)
    #expect(rig.proxy.counters.unknownHostAnswers == 1)
  }

  @Test func `without a ready backend a call of gRPC is answered with UNAVAILABLE`() {
    let rig = IngressRig()
    rig.route(to: [])
    let record = rig.unary(rig.client())
    #expect(record.code == .unavailable)
    #expect(record.end?.isUnprocessed == false)
    #expect(rig.proxy.counters.noBackendAnswers == 1)
  }

  @Test func `without a ready backend any other request is answered with 503`() {
    let rig = IngressRig()
    rig.route(to: [])
    let client = RawClient(rig)
    client.request(["content-type": "text/plain"])
    #expect(client.status == "503")
  }

  @Test func `routes change for the next request`() {
    let rig = IngressRig()
    let first = rig.backend("10.0.0.1")
    let second = rig.backend("10.0.0.2")
    rig.route(to: [first])
    let client = rig.client()
    _ = rig.unary(client)
    rig.route(to: [second])
    _ = rig.unary(client)
    #expect([first.calls.count, second.calls.count] == [1, 1])
  }

  @Test func `a shut down proxy answers what runs and takes no more`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1", onCall: hang)
    rig.route(to: [backend])
    let client = rig.client()
    let record = rig.unary(client)
    rig.proxy.shutDown()
    rig.loop.run()
    #expect(!client.canStartCall)
    backend.calls[0].sendMessage([7])
    backend.calls[0].finish()
    rig.loop.run()
    #expect(record.code == .ok)
    #expect(client.isClosed)
  }
}

/// A client of HTTP/2 without gRPC, with one request.
final class RawClient: HTTP2TransportHandler {
  let connection = HTTP2Connection(role: .client)
  let nextDeadlineNanoseconds: Int64? = nil
  private(set) var status: String?
  private(set) var resetCode: HTTP2ErrorCode?
  private(set) var stream: HTTP2Stream?
  private let loop: ManualEventLoop

  init(_ rig: IngressRig) {
    loop = rig.loop
    let (near, far) = MemoryByteStream.pair(eventLoop: rig.loop)
    rig.proxy.accept(far)
    _ = HTTP2Transport(connection: connection, stream: near, eventLoop: loop, handler: self)
  }

  func request(_ more: HTTP2Headers, endStream: Bool = true) {
    var headers: HTTP2Headers = [
      ":method": "POST", ":scheme": "http", ":path": "/", ":authority": "digits.example.com",
    ]
    for field in more.all { headers.append(field.name, field.value) }
    stream = connection.submitRequest(headers, endStream: endStream)
    loop.run()
  }

  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    status = headers.first(":status")
  }
  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    connection.consume(stream, bytes: bytes.count)
  }
  func endReceived(_ stream: HTTP2Stream) {}
  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) { resetCode = code }
  func streamDrained(_ stream: HTTP2Stream) {}
  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
  func pingReceived() {}
  func pingAcknowledged() {}
  func advance(to nanoseconds: Int64) {}
  func transportClosed(_ end: HTTP2TransportEnd) {}
}
