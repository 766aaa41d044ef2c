import TestSupport
import Testing
import Transport

@testable import HTTP2

@Suite struct TimeoutTests {
  private static let second: Int64 = 1_000_000_000

  private static let limits: HTTP2Settings = {
    var settings = HTTP2Settings()
    settings.timeouts.prefaceNanoseconds = 10 * second
    settings.timeouts.frameNanoseconds = 20 * second
    settings.timeouts.idleNanoseconds = 60 * second
    settings.timeouts.stallNanoseconds = 15 * second
    return settings
  }()

  /// A server on a loop, and the raw end of its peer.
  private final class Server {
    let loop = ManualEventLoop()
    let peer: MemoryByteStream
    let near: MemoryByteStream
    let transport: HTTP2Transport
    let handler = Handler()
    var output: [UInt8] = []
    var end: ByteStreamEnd?

    init(_ settings: HTTP2Settings = TimeoutTests.limits) {
      (peer, near) = MemoryByteStream.pair(eventLoop: loop)
      transport = HTTP2Transport(
        connection: HTTP2Connection(role: .server, settings: settings), stream: near,
        eventLoop: loop, handler: handler)
      peer.onBytes = { [unowned self] in output += $0 }
      peer.onClosed = { [unowned self] in end = $0 }
      loop.run()
    }

    /// Sends bytes after a while.
    func send(_ bytes: [UInt8], afterSeconds seconds: Int64 = 0) {
      loop.advance(byNanoseconds: seconds * TimeoutTests.second)
      peer.write(bytes)
      loop.run()
    }

    /// Whether the connection is over after a while, and not a nanosecond before.
    func ends(afterSeconds seconds: Int64) -> Bool {
      loop.advance(byNanoseconds: seconds * TimeoutTests.second - 1)
      if transport.isClosed { return false }
      loop.advance(byNanoseconds: 1)
      return transport.isClosed
    }
  }

  private final class Handler: HTTP2TransportHandler {
    let recorder = Recorder()
    var nextDeadlineNanoseconds: Int64?
    var end: HTTP2TransportEnd?

