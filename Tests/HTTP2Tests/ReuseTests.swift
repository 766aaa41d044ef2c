import Testing

@testable import HTTP2

/// What is kept for the sake of speed and must not be noticed.
struct ReuseTests {
  private static let request: HTTP2Headers = [
    ":method": "POST", ":scheme": "http", ":path": "/a", ":authority": "h",
  ]

  /// Makes a request, answers it, and returns the server's stream.
  private func exchange(_ rig: Rig, _ headers: HTTP2Headers = request) throws -> HTTP2Stream {
    let sent = try #require(rig.client.submitRequest(headers, endStream: true))
    rig.pump()
    let stream = try #require(rig.serverLog.streams[sent.id])
    rig.serverLog.streams = [:]
    rig.server.submitResponse([":status": "200"], on: stream, endStream: false)
    rig.server.submitMessage([1, 2, 3], on: stream)
    rig.server.submitTrailers(["grpc-status": "0"], on: stream)
    rig.pump()
    #expect(stream.isClosed)
    return stream
  }

  @Test func `a stream that somebody holds is not used again`() throws {
    let rig = Rig()
    let first = try exchange(rig)
    let second = try exchange(rig)
    #expect(first !== second)
    #expect(first.id == 1)
    #expect(second.id == 3)
    #expect(first.isClosed)
  }

  @Test func `a stream that nobody holds is used again, as if it were new`() throws {
    let rig = Rig()
    let first = ObjectIdentifier(try exchange(rig))
    let sent = try #require(rig.client.submitRequest(Self.request, endStream: false))
    rig.pump()
    let again = try #require(rig.serverLog.streams[sent.id])
    #expect(ObjectIdentifier(again) == first)
    #expect(again.id == 3)
    #expect(!again.isClosed && !again.isEndReceived && !again.isHeadersSubmitted)
    #expect(!again.isEndSubmitted && again.backlogBytes == 0 && again.context == nil)
    #expect(rig.server.isWritable(again))
  }

  @Test func `equal blocks of headers are one array, others are not`() throws {
    let rig = Rig()
    for path in ["/a", "/a", "/b"] {
      var headers = HTTP2Headers()
      for field in Self.request.all {
        headers.append(field.name, field.name == ":path" ? path : field.value)
      }
      _ = try exchange(rig, headers)
    }
    let blocks = rig.serverLog.headers
    #expect(blocks.map { $0.first(":path") } == ["/a", "/a", "/b"])
    #expect(blocks[0].isSameMemory(as: blocks[1]))
    #expect(!blocks[1].isSameMemory(as: blocks[2]))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `blocks arrive as they were sent, whatever came before them`(seed: UInt64) throws {
    var state = seed
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let rig = Rig()
    var sent: [HTTP2Headers] = []
    for _ in 0..<60 {
      var headers = Self.request
      // More of them than the compression's table has room for.
      for _ in 0..<random(4) {
        let value = String(repeating: "v\(random(3))", count: random(4) == 0 ? 400 : 1)
        headers.append("x-\(random(3))", value, isNeverIndexed: random(4) == 0)
      }
      sent.append(headers)
      _ = try exchange(rig, headers)
    }
    #expect(rig.serverLog.headers == sent)
    for (one, other) in zip(rig.serverLog.headers, sent) {
      #expect(
        (0..<one.count).map { one.isNeverIndexed(at: $0) }
          == (0..<other.count).map { other.isNeverIndexed(at: $0) })
    }
  }

  @Test func `a field that is never indexed arrives as one, so that it is forwarded as one`() throws
  {
    let rig = Rig()
    var headers = Self.request
    headers.append("x-request-id", "one-1", isNeverIndexed: true)
    headers.append("x-user", "two")
    _ = try exchange(rig, headers)
    let arrived = try #require(rig.serverLog.headers.first)
    #expect(arrived == headers)
    #expect((0..<arrived.count).map { arrived.isNeverIndexed(at: $0) }.suffix(2) == [true, false])
    // Its values are not remembered: as many bytes each time.
    var copy = HTTP2Headers()
    copy.append(arrived, at: arrived.count - 2)
    #expect(copy.isNeverIndexed(at: 0))
  }
}
