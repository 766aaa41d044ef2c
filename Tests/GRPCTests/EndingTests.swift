import GRPC
import HTTP2
import TestSupport
import Testing
import Transport

private let second: Int64 = 1_000_000_000

struct Deadlines {
  @Test func `a deadline ends the call at both ends`() {
    let rig = Rig()
    var cancelled: GRPCStatus?
    rig.onCall = { call in
      call.onCancel = { cancelled = $0 }
      return true
    }
    rig.loop.advance(byNanoseconds: 7 * second)
    let result = rig.call(timeout: 2 * second)
    rig.loop.advance(byNanoseconds: 2 * second - 1)
    #expect(rig.calls[0].deadlineNanoseconds == 9 * second)
    #expect(result.end == nil)
    rig.loop.advance(byNanoseconds: 1)
    #expect(result.code == .deadlineExceeded)
    #expect(cancelled != nil)
    #expect(rig.server.connection.activeCalls == 0)
  }

  @Test func `the server ends late calls by itself`() {
    let rig = Rig()
    var cancelled: GRPCStatus?
    rig.onCall = { call in
      call.onCancel = { cancelled = $0 }
      return true
    }
    let result = rig.call(timeout: second)
    rig.loop.run()
    rig.clientStream.isWritable = false
    rig.loop.advance(byNanoseconds: 2 * second)
    #expect(cancelled?.code == .deadlineExceeded)
    #expect(result.code == .deadlineExceeded)
  }

  @Test func `calls with other deadlines go on`() {
    let rig = Rig()
    let results = (1...5).map { rig.call(timeout: Int64($0) * second) }
    for index in 0..<5 {
      rig.loop.advance(byNanoseconds: second)
      #expect(results.map { $0.end != nil } == (0..<5).map { $0 <= index })
    }
  }

  @Test func `a call that has ended has no deadline`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call(timeout: second)
    result.call?.sendMessage([1], isLast: true)
    rig.loop.run()
    rig.loop.advance(byNanoseconds: 5 * second)
    #expect(result.code == .ok)
  }

  @Test func `a call that waits for a free stream has a deadline too`() {
    var settings = GRPCServerSettings()
    settings.http2.maxConcurrentStreams = 1
    let rig = Rig(server: settings)
    let running = rig.call()
    let waiting = rig.call(timeout: second)
    rig.loop.advance(byNanoseconds: second)
    #expect(waiting.code == .deadlineExceeded && running.end == nil)
    #expect(rig.calls.count == 1)
    rig.calls[0].finish()
    rig.loop.run()
    #expect(running.code == .ok && rig.calls.count == 1)
  }
}

struct Cancellation {
  @Test func `a cancel reaches the server`() {
    let rig = Rig()
    var cancelled: [GRPCStatus] = []
    rig.onCall = { call in
      call.onCancel = { cancelled.append($0) }
      return true
    }
    let result = rig.call()
    rig.loop.run()
    result.call?.cancel()
    #expect(result.code == .cancelled)
    rig.loop.run()
    #expect(cancelled.map(\.code) == [.cancelled])
    rig.calls[0].sendMessage([1])
    rig.calls[0].finish()
    rig.loop.run()
    #expect(cancelled.count == 1)
  }

  @Test func `a cancel from within a callback is safe`() {
    let rig = Rig()
    rig.onCall = { call in
      call.sendMessage([1])
      call.sendMessage([2])
      return true
    }
    let result = rig.call()
    result.call?.onMessage = { [unowned result] message in
      result.messages.append(message)
      result.call?.cancel()
    }
    rig.loop.run()
    #expect(result.messages == [[1]])
    #expect(result.code == .cancelled)
    #expect(rig.calls[0].isEnded)
  }