    func advance(to nanoseconds: Int64) {}
    func transportClosed(_ end: HTTP2TransportEnd) { self.end = end }
    func headersReceived(
      _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
    ) {
      recorder.headersReceived(stream, headers, kind: kind, endStream: endStream)
    }
    func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {}
    func endReceived(_ stream: HTTP2Stream) {}
    func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
      recorder.streamClosed(stream, code: code)
    }
    func streamDrained(_ stream: HTTP2Stream) {}
    func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
    func pingReceived() {}
    func pingAcknowledged() {}
  }

  private let request = frame(type: 1, flags: 5, stream: 1, [0x83, 0x86, 0x84, 0x01, 1, 0x61])

  @Test(arguments: [0, 1, 23, 24, 30, 32])
  func `a preface that stops half-way ends the connection`(count: Int) {
    let server = Server()
    server.send(Array(preface[..<count]))
    #expect(server.ends(afterSeconds: 10))
    #expect(server.handler.end == .failed(.timedOut))
  }

  @Test func `a preface byte by byte does not buy time`() {
    let server = Server()
    for byte in preface[..<9] { server.send([byte], afterSeconds: 1) }
    #expect(server.ends(afterSeconds: 1))
  }

  @Test(arguments: [1, 8, 9, 12])
  func `a frame that stops half-way ends the connection`(count: Int) {
    let server = Server()
    server.send(preface)
    server.send(Array(request[..<count]), afterSeconds: 30)
    #expect(server.ends(afterSeconds: 20))
    #expect(server.handler.end == .failed(.timedOut))
  }

  @Test func `a header block that goes on for ever ends the connection`() {
    let server = Server()
    server.send(preface)
    server.send(frame(type: 1, flags: 0, stream: 1, [0x83, 0x86, 0x84]))
    for _ in 0..<6 { server.send(frame(type: 9, stream: 1, []), afterSeconds: 3) }
    #expect(server.ends(afterSeconds: 2))
  }

  @Test func `frames that come slowly, but come, keep the connection`() {
    let server = Server()
    server.send(preface + frame(type: 1, flags: 4, stream: 1, [0x83, 0x86, 0x84, 0x01, 1, 0x61]))
    let data = frame(type: 0, stream: 1, [1, 2, 3])
    server.send(Array(data[..<5]))
    // Each time one frame ends and the next begins.
    for _ in 0..<10 { server.send(Array(data[5...] + data[..<5]), afterSeconds: 19) }
    #expect(!server.transport.isClosed)
  }

  @Test func `a connection without streams ends with a goodbye`() {
    let server = Server()
    server.send(preface)
    server.send(request, afterSeconds: 50)
    let stream = server.handler.recorder.streams[1]
    #expect(stream != nil)
    server.loop.advance(byNanoseconds: 100 * Self.second)
    #expect(!server.transport.isClosed)
    if let stream {
      server.transport.perform {
        server.transport.connection.submitResponse(okHeaders, on: stream, endStream: true)
      }
    }
    server.loop.run()
    server.output = []
    #expect(server.ends(afterSeconds: 60))
    #expect(server.handler.end == .finished)
    #expect(server.output.prefix(4) == [0, 0, 8, 7])
  }

  @Test func `a silent peer is asked, and given up when it does not answer`() {
    var settings = HTTP2Settings()
    settings.timeouts.pingNanoseconds = 30 * Self.second
    settings.timeouts.pingAnswerNanoseconds = 5 * Self.second
    let server = Server(settings)
    server.send(preface)
    server.output = []
    server.loop.advance(byNanoseconds: 30 * Self.second)
    #expect(server.output.prefix(4) == [0, 0, 8, 6])
    // The answer of a peer that lives.
    server.send(frame(type: 6, flags: 1, [UInt8](repeating: 0, count: 8)), afterSeconds: 4)
    server.output = []
    server.loop.advance(byNanoseconds: 30 * Self.second)
    #expect(server.output.prefix(4) == [0, 0, 8, 6])
    #expect(server.ends(afterSeconds: 5))
    #expect(server.handler.end == .failed(.timedOut))
  }

  @Test func `an answer for which the peer opens no window is given up`() {
    let server = Server()
    server.send(preface + request)
    guard let stream = server.handler.recorder.streams[1] else {
      Issue.record("no request")
      return
    }
    server.transport.perform {
      server.transport.connection.submitResponse(okHeaders, on: stream, endStream: false)
      server.transport.connection.submitData(
        [UInt8](repeating: 1, count: 70_000), on: stream, endStream: true)
    }
    server.loop.run()
    server.loop.advance(byNanoseconds: 15 * Self.second)
    server.loop.run()
    #expect(server.handler.recorder.log.last == "1 closed CANCEL")
    #expect(!server.transport.isClosed)
  }

  @Test func `a peer that takes no bytes is given up`() {
    let server = Server()
    server.send(preface)
    server.near.isWritable = false
    server.send(frame(type: 6, [UInt8](repeating: 0, count: 8)))
    #expect(server.ends(afterSeconds: 15))
    #expect(server.handler.end == .failed(.timedOut))
  }

  @Test func `without limits nothing is due`() {
    let connection = HTTP2Connection(role: .server)
    connection.receive(preface, Recorder())
    #expect(connection.nextTimeoutNanoseconds == nil)
  }

  @Test func `units are counted however the bytes are cut`() {
    let bytes = preface + request + frame(type: 9, flags: 4, stream: 1, [1, 2]) + frame(type: 4)
    for size in 1...bytes.count {
      var cursor = FrameCursor(role: .server)
      var position = 0
      while position < bytes.count {
        let end = min(bytes.count, position + size)
        Array(bytes[position..<end]).withUnsafeBytes { cursor.receive($0) }
        position = end
        #expect(cursor.isWithinUnit == !Self.ends(bytes).contains(position))
      }
      #expect(cursor.unitCount == 5)
    }
  }

  /// Where units end in the bytes of the test above.
  private static func ends(_ bytes: [UInt8]) -> [Int] {
    [24, 33, 33 + 15, 33 + 15 + 11, bytes.count]
  }
}
