import GRPC
import HTTP2
import TestSupport
import Testing
import Transport

struct CallKinds {
  @Test func `a unary call is answered`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call()
    result.call?.sendMessage([1, 2, 3], isLast: true)
    rig.loop.run()
    #expect(result.messages == [[1, 2, 3]])
    #expect(result.end == GRPCCallEnd(.ok))
    #expect(rig.calls.first?.path == "/test.Service/Method")
    #expect(rig.calls.first?.authority == "test")
    #expect(rig.client.connection.activeCalls == 0)
    #expect(rig.server.connection.activeCalls == 0)
  }

  @Test func `a unary answer is one write`() {
    let rig = Rig()
    rig.onCall = echo
    rig.call().call?.sendMessage([1], isLast: true)
    rig.loop.run()
    let before = rig.serverStream.writeCount
    let result = rig.call()
    result.call?.sendMessage([2], isLast: true)
    rig.loop.run()
    #expect(result.messages == [[2]])
    #expect(rig.serverStream.writeCount == before + 1)
  }

  @Test func `a client streams and gets one answer`() {
    let rig = Rig()
    rig.onCall = { call in
      var sum: UInt8 = 0
      call.onMessage = { sum += $0[0] }
      call.onHalfClose = { [unowned call] in
        call.sendMessage([sum])
        call.finish()
      }
      return true
    }
    let result = rig.call()
    for number in 1...10 as ClosedRange<UInt8> {
      result.call?.sendMessage([number])
      rig.loop.run()
    }
    #expect(result.messages.isEmpty)
    result.call?.halfClose()
    rig.loop.run()
    #expect(result.messages == [[55]])
    #expect(result.end?.status == .ok)
  }

  @Test func `a server streams many answers to one message`() {
    let rig = Rig()
    rig.onCall = { call in
      call.onMessage = { [unowned call] message in
        for number in 0..<message[0] { call.sendMessage([number]) }
        call.finish()
      }
      return true
    }
    let result = rig.call()
    result.call?.sendMessage([5], isLast: true)
    rig.loop.run()
    #expect(result.messages == [[0], [1], [2], [3], [4]])
    #expect(result.end?.status == .ok)
  }

  @Test func `both sides stream in turn`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call()
    for number in 0..<5 as Range<UInt8> {
      result.call?.sendMessage([number])
      rig.loop.run()
      #expect(result.messages.last == [number])
    }
    result.call?.halfClose()
    rig.loop.run()
    #expect(result.end?.status == .ok)
  }

  @Test func `an empty message is a message`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call()
    result.call?.sendMessage([], isLast: true)
    rig.loop.run()
    #expect(result.messages == [[]])
  }

  @Test func `a server may finish before the client has ended`() {
    let rig = Rig()
    rig.onCall = { call in
      call.finish(GRPCStatus(.failedPrecondition, "enough"))
      return true
    }
    let result = rig.call()
    result.call?.sendMessage([1])
    rig.loop.run()
    #expect(result.end?.status == GRPCStatus(.failedPrecondition, "enough"))
    #expect(result.call?.sendMessage([2]) == false)
    rig.loop.run()
    #expect(rig.client.connection.activeCalls == 0)
    #expect(rig.server.connection.activeCalls == 0)
  }

  @Test func `a server may answer in a later turn`() {
    let rig = Rig()
    let result = rig.call()
    result.call?.sendMessage([1], isLast: true)
    rig.loop.run()
    rig.calls[0].sendMessage([9])
    rig.calls[0].finish()
    rig.loop.run()
    #expect(result.messages == [[9]])
    #expect(result.end?.status == .ok)
  }

  @Test func `messages of all sizes cross the boundaries of frames`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call()
    let sizes = [0, 1, 4, 5, 16_378, 16_379, 16_380, 16_384, 65_535, 65_536, 1_000_000, 4_194_304]
    for size in sizes {
      result.call?.sendMessage([UInt8](repeating: UInt8(size & 255), count: size))
    }
    result.call?.halfClose()
    rig.loop.run()
    #expect(result.messages.map(\.count) == sizes)
    #expect(result.messages.allSatisfy { Set($0).count <= 1 })
    #expect(result.end?.status == .ok)
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func `bytes that arrive in pieces make whole messages`(size: Int) {
    let connection = GRPCClientConnection()
    var received: [[UInt8]] = []
    let server = GRPCServerConnection { call in
      call.onMessage = { received.append($0) }
      return true
    }
    let call = connection.startCall(path: "/a/b", authority: "a")
    for number in 0..<10 as Range<UInt8> { call?.sendMessage([number, number]) }
    let bytes = connection.http2.takeOutput(connection)
    var position = 0
    while position < bytes.count {
      let end = min(bytes.count, position + size)
      server.http2.receive(Array(bytes[position..<end]), server)
      position = end
    }
    #expect(received == (0..<10).map { [$0, $0] })
  }
}

