import GRPC
import HTTP2
import Ingress
import TestSupport
import Testing
import Transport

/// What one client does must not reach others through a connection that both use.
@Suite struct IsolationTests {
  private static let second: Int64 = 1_000_000_000

  @Test func `a client that resets without end costs others nothing`() throws {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1", onCall: hang)
    rig.route(to: [backend])
    let good = rig.start(rig.client())
    good.call?.sendMessage([1], isLast: true)
    rig.loop.run()
    #expect(backend.calls.count == 1)
    // More clients than one, since each is ended after a thousand resets.
    for _ in 0..<4 {
      let hostile = rig.client()
      for _ in 0..<1_500 {
        guard let call = rig.start(hostile).call else { break }
        // In a turn of its own, so that the request is on its way before it is given up.
        rig.loop.run()
        call.cancel()
        rig.loop.run()
      }
      #expect(hostile.isClosed)
    }
    let server = try #require(backend.servers.first)
    #expect(!server.isClosed)
    backend.calls[0].sendMessage([2])
    backend.calls[0].finish()
    rig.loop.run()
    #expect(good.code == .ok)
    #expect(good.messages == [[2]])
  }

  @Test func `requests that are given up reach the backend as fast as it bears them`() {
    var settings = IngressSettings()
    settings.upstreamResetBurst = 10
    settings.upstreamResetsPerSecond = 5
    let rig = IngressRig(settings: settings)
    var cancelled = 0
    let backend = rig.backend("10.0.0.1") { call in
      call.onCancel = { _ in cancelled += 1 }
      return true
    }
    rig.route(to: [backend])
    let client = rig.client()
    let calls = (0..<30).map { _ in rig.start(client) }
    rig.loop.run()
    for call in calls { call.call?.cancel() }
    rig.loop.run()
    #expect(cancelled == 10)
    rig.loop.advance(byNanoseconds: Self.second)
    #expect(cancelled == 15)
    rig.loop.advance(byNanoseconds: 10 * Self.second)
    #expect(cancelled == 30)
  }

  @Test func `a client that does not read stops nobody else's answers`() {
    let rig = IngressRig()
    let large = [UInt8](repeating: 7, count: 1_000_000)
    let backend = rig.backend("10.0.0.1") { call in
      call.onHalfClose = { [unowned call] in
        call.sendMessage(large)
        call.finish()
      }
      return true
    }
    rig.route(to: [backend])
    // Together they keep more than the connection's window of 4 MiB.
    let hogs = (0..<40).map { _ -> CallRecord in
      let record = rig.start(rig.client())
      record.call?.pauseReading()
      record.call?.sendMessage([1], isLast: true)
      return record
    }
    rig.loop.run()
    #expect(hogs.allSatisfy { $0.end == nil })
    let record = rig.unary(rig.client())
    #expect(record.code == .ok)
    #expect(record.messages == [large])
    for hog in hogs { hog.call?.resumeReading() }
    rig.loop.run()
    #expect(hogs.allSatisfy { $0.code == .ok && $0.messages == [large] })
  }

  @Test func `requests beyond what a backend turns out to take get a connection of their own`() {
    let rig = IngressRig()
    var settings = GRPCServerSettings()
    settings.http2.maxConcurrentStreams = 2
    let backend = rig.backend("10.0.0.1", settings: settings, onCall: hang)
    rig.route(to: [backend])
    let client = rig.client()
    let early = (0..<6).map { _ in rig.start(client) }
    // The backend's limits arrive in the turn in which another request does, and before it.
    rig.loop.run()
    let late = rig.start(client)
    rig.loop.run()
    #expect(backend.calls.count == 7)
    for call in backend.calls { call.finish() }
    rig.loop.run()
    #expect((early + [late]).allSatisfy { $0.code == .ok })
  }
}
