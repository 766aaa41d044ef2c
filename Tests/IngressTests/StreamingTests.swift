import GRPC
import HTTP2
import Ingress
import TestSupport
import Testing
import Transport

@Suite struct StreamingTests {
  @Test func `metadata, messages and trailers pass in both directions while the call runs`() {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1") { call in
      call.sendMetadata(["x-served-by": call.metadata["x-request-id"] ?? ""])
      call.onMessage = { [unowned call] in call.sendMessage($0 + [0]) }
      call.onHalfClose = { [unowned call] in
        call.finish(GRPCStatus(.dataLoss, "half"), trailers: ["x-checked": "yes"])
      }
      return true
    }
    rig.route(to: [backend])
    let record = rig.start(rig.client(), metadata: ["x-request-id": "r1"])
    for round in 1...5 {
      record.call?.sendMessage([UInt8(round)])
      rig.loop.run()
      #expect(record.messages.count == round)
    }
    record.call?.halfClose()
    rig.loop.run()
    #expect(record.metadata?["x-served-by"] == "r1")
    #expect(record.messages.last == [5, 0])
    #expect(record.end?.status == GRPCStatus(.dataLoss, "half"))
    #expect(record.end?.trailers["x-checked"] == "yes")
  }

  @Test func `a slow client stops the backend, and nothing is lost`() throws {
    let rig = IngressRig()
    let backend = rig.backend("10.0.0.1", onCall: hang)
    rig.route(to: [backend])
    var settings = GRPCClientSettings()
    settings.http2.initialWindowBytes = 65_535
    let record = rig.start(rig.client(settings))
    record.call?.pauseReading()
    rig.loop.run()
    let call = try #require(backend.calls.first)
    let writer = Writer(messages: 100) { call.sendMessage($0) }
    call.onWritable = writer.go
    writer.go()
    rig.loop.run()
    #expect(!writer.isDone)
    // Client's window, proxy's backlog and window, backend's backlog: far below 100 messages.
    #expect(writer.sent < 40)
    record.call?.resumeReading()
    rig.loop.run()
    call.finish()
    rig.loop.run()
    #expect(record.messages == Writer.all(100))
    #expect(record.code == .ok)
  }

  @Test func `a slow backend stops the client, and nothing is lost`() throws {
    let rig = IngressRig()
    var settings = GRPCServerSettings()
    settings.http2.initialWindowBytes = 65_535
    var received: [[UInt8]] = []
    let backend = rig.backend("10.0.0.1", settings: settings) { call in
      call.pauseReading()
      call.onMessage = { received.append($0) }
      call.onHalfClose = { [unowned call] in call.finish() }
      return true
    }
    rig.route(to: [backend])
    let record = rig.start(rig.client())
    let sender = try #require(record.call)
    let writer = Writer(messages: 100) { sender.sendMessage($0) }
    sender.onWritable = writer.go
    writer.go()
    rig.loop.run()
    #expect(writer.sent < 40)
    backend.calls[0].resumeReading()
    rig.loop.run()
    #expect(writer.isDone)
    sender.halfClose()
    rig.loop.run()
    #expect(received == Writer.all(100))
    #expect(record.code == .ok)
  }

  @Test func `a body larger than the replay limit passes, but is not sent again`() {
    let rig = IngressRig()
    let backends = [rig.backend("10.0.0.1", onCall: hang), rig.backend("10.0.0.2")]
    rig.route(to: backends)
    let record = rig.unary(
      rig.client(), message: [UInt8](repeating: 1, count: 1_000_000))
    let connection = backends[0].servers[0].connection.http2
    connection.reset(connection.openStreams[0], code: .refusedStream)
    rig.loop.run()
    #expect(record.code == .unavailable)
    #expect(backends[1].calls.isEmpty)
  }

  @Test func `a large body and a large answer arrive whole`() {
    let rig = IngressRig()
    rig.route(to: [rig.backend("10.0.0.1")])
    let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let record = rig.unary(rig.client(), message: message)
    #expect(record.messages == [message])
    #expect(record.code == .ok)
  }
}

/// Sends messages of 32 KiB for as long as the call is writable.
final class Writer {
  private(set) var sent = 0
  private let messages: [[UInt8]]
  private let send: ([UInt8]) -> Bool

  var isDone: Bool { sent == messages.count }

  init(messages: Int, send: @escaping ([UInt8]) -> Bool) {
    self.messages = Self.all(messages)
    self.send = send
  }

  static func all(_ count: Int) -> [[UInt8]] {
    (0..<count).map { [UInt8](repeating: UInt8($0), count: 32_768) }
  }

  func go() {
    while !isDone {
      sent += 1
      if !send(messages[sent - 1]) { break }
    }
  }
}