struct MetadataAndStatus {
  @Test func `metadata goes both ways, in order, with bytes`() {
    let rig = Rig()
    var seen = GRPCMetadata()
    rig.onCall = { call in
      seen = call.metadata
      var initial: GRPCMetadata = ["x-initial": "1"]
      initial.append("x-data-bin", binary: [0, 255])
      call.sendMetadata(initial)
      var trailers: GRPCMetadata = ["x-last": "2"]
      trailers.append("x-data-bin", binary: [1])
      call.finish(.ok, trailers: trailers)
      return true
    }
    var metadata: GRPCMetadata = ["X-One": "a", "x-two": "b", "x-one": "c"]
    for count in 0..<5 as Range<UInt8> {
      metadata.append("x-some-bin", binary: Array(0..<count))
    }
    let result = rig.call(metadata: metadata)
    result.call?.halfClose()
    rig.loop.run()
    #expect(seen["x-one"] == "a")
    #expect(seen.values("x-one") == [.text("a"), .text("c")])
    #expect(seen.values("x-some-bin") == (0..<5).map { .binary(Array(0..<$0)) })
    #expect(seen.entries.map(\.key).prefix(2) == ["user-agent", "x-one"])
    #expect(result.metadata?["x-initial"] == "1")
    #expect(result.metadata?[binary: "x-data-bin"] == [0, 255])
    #expect(result.end?.trailers["x-last"] == "2")
    #expect(result.end?.trailers[binary: "x-data-bin"] == [1])
  }

  @Test(arguments: GRPCStatusCode.allCases)
  func `every status arrives with its message`(code: GRPCStatusCode) {
    let rig = Rig()
    let text = code == .ok ? "" : "50 % of Größe\nline two ☃"
    rig.onCall = { call in
      call.finish(GRPCStatus(code, text))
      return true
    }
    let alone = rig.call()
    rig.loop.run()
    rig.onCall = { call in
      call.sendMessage([1])
      call.finish(GRPCStatus(code, text))
      return true
    }
    let after = rig.call()
    rig.loop.run()
    #expect(alone.end?.status == GRPCStatus(code, text))
    #expect(after.end?.status == GRPCStatus(code, text))
    #expect(after.messages == [[1]])
    #expect(alone.metadata == nil && after.metadata != nil)
  }

  @Test func `an unknown method is unimplemented`() {
    let rig = Rig()
    rig.onCall = { _ in false }
    let result = rig.call("/no.Such/Method")
    result.call?.sendMessage([1], isLast: true)
    rig.loop.run()
    #expect(result.end?.status == GRPCStatus(.unimplemented, "unknown method /no.Such/Method"))
  }
}

struct Limits {
  @Test func `a message above the server's limit is refused`() {
    var settings = GRPCServerSettings()
    settings.maxReceiveMessageBytes = 100
    let rig = Rig(server: settings)
    var cancelled: GRPCStatus?
    rig.onCall = { call in
      call.onCancel = { cancelled = $0 }
      return echo(call)
    }
    let small = rig.call()
    small.call?.sendMessage([UInt8](repeating: 1, count: 100), isLast: true)
    let big = rig.call()
    big.call?.sendMessage([UInt8](repeating: 1, count: 101), isLast: true)
    rig.loop.run()
    #expect(small.code == .ok)
    #expect(big.code == .resourceExhausted)
    #expect(cancelled?.code == .resourceExhausted)
  }

