import GRPC
import HTTP2
import Ingress
import TestSupport
import Testing
import Transport

@Suite struct FailureTests {
  let refusing = IngressBackend(host: "10.0.0.9", port: 5000)

  @Test(arguments: [ConnectFailure.refused, .timedOut, .unreachable, .unknownHost])
  func `a backend that cannot be reached is passed over`(failure: ConnectFailure) {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1")
    rig.network.failures[refusing.description] = failure
    rig.proxy.update(routes: [
      IngressRoute(host: "digits.example.com", backends: [refusing, backend.address])
    ])
    #expect(rig.unary(rig.client()).code == .ok)
    #expect(rig.proxy.counters.retries == 1)
    #expect(
      rig.events.contains(
        .requestRetried(host: "digits.example.com", backend: refusing, cause: .connectFailed)))
  }

  @Test func `a backend that does not answer is passed over after the connect time-out`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1")
    rig.network.silent = [refusing.description]
    rig.proxy.update(routes: [
      IngressRoute(host: "digits.example.com", backends: [refusing, backend.address])
    ])
    let record = rig.unary(rig.client())
    #expect(record.end == nil)
    rig.loop.advance(byNanoseconds: 5_000_000_000)
    #expect(record.code == .ok)
  }

  @Test func `when every backend refuses, the answer is UNAVAILABLE`() {
    let rig = IngressRig()
    rig.proxy.update(routes: [IngressRoute(host: "digits.example.com", backends: [refusing])])
    #expect(rig.unary(rig.client()).code == .unavailable)
    #expect(rig.network.attempts == [refusing.description])
  }

  @Test func `calls are served by one backend while the other shuts down gracefully`() {
    let rig = IngressRig()
    let backends = [rig.backend("10.0.0.1"), rig.backend("10.0.0.2")]
    rig.route(to: backends)
    let client = rig.client()
    for _ in 0..<4 { _ = rig.unary(client) }
    backends[0].servers[0].shutdown()
    rig.network.listeners[backends[0].address.description] = nil
    for _ in 0..<6 { #expect(rig.unary(client).code == .ok) }
    #expect(backends.map(\.calls.count) == [2, 8])
  }

  @Test func `a request that GOAWAY leaves unprocessed is sent again with its body`() {
    let rig = IngressRig()
    let backends = [rig.backend("10.0.0.1"), rig.backend("10.0.0.2")]
    rig.route(to: backends)
    let client = rig.client()
    for _ in 0..<2 { _ = rig.unary(client) }
    // GOAWAY and the request cross on the way.
    rig.network.connections[0].near.pauseReading()
    backends[0].servers[0].connection.http2.submitGoAway()
    let record = rig.start(client)
    record.call?.sendMessage([UInt8](repeating: 9, count: 100_000), isLast: true)
    rig.loop.run()
    rig.network.connections[0].near.resumeReading()
    rig.loop.run()
    #expect(record.code == .ok)
    #expect(record.messages == [[UInt8](repeating: 9, count: 100_000)])
    #expect(backends.map(\.calls.count) == [1, 2])
  }

  @Test func `a request that may have been processed is not sent again`() {
    let rig = IngressRig()
    let backends = [rig.backend("10.0.0.1", onCall: hang), rig.backend("10.0.0.2")]
    rig.route(to: backends)
    let record = rig.unary(rig.client())
    backends[0].servers[0].reset()
    rig.loop.run()
    #expect(record.code == .unavailable)
    #expect(backends[1].calls.isEmpty)
    #expect(rig.proxy.counters.failures == 1)
  }

  @Test func `a response that breaks off is reset`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1") { call in
      call.sendMessage([1])
      return true
    }
    rig.route(to: [backend])
    let record = rig.unary(rig.client())
    backend.servers[0].reset()
    rig.loop.run()
    #expect(record.messages == [[1]])
    #expect(record.code == .internal)
  }

  @Test func `a silent backend is given up after the idle time-out`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1", onCall: hang)
    rig.route(to: [backend])
    let client = rig.client()
    let record = rig.unary(client)
    rig.loop.advance(byNanoseconds: 59_000_000_000)
    #expect(record.end == nil)
    rig.loop.advance(byNanoseconds: 2_000_000_000)
    #expect(record.code == .unavailable)
    #expect(backend.calls[0].isEnded)
  }

  @Test func `resets pass through, in both directions`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1", onCall: hang)
    rig.route(to: [backend])
    let client = RawClient(rig)
    client.request(["content-type": "application/grpc"], endStream: false)
    let connection = backend.servers[0].connection.http2
    connection.reset(connection.openStreams[0], code: .enhanceYourCalm)
    rig.loop.run()
    #expect(client.resetCode == .enhanceYourCalm)

    let caller = rig.client()
    let record = rig.start(caller)
    rig.loop.run()
    var seen: GRPCStatus?
    backend.calls[1].onCancel = { seen = $0 }
    record.call?.cancel()
    rig.loop.run()
    #expect(seen?.code == .cancelled)
  }

  @Test func `a client that vanishes cancels its requests`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1", onCall: hang)
    rig.route(to: [backend])
    let client = rig.client()
    _ = rig.unary(client)
    client.reset()
    rig.loop.run()
    #expect(backend.calls[0].isEnded)
    #expect(!backend.servers[0].isClosed)
  }

  @Test func `connections of a removed backend end when their requests have`() {
    let rig = IngressRig()
    let backends = [rig.backend("10.0.0.1", onCall: hang), rig.backend("10.0.0.2")]
    rig.route(to: backends)
    let client = rig.client()
    let record = rig.unary(client)
    rig.route(to: [backends[1]])
    #expect(rig.unary(client).code == .ok)
    #expect(!backends[0].servers[0].isClosed)
    backends[0].calls[0].sendMessage([5])
    backends[0].calls[0].finish()
    rig.loop.run()
    #expect(record.code == .ok)
    #expect(backends[0].servers[0].isClosed)
    #expect(!backends[1].servers[0].isClosed)
  }

  @Test func `requests that wait for a connection to a removed backend go elsewhere`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1")
    rig.network.silent = [refusing.description]
    rig.proxy.update(routes: [
      IngressRoute(host: "digits.example.com", backends: [refusing])
    ])
    let record = rig.unary(rig.client())
    rig.route(to: [backend])
    rig.loop.run()
    #expect(record.code == .ok)
  }

  @Test func `a backend that cannot be connected to is passed over for a while`() {
    var settings = IngressSettings()
    settings.pauseNanoseconds = 10_000_000_000
    let rig = IngressRig(settings: settings)
    let backend = rig.backend("10.0.0.1")
    rig.network.silent = [refusing.description]
    rig.proxy.update(routes: [
      IngressRoute(host: "digits.example.com", backends: [refusing, backend.address])
    ])
    let client = rig.client()
    let first = rig.unary(client)
    #expect(first.end == nil)
    rig.loop.advance(byNanoseconds: 5_000_000_000)
    #expect(first.code == .ok)
    for _ in 0..<6 { #expect(rig.unary(client).code == .ok) }
    #expect(rig.network.attempts.count { $0 == refusing.description } == 1)
    // It has come back, and is tried again after its pause.
    rig.network.silent = []
    let late = rig.backend("10.0.0.9")
    rig.loop.advance(byNanoseconds: 10_000_000_000)
    for _ in 0..<4 { #expect(rig.unary(client).code == .ok) }
    #expect(late.calls.count == 2)
  }

  @Test func `the only backend is tried again and again, paused or not`() {
    var settings = IngressSettings()
    settings.pauseNanoseconds = 10_000_000_000
    let rig = IngressRig(settings: settings)
    rig.proxy.update(routes: [IngressRoute(host: "digits.example.com", backends: [refusing])])
    let client = rig.client()
    for _ in 0..<3 { #expect(rig.unary(client).code == .unavailable) }
    #expect(rig.network.attempts.count == 3)
  }
}
