import HTTP2
import TestSupport
import Testing

@Suite struct `The end of a transport` {
  /// Notes what it is told, and may end the transport as soon as a request arrives.
  private final class Handler: HTTP2TransportHandler {
    var log: [String] = []
    var onHeaders: (HTTP2Stream) -> Void = { _ in }
    var onDrained: () -> Void = {}
    var nextDeadlineNanoseconds: Int64?

    func advance(to nanoseconds: Int64) {}
    func transportClosed(_ end: HTTP2TransportEnd) { log.append("over") }
    func headersReceived(
      _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
    ) {
      log.append("\(stream.id) headers")
      onHeaders(stream)
    }
    func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {}
    func endReceived(_ stream: HTTP2Stream) { log.append("\(stream.id) ended") }
    func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
      log.append("\(stream.id) closed")
    }
    func streamDrained(_ stream: HTTP2Stream) {
      log.append("\(stream.id) drained")
      onDrained()
    }
    func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
    func pingReceived() { log.append("ping") }
    func pingAcknowledged() {}
  }

  @Test(arguments: [true, false])
  func `a handler that ends it within an event is told of nothing that came with that`(
    ends: Bool
  ) {
    let loop = ManualEventLoop()
    let (peer, stream) = MemoryByteStream.pair(eventLoop: loop)
    let handler = Handler()
    let transport = HTTP2Transport(
      connection: HTTP2Connection(role: .server), stream: stream, eventLoop: loop,
      handler: handler)
    if ends { handler.onHeaders = { _ in transport.reset() } }
    let head: [UInt8] = [0x83, 0x86, 0x84, 0x01, 1, 0x61]
    let ping = frame(type: 6, [UInt8](repeating: 0, count: 8))
    peer.write(
      preface + frame(type: 1, flags: 5, stream: 1, head)
        + frame(type: 1, flags: 5, stream: 3, head) + ping)
    loop.run()
    #expect(
      handler.log
        == (ends
          ? ["1 headers", "over"]
          : ["1 headers", "1 ended", "3 headers", "3 ended", "ping"]))
  }

  @Test(arguments: [true, false])
  func `a handler that ends it when a stream is drained is told of no other stream`(ends: Bool) {
    let loop = ManualEventLoop()
    let (peer, stream) = MemoryByteStream.pair(eventLoop: loop)
    let handler = Handler()
    var settings = HTTP2Settings()
    settings.backlogLimitBytes = 100
    let connection = HTTP2Connection(role: .server, settings: settings)
    let transport = HTTP2Transport(
      connection: connection, stream: stream, eventLoop: loop, handler: handler)
    handler.onHeaders = { stream in
      connection.submitResponse([":status": "200"], on: stream, endStream: false)
      connection.submitData([UInt8](repeating: 7, count: 200), on: stream)
    }
    if ends { handler.onDrained = { transport.reset() } }
    let head: [UInt8] = [0x83, 0x86, 0x84, 0x01, 1, 0x61]
    peer.write(
      preface + frame(type: 1, flags: 5, stream: 1, head)
        + frame(type: 1, flags: 5, stream: 3, head))
    loop.run()
    let requests = ["1 headers", "1 ended", "3 headers", "3 ended", "1 drained"]
    #expect(handler.log == requests + (ends ? ["over"] : ["3 drained"]))
  }
}
