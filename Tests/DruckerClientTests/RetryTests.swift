import DruckerClient
import DruckerProtocol
import GRPC
import HTTP2
import Ingress
import TestSupport
import Testing
import Transport

@Suite struct RetryTests {
  static let second: Int64 = 1_000_000_000

  @Test func `one connection serves all calls`() {
    let rig = ClientRig()
    rig.listen()
    for _ in 0..<5 { #expect(rig.predict().code == .ok) }
    #expect(rig.network.attempts.count == 1)
  }

  @Test func `a refused connection is tried again after a wait`() {
    let rig = ClientRig()
    let outcome = rig.predict()
    rig.loop.advance(byNanoseconds: Self.second - 1)
    #expect(rig.network.attempts.count == 1)
    rig.listen()
    rig.loop.advance(byNanoseconds: 1)
    #expect(outcome.code == .ok)
    #expect(outcome.reply?.attempts == 2)
  }

  @Test func `after the last retry the call is UNAVAILABLE`() {
    let rig = ClientRig()
    let outcome = rig.predict()
    // Waits of 1 s, 1.6 s and 2.56 s, without jitter since the random number is a half.
    rig.loop.advance(byNanoseconds: 5_160_000_000 - 1)
    #expect(outcome.reply == nil)
    rig.loop.advance(byNanoseconds: 1)
    #expect(outcome.code == .unavailable)
    #expect(outcome.reply?.attempts == 4)
    #expect(rig.network.attempts.count == 4)
  }

  @Test func `a retry does not outlast the deadline`() {
    var settings = DruckerClientSettings()
    settings.timeoutNanoseconds = 2 * Self.second
    let rig = ClientRig(settings: settings)
    let outcome = rig.predict()
    rig.loop.advance(byNanoseconds: 2 * Self.second)
    #expect(outcome.code == .deadlineExceeded)
    #expect(rig.network.attempts.count == 2)
  }

  @Test func `the deadline holds on a connection, and reaches the server`() {
    let rig = ClientRig { _ in true }
    rig.listen()
    var reply: DruckerReply<DruckerPrediction>?
    rig.client.predict(
      .string("a"), output: .string,
      options: DruckerCallOptions(timeoutNanoseconds: Self.second)
    ) { reply = $0 }
    rig.loop.run()
    #expect(rig.server.calls[0].deadlineNanoseconds == Self.second)
    rig.loop.advance(byNanoseconds: Self.second)
    #expect(reply?.status.code == .deadlineExceeded)
  }

  @Test func `a call with no time left ends without being sent`() {
    let rig = ClientRig()
    rig.listen()
    _ = rig.predict()
    var reply: DruckerReply<DruckerPrediction>?
    rig.client.predict(
      .string("a"), output: .string, options: DruckerCallOptions(timeoutNanoseconds: 0)
    ) { reply = $0 }
    #expect(reply == nil)
    rig.loop.run()
    #expect(reply?.status.code == .deadlineExceeded)
    #expect(rig.server.calls.count == 1)
  }

  @Test func `a connection that does not open is given up`() {
    var settings = DruckerClientSettings()
    settings.retriesMax = 0
    let rig = ClientRig(settings: settings)
    rig.network.silent = ["10.0.0.1:5000"]
    let outcome = rig.predict()
    rig.loop.advance(byNanoseconds: 20 * Self.second)
    #expect(outcome.code == .unavailable)
  }

  @Test func `a call that GOAWAY leaves unprocessed is sent again on a new connection`() {
    let rig = ClientRig()
    rig.listen()
    _ = rig.predict()
    rig.network.connections[0].near.pauseReading()
    rig.server.transports[0].connection.http2.submitGoAway()
    let outcome = rig.predict()
    rig.network.connections[0].near.resumeReading()
    rig.loop.run()
    #expect(outcome.code == .ok)
    #expect(outcome.reply?.attempts == 2)
    #expect(rig.network.connections.count == 2)
  }

  @Test func `a call that a server may have processed is not sent again`() {
    let rig = ClientRig { _ in true }
    rig.listen()
    let outcome = rig.predict()
    rig.server.transports[0].reset()
    rig.loop.run()
    #expect(outcome.code == .unavailable)
    #expect(outcome.reply?.attempts == 1)
  }

  @Test func `a lost connection is opened again for the next call, at once`() {
    let rig = ClientRig()
    rig.listen()
    _ = rig.predict()
    rig.server.transports[0].reset()
    rig.loop.run()
    #expect(rig.predict().code == .ok)
    #expect(rig.network.connections.count == 2)
  }

  @Test func `a server that breaks every connection is not hammered`() {
    let rig = ClientRig()
    rig.network.listeners["10.0.0.1:5000"] = { stream in stream.reset() }
    let outcome = rig.predict()
    rig.loop.advance(byNanoseconds: Self.second / 2)
    #expect(rig.network.attempts.count == 1)
    rig.loop.advance(byNanoseconds: 60 * Self.second)
    #expect(outcome.code == .unavailable)
  }

  @Test func `a cancelled call ends at once, waiting or running`() {
    let rig = ClientRig { _ in true }
    let waiting = rig.predict()
    waiting.call?.cancel()
    #expect(waiting.code == .cancelled)
    rig.listen()
    rig.loop.advance(byNanoseconds: 10 * Self.second)
    let running = rig.predict()
    running.call?.cancel()
    #expect(running.code == .cancelled)
    rig.loop.run()
    #expect(rig.server.calls.count == 1)
    #expect(rig.server.calls[0].isEnded)
  }

  @Test func `a client that is shut down finishes what runs and takes no more`() {
    let rig = ClientRig { _ in true }
    rig.listen()
    let outcome = rig.predict()
    rig.client.shutDown()
    #expect(rig.predict().code == .unavailable)
    rig.server.calls[0].sendMessage(ScriptedServer.prediction(.string, 7))
    rig.server.calls[0].finish()
    rig.loop.run()
    #expect(outcome.output == .string("7"))
    #expect(rig.server.transports[0].isClosed)
  }

  @Test func `waits grow up to a limit and carry jitter`() {
    let backoff = DruckerBackoff()
    #expect(backoff.delayNanoseconds(failures: 1, random: 0.5) == Self.second)
    #expect(backoff.delayNanoseconds(failures: 3, random: 0.5) == 2_560_000_000)
    #expect(backoff.delayNanoseconds(failures: 1, random: 0) == 800_000_000)
    #expect(backoff.delayNanoseconds(failures: 1000, random: 0.5) == 120 * Self.second)
  }

  @Test func `a client reaches a service by name through the ingress, and learns of an outage`() {
    let target = DruckerTarget.service(
      application: "digits", level: "production", domain: "example.com",
      ingress: DruckerAddress(host: "ingress", port: 80), form: .v04)
    let rig = ClientRig(target: target)
    let proxy = IngressProxy(eventLoop: rig.loop, connector: rig.network)
    rig.network.listeners["ingress:80"] = { proxy.accept($0) }
    rig.listen("10.0.0.1:5000")
    let host = "digits-v2-production.example.com"
    let backend = IngressBackend(host: "10.0.0.1", port: 5000)
    proxy.update(routes: [IngressRoute(host: host, backends: [backend])])
    #expect(rig.predict(.bytes([1]), output: .bytes).output == .bytes([1]))
    proxy.update(routes: [IngressRoute(host: host, backends: [])])
    let outcome = rig.predict()
    #expect(outcome.code == .unavailable)
    #expect(outcome.reply?.status.message == "no ready backend for \(host)")
    #expect(outcome.reply?.attempts == 1)
  }
}
