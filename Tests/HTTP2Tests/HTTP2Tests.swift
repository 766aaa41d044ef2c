import HTTP2
import Testing

struct Exchanges {
  @Test func `headers, data and trailers go both ways`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: false)
    rig.client.submitData([1, 2], on: stream)
    rig.client.submitData([3], on: stream, endStream: true)
    rig.pump()
    let peer = try rig.peer(stream)
    rig.server.submitResponse(okHeaders, on: peer, endStream: false)
    rig.server.submitData([4, 5], on: peer)
    rig.server.submitTrailers(["x-end": "yes"], on: peer)
    rig.pump()
    #expect(rig.serverLog.log == ["1 request", "1 ended", "1 closed NO_ERROR"])
    #expect(
      rig.clientLog.log == ["1 response", "1 trailers end", "1 ended", "1 closed NO_ERROR"])
    #expect(rig.serverLog.data == [1: [1, 2, 3]])
    #expect(rig.clientLog.data == [1: [4, 5]])
    #expect(rig.serverLog.headers == [getHeaders])
    #expect(rig.clientLog.headers == [okHeaders, ["x-end": "yes"]])
    #expect(rig.client.openStreams.isEmpty && rig.server.openStreams.isEmpty)
  }

  @Test func `an answer without a body is one block`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: true)
    rig.pump()
    rig.server.submitResponse([":status": "404"], on: try rig.peer(stream), endStream: true)
    rig.pump()
    #expect(rig.clientLog.log == ["1 response end", "1 ended", "1 closed NO_ERROR"])
  }

  @Test func `trailers may follow headers without data`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: true)
    rig.pump()
    let peer = try rig.peer(stream)
    rig.server.submitResponse(okHeaders, on: peer, endStream: false)
    rig.pump()
    rig.server.submitTrailers(["x-end": "yes"], on: peer)
    rig.pump()
    #expect(rig.clientLog.log.contains("1 trailers end"))
    #expect(rig.clientLog.data.isEmpty)
  }

  @Test func `an early answer tells the client to stop`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: false)
    rig.pump()
    rig.server.submitResponse(okHeaders, on: try rig.peer(stream), endStream: true)
    rig.pump()
    #expect(rig.clientLog.log == ["1 response end", "1 ended", "1 closed NO_ERROR"])
    #expect(stream.isClosed && !rig.client.isWritable(stream))
    rig.client.submitData([1], on: stream)
    rig.pump()
    #expect(rig.serverLog.data.isEmpty)
  }

  @Test func `a reset reaches the other end with its code`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: false)
    rig.pump()
    rig.client.reset(stream, code: .cancel)
    rig.pump()
    #expect(rig.serverLog.log == ["1 request", "1 closed CANCEL"])
    let refused = try rig.request(endStream: false)
    rig.pump()
    rig.server.reset(try rig.peer(refused), code: .refusedStream)
    rig.pump()
    #expect(rig.clientLog.log.last == "3 closed REFUSED_STREAM")
    #expect(refused.isUnprocessed)
  }

  @Test func `a request that is reset before it was sent never leaves`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: false)
    rig.client.submitData([1], on: stream)
    rig.client.reset(stream, code: .cancel)
    rig.pump()
    #expect(rig.serverLog.log.isEmpty)
    #expect(stream.isClosed && stream.isUnprocessed)
  }

  @Test func `pings are acknowledged`() {
    let rig = Rig()
    rig.client.submitPing()
    rig.pump()
    #expect(rig.clientLog.log == ["pong"])
    #expect(rig.serverLog.log == ["ping"])
  }

  @Test func `an informational response is dropped`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: true)
    _ = rig.client.takeOutput(rig.clientLog)
    // HPACK literals without indexing: ":status: 103", then ":status: 200" (static index 8).
    let early = frame(type: 1, flags: 4, stream: 1, [0x08, 3, 0x31, 0x30, 0x33])
    let final = frame(type: 1, flags: 5, stream: 1, [0x88])
    rig.client.receive(early + final, rig.clientLog)
    #expect(rig.clientLog.log == ["1 response end", "1 ended", "1 closed NO_ERROR"])
    #expect(rig.clientLog.headers == [[":status": "200"]])
    #expect(stream.isClosed)
  }

  @Test func `output is pending once, and only outside of events`() throws {
    let rig = Rig()
    var count = 0
    rig.client.onOutputPending = { count += 1 }
    let stream = try rig.request(endStream: false)
    rig.client.submitData([1], on: stream)
    rig.client.submitPing()
    #expect(count == 1)
    rig.pump()
    rig.client.submitPing()
    #expect(count >= 2)
  }
}

struct FlowControl {
  @Test func `a reader that consumes nothing stops the writer`() throws {
    var settings = HTTP2Settings()
    settings.initialWindowBytes = 100_000
    let rig = Rig(server: settings)
    let stream = try rig.request(endStream: false)
    rig.client.submitData([UInt8](repeating: 7, count: 300_000), on: stream)
    rig.pump()
    #expect(rig.serverLog.data[1]?.count == 100_000)
    #expect(stream.backlogBytes == 200_000)
    #expect(!rig.client.isWritable(stream))
    var drained = 0
    rig.clientLog.onDrained = { _ in drained += 1 }
    rig.server.consume(try rig.peer(stream), bytes: 100_000)
    rig.pump()
    #expect(rig.serverLog.data[1]?.count == 200_000)
    #expect(drained == 0)
    rig.server.consume(try rig.peer(stream), bytes: 100_000)
    rig.pump()
    #expect(rig.serverLog.data[1]?.count == 300_000)
    #expect(drained == 1)
    #expect(rig.client.isWritable(stream))
  }