  @Test func `a lost connection ends all calls`() {
    let rig = Rig()
    var cancelled = 0
    rig.onCall = { call in
      call.onCancel = { _ in cancelled += 1 }
      return true
    }
    let sent = [rig.call(), rig.call()]
    rig.loop.run()
    let unsent = rig.call()
    rig.server.reset()
    rig.clientStream.isWritable = false
    rig.loop.run()
    #expect(cancelled == 2)
    #expect(sent.allSatisfy { $0.code == .unavailable && $0.end?.isUnprocessed == false })
    #expect(unsent.code == .unavailable && unsent.end?.isUnprocessed == true)
    #expect(rig.clientEnd == .streamEnded(.reset))
    #expect(rig.client.startCall(path: "/a/b", authority: "a") == nil)
  }

  @Test func `closing the client cancels at the server`() {
    let rig = Rig()
    var cancelled = 0
    rig.onCall = { call in
      call.onCancel = { _ in cancelled += 1 }
      return true
    }
    let result = rig.call()
    rig.loop.run()
    rig.client.close()
    #expect(result.code == .unavailable)
    rig.loop.run()
    #expect(cancelled == 1)
    #expect(rig.serverEnd == .streamEnded(.closed))
  }
}

struct GoingAway {
  @Test func `a server that shuts down finishes what runs`() {
    let rig = Rig()
    let running = rig.call()
    rig.loop.run()
    var isAnnounced = false
    rig.client.onGoAway = { isAnnounced = true }
    rig.server.shutdown()
    rig.loop.run()
    #expect(isAnnounced && !rig.client.canStartCall)
    #expect(rig.client.startCall(path: "/a/b", authority: "a") == nil)
    #expect(running.end == nil && rig.serverEnd == nil)
    rig.calls[0].sendMessage([7])
    rig.calls[0].finish()
    rig.loop.run()
    #expect(running.messages == [[7]] && running.code == .ok)
    #expect(rig.serverEnd == .finished)
    #expect(rig.clientEnd != nil)
  }

  @Test func `a call that crosses the notice is still taken`() {
    let rig = Rig()
    rig.onCall = echo
    rig.server.shutdown()
    let crossing = rig.call()
    rig.client.perform { crossing.call?.sendMessage([1], isLast: true) }
    rig.loop.run()
    #expect(crossing.code == .ok)
    #expect(rig.serverEnd == .finished)
  }

  @Test func `an idle connection closes at once`() {
    let rig = Rig()
    rig.server.shutdown()
    rig.loop.run()
    #expect(rig.serverEnd == .finished && rig.clientEnd != nil)
  }

  @Test func `a client that never answers does not hold the shutdown up`() {
    let rig = Rig()
    rig.loop.run()
    rig.clientStream.isWritable = false
    rig.server.shutdown()
    rig.loop.advance(byNanoseconds: 4 * second)
    #expect(rig.serverEnd == nil)
    rig.loop.advance(byNanoseconds: second)
    #expect(rig.serverEnd == .finished)
  }

  @Test func `calls that wait for a stream may be sent again after a GOAWAY`() {
    var settings = GRPCServerSettings()
    settings.http2.maxConcurrentStreams = 1
    let rig = Rig(server: settings)
    let running = rig.call()
    let waiting = rig.call()
    rig.loop.run()
    rig.server.shutdown()
    rig.loop.run()
    #expect(waiting.code == .unavailable && waiting.end?.isUnprocessed == true)
    rig.calls[0].finish()
    rig.loop.run()
    #expect(running.code == .ok)
  }

  @Test func `a client that shuts down finishes what runs`() {
    let rig = Rig()
    let running = rig.call()
    rig.loop.run()
    rig.client.shutdown()
    rig.loop.run()
    #expect(!rig.client.canStartCall && rig.clientEnd == nil)
    rig.calls[0].finish()
    rig.loop.run()
    #expect(running.code == .ok)
    #expect(rig.clientEnd != nil && rig.serverEnd != nil)
  }
}