  @Test func `a message above the client's limit ends the call`() {
    var settings = GRPCClientSettings()
    settings.maxReceiveMessageBytes = 100
    let rig = Rig(client: settings)
    rig.onCall = { call in
      call.sendMessage([UInt8](repeating: 1, count: 101))
      return true
    }
    let result = rig.call()
    rig.loop.run()
    #expect(result.code == .resourceExhausted)
    #expect(rig.calls[0].isEnded)
  }

  @Test func `more calls than the server allows wait for their turn`() {
    var settings = GRPCServerSettings()
    settings.http2.maxConcurrentStreams = 2
    let rig = Rig(server: settings)
    rig.onCall = echo
    let results = (0..<10).map { _ in rig.call() }
    rig.loop.run()
    #expect(rig.calls.count == 2)
    for result in results { result.call?.sendMessage([1], isLast: true) }
    rig.loop.run()
    #expect(results.allSatisfy { $0.code == .ok })
  }
}

struct BackPressure {
  @Test func `a slow reader at the server stops the writer at the client`() {
    let rig = Rig()
    var received = 0
    rig.onCall = { call in
      call.onMessage = { [unowned call] message in
        received += message.count
        call.pauseReading()
      }
      call.onHalfClose = { [unowned call] in call.finish() }
      return true
    }
    let result = rig.call()
    var sent = 0
    func fill() {
      while sent < 1000, let call = result.call, call.isWritable {
        call.sendMessage([UInt8](repeating: 1, count: 10_000))
        sent += 1
      }
      if sent == 1000 { result.call?.halfClose() }
    }
    result.call?.onWritable = fill
    fill()
    rig.loop.run()
    // One message was taken; the window of 1 MiB and the backlog hold the others.
    #expect(received == 10_000)
    #expect(sent < 130)
    var rounds = 0
    while result.end == nil, rounds < 2000 {
      rig.calls[0].resumeReading()
      rig.loop.run()
      rounds += 1
    }
    #expect(received == 10_000_000)
    #expect(result.code == .ok)
    #expect(rounds >= 999)
  }

  @Test func `a slow reader at the client stops the writer at the server`() {
    let rig = Rig()
    var sent = 0
    rig.onCall = { call in
      func fill() {
        while sent < 500, call.isWritable {
          call.sendMessage([UInt8](repeating: 2, count: 10_000))
          sent += 1
        }
        if sent == 500 { call.finish() }
      }
      call.onWritable = fill
      fill()
      return true
    }
    let result = rig.call()
    result.call?.pauseReading()
    rig.loop.run()
    #expect(result.messages.isEmpty)
    #expect(sent < 130)
    result.call?.resumeReading()
    rig.loop.run()
    #expect(result.messages.count == 500)
    #expect(result.code == .ok)
  }

  @Test func `the end waits for the messages that a paused reader has not seen`() {
    let rig = Rig()
    rig.onCall = { call in
      call.sendMessage([1])
      call.sendMessage([2])
      call.finish(GRPCStatus(.aborted, "x"))
      return true
    }
    let result = rig.call()
    result.call?.onMessage = { [unowned result] message in
      result.messages.append(message)
      result.call?.pauseReading()
    }
    rig.loop.run()
    #expect(result.messages == [[1]] && result.end == nil)
    result.call?.resumeReading()
    #expect(result.messages == [[1], [2]])
    rig.loop.run()
    #expect(result.end?.status.code == .aborted)
  }

  @Test func `a transport that takes nothing stops the output, not the machine`() {
    let rig = Rig()
    rig.onCall = echo
    rig.serverStream.isWritable = false
    let result = rig.call()
    result.call?.sendMessage([1], isLast: true)
    rig.loop.run()
    #expect(rig.calls.count == 1 && result.end == nil)
    rig.serverStream.isWritable = true
    rig.loop.run()
    #expect(result.messages == [[1]])
    #expect(result.code == .ok)
  }
}