  @Test func `the connection's window bounds all streams together`() throws {
    var settings = HTTP2Settings()
    settings.connectionWindowBytes = 150_000
    settings.initialWindowBytes = 100_000
    let rig = Rig(server: settings)
    for _ in 0..<3 {
      let stream = try rig.request(endStream: false)
      rig.client.submitData([UInt8](repeating: 7, count: 100_000), on: stream, endStream: true)
    }
    rig.pump()
    #expect(rig.serverLog.data.values.map(\.count).reduce(0, +) == 150_000)
  }

  @Test func `a stream that closes gives back the connection's window`() throws {
    var settings = HTTP2Settings()
    settings.connectionWindowBytes = 100_000
    settings.initialWindowBytes = 100_000
    let rig = Rig(server: settings)
    for round in 1...5 {
      let stream = try rig.request(endStream: false)
      rig.client.submitData([UInt8](repeating: 7, count: 100_000), on: stream)
      rig.pump()
      #expect(rig.serverLog.data[stream.id]?.count == 100_000, "round \(round)")
      rig.client.reset(stream, code: .cancel)
      rig.pump()
    }
  }

  @Test func `one call for output takes about its limit`() throws {
    var settings = HTTP2Settings()
    settings.initialWindowBytes = 1_000_000
    let rig = Rig(server: settings)
    let stream = try rig.request(endStream: false)
    rig.client.submitData([UInt8](repeating: 7, count: 900_000), on: stream)
    let first = rig.client.takeOutput(limitBytes: 50_000, rig.clientLog)
    #expect(first.count >= 50_000 && first.count < 70_000)
    rig.server.receive(first, rig.serverLog)
    rig.pump()
    #expect(rig.serverLog.data[1]?.count == 900_000)
  }

  @Test func `a writer that refills on each drain keeps order`() throws {
    let rig = Rig()
    var next: UInt8 = 0
    let stream = try rig.request(endStream: false)
    func fill() {
      while next < 200, rig.client.isWritable(stream) {
        rig.client.submitData([UInt8](repeating: next, count: 10_000), on: stream)
        next += 1
      }
      if next == 200 { rig.client.submitData([], on: stream, endStream: true) }
    }
    rig.clientLog.onDrained = { _ in fill() }
    rig.serverLog.onData = { stream, count in rig.server.consume(stream, bytes: count) }
    fill()
    rig.pump()
    let data = try required(rig.serverLog.data[1])
    #expect(data.count == 2_000_000)
    #expect(data == (0..<200).flatMap { [UInt8](repeating: $0, count: 10_000) })
    #expect(rig.serverLog.log.contains("1 ended"))
  }
}

struct GoingAway {
  @Test func `a graceful end lets running streams finish`() throws {
    let rig = Rig()
    let stream = try rig.request(endStream: true)
    rig.pump()
    rig.server.submitShutdownNotice()
    rig.pump()
    #expect(rig.clientLog.log == ["goaway 2147483647 NO_ERROR"])
    #expect(!rig.client.canSubmitRequest)
    rig.server.submitGoAway()
    rig.pump()
    #expect(!rig.server.isFinished)
    rig.server.submitResponse(okHeaders, on: try rig.peer(stream), endStream: true)
    rig.pump()
    #expect(rig.clientLog.log.contains("1 response end"))
    #expect(rig.server.isFinished && rig.client.isFinished)
  }

  @Test func `requests above the last stream are unprocessed`() throws {
    let rig = Rig()
    let first = try rig.request(endStream: true)
    rig.pump()
    rig.server.submitGoAway()
    let second = try rig.request(endStream: true)
    rig.pump()
    #expect(second.isClosed && second.isUnprocessed)
    #expect(!first.isClosed)
  }

  @Test func `a request that waits for a free stream is unprocessed after a GOAWAY`() throws {
    var settings = HTTP2Settings()
    settings.maxConcurrentStreams = 1
    let rig = Rig(server: settings)
    let first = try rig.request(endStream: true)
    let second = try rig.request(endStream: true)
    rig.pump()
    #expect(rig.serverLog.streams.count == 1)
    rig.server.submitGoAway()
    rig.pump()
    #expect(second.isClosed && second.isUnprocessed)
    #expect(!first.isClosed)
  }

  @Test func `requests beyond the peer's limit can be taken back`() throws {
    var settings = HTTP2Settings()
    settings.maxConcurrentStreams = 2
    let client = HTTP2Connection(role: .client)
    let server = HTTP2Connection(role: .server, settings: settings)
    let log = Recorder()
    client.onPeerSettings = { [unowned client] in client.withdrawExcess() }
    let first = try required(client.submitRequest(getHeaders, endStream: true))
    _ = client.takeOutput(log)
    let others = try (0..<3).map { _ in
      try required(client.submitRequest(getHeaders, endStream: true))
    }
    client.receive(server.takeOutput(log), log)
    #expect(!first.isClosed && !others[0].isClosed)
    #expect(others[1...].allSatisfy { $0.isClosed && $0.isUnprocessed })
    #expect(client.openStreams.count == 2)
    _ = client.takeOutput(log)
    #expect(others[0].isHeadersSent)
  }
}