struct KeepalivePings {
  @Test func `a client gives a dead server up`() {
    var settings = GRPCClientSettings()
    settings.keepaliveIntervalNanoseconds = 10 * second
    let rig = Rig(client: settings)
    let result = rig.call()
    rig.loop.run()
    rig.serverStream.isWritable = false
    rig.loop.advance(byNanoseconds: 29 * second)
    #expect(result.end == nil)
    rig.loop.advance(byNanoseconds: second)
    #expect(result.code == .unavailable)
    #expect(rig.clientEnd == .failed(.timedOut))
  }

  @Test func `an answered ping keeps the connection`() {
    var server = GRPCServerSettings()
    server.minimumPingIntervalNanoseconds = second
    var settings = GRPCClientSettings()
    settings.keepaliveIntervalNanoseconds = 10 * second
    let rig = Rig(client: settings, server: server)
    let result = rig.call()
    rig.loop.advance(byNanoseconds: 600 * second)
    #expect(result.end == nil && rig.clientEnd == nil)
  }

  @Test func `without calls no pings are sent`() {
    var settings = GRPCClientSettings()
    settings.keepaliveIntervalNanoseconds = 10 * second
    let rig = Rig(client: settings)
    let before = rig.clientStream.writeCount
    rig.loop.advance(byNanoseconds: 600 * second)
    #expect(rig.clientStream.writeCount == before && rig.clientEnd == nil)
  }

  @Test func `too many pings end the connection`() {
    var settings = GRPCClientSettings()
    settings.keepaliveIntervalNanoseconds = 10 * second
    let rig = Rig(client: settings)
    let result = rig.call()
    rig.loop.advance(byNanoseconds: 600 * second)
    #expect(rig.serverEnd != nil)
    #expect(result.code == .unavailable)
  }
}

/// What streams keep of calls, for the sake of speed.
struct KeptCalls {
  @Test func `a connection that is over is freed, with the calls that its streams kept`() {
    weak var http2: HTTP2Connection?
    do {
      let rig = Rig()
      rig.onCall = echo
      for _ in 0..<3 {
        let result = rig.call()
        result.call?.sendMessage([1], isLast: true)
        rig.loop.run()
        #expect(result.code == .ok)
      }
      http2 = rig.server.connection.http2
      rig.calls = []
      rig.client.close()
      rig.loop.run()
      #expect(rig.serverEnd != nil)
    }
    #expect(http2 == nil)
  }

  @Test func `a call that nobody holds is used again, one that somebody holds is not`() {
    let rig = Rig()
    rig.onCall = echo
    func exchange() -> GRPCServerCall {
      let result = rig.call()
      result.call?.sendMessage([7], isLast: true)
      rig.loop.run()
      #expect(result.code == .ok && result.messages == [[7]])
      return rig.calls.removeLast()
    }
    let first = exchange()
    let second = exchange()
    #expect(first !== second)
    let identifier = ObjectIdentifier(second)
    _ = consume second
    #expect(ObjectIdentifier(exchange()) == identifier)
    #expect(first.isEnded && !first.isWritable && !first.sendMessage([1]))
    first.pauseReading()
    first.resumeReading()
    first.finish()
  }

  @Test func `a request that is refused has no call of before`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call()
    result.call?.sendMessage([1], isLast: true)
    rig.loop.run()
    rig.calls = []
    let http2 = rig.client.connection.http2
    rig.client.perform {
      let refused = http2.submitRequest(
        [":method": "GET", ":scheme": "http", ":path": "/", ":authority": "test"],
        endStream: false)
      guard let refused else { return }
      http2.submitData([0, 0, 0, 0, 1, 9], on: refused, endStream: true)
    }
    rig.loop.run()
    #expect(rig.calls.isEmpty)
    #expect(rig.server.connection.activeCalls == 0)
    let again = rig.call()
    again.call?.sendMessage([2], isLast: true)
    rig.loop.run()
    #expect(again.code == .ok && again.messages == [[2]])
  }
}
