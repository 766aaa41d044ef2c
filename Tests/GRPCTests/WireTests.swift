import GRPC
import HTTP2
import TestSupport
import Testing
import Transport

/// A plain HTTP/2 peer, to send what our own gRPC never sends.
final class Peer: HTTP2ConnectionHandler {
  var blocks: [[HTTP2Header]] = []
  var closed: [HTTP2ErrorCode] = []
  var onRequest: (HTTP2Stream) -> Void = { _ in }

  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    blocks.append(headers.all)
    if kind == .request { onRequest(stream) }
  }

  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {}
  func endReceived(_ stream: HTTP2Stream) {}
  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) { closed.append(code) }
  func streamDrained(_ stream: HTTP2Stream) {}
  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
  func pingReceived() {}
  func pingAcknowledged() {}
}

struct ServerOnTheWire {
  /// What a server answers to a request with these headers changed and these bytes as data.
  private func answer(
    _ changes: [String: String?] = [:], data: [UInt8] = [0, 0, 0, 0, 0]
  ) -> (headers: [String: String], call: GRPCServerCall?) {
    var accepted: GRPCServerCall?
    let server = GRPCServerConnection { call in
      accepted = call
      return echo(call)
    }
    let client = HTTP2Connection(role: .client)
    let peer = Peer()
    let usual = [
      (":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), (":authority", "h"),
      ("te", "trailers"), ("content-type", "application/grpc"),
    ]
    var headers = HTTP2Headers()
    for (name, value) in usual {
      if let changed = changes[name] {
        if let changed { headers.append(name, changed) }
      } else {
        headers.append(name, value)
      }
    }
    for name in ["grpc-timeout", "grpc-encoding"] {
      if let changed = changes[name], let value = changed { headers.append(name, value) }
    }
    let stream = client.submitRequest(headers, endStream: false)
    if let stream { client.submitData(data, on: stream, endStream: true) }
    for _ in 0..<4 {
      server.http2.receive(client.takeOutput(peer), server)
      client.receive(server.http2.takeOutput(server), peer)
    }
    var result: [String: String] = [:]
    for header in peer.blocks.joined() { result[header.name] = header.value }
    return (result, accepted)
  }

  @Test func `the usual request is answered`() {
    let (headers, call) = answer()
    #expect(headers[":status"] == "200" && headers["grpc-status"] == "0")
    #expect(headers["content-type"] == "application/grpc")
    #expect(call?.path == "/a.B/C")
  }

  @Test(arguments: ["application/grpc", "application/grpc+proto", "application/grpc;x=y"])
  func `content types of gRPC are taken`(type: String) {
    #expect(answer(["content-type": type]).headers["grpc-status"] == "0")
  }

  @Test(arguments: ["application/json", "application/grpc-web", "text/html", nil] as [String?])
  func `other content types are 415`(type: String?) {
    let (headers, call) = answer(["content-type": type])
    #expect(headers[":status"] == "415" && call == nil)
  }

  @Test func `only POST is allowed`() {
    #expect(answer([":method": "GET"]).headers[":status"] == "405")
  }

  @Test func `an unknown encoding is unimplemented and names those that are known`() {
    let headers = answer(["grpc-encoding": "gzip"]).headers
    #expect(headers["grpc-status"] == "12")
    #expect(headers["grpc-accept-encoding"] == "identity")
    #expect(answer(["grpc-encoding": "identity"]).headers["grpc-status"] == "0")
  }

  @Test func `a compressed message without an encoding is a fault`() {
    #expect(answer(data: [1, 0, 0, 0, 0]).headers["grpc-status"] == "13")
    #expect(answer(data: [7, 0, 0, 0, 0]).headers["grpc-status"] == "13")
  }

  @Test func `a stream that ends within a message is a fault`() {
    #expect(answer(data: [0, 0, 0, 0, 9, 1]).headers["grpc-status"] == "13")
    #expect(answer(data: [0, 0]).headers["grpc-status"] == "13")
  }

  @Test(
    arguments: [
      ("1n", 1), ("20u", 20_000), ("300m", 300_000_000), ("4S", 4_000_000_000),
      ("5M", 300_000_000_000), ("6H", 21_600_000_000_000), ("99999999H", nil), ("00000001S", nil),
    ] as [(String, Int64?)])
  func `every unit of the time-out is understood`(text: String, nanoseconds: Int64?) {
    let (headers, call) = answer(["grpc-timeout": text])
    #expect(headers["grpc-status"] == "0")
    if let nanoseconds { #expect(call?.deadlineNanoseconds == nanoseconds) }
  }

  @Test(arguments: ["", "5", "S", "-1S", "1s", "999999999S", "1.5S", "1 S"])
  func `a malformed time-out is refused`(text: String) {
    let (headers, call) = answer(["grpc-timeout": text])
    #expect(headers["grpc-status"] == "13" && call == nil)
  }
}

struct ClientOnTheWire {
  /// How a call ends when a server of our own choice answers it.
  private func end(
    _ answer: @escaping (HTTP2Connection, HTTP2Stream) -> Void
  ) -> (end: GRPCCallEnd?, messages: [[UInt8]], request: [String: String]) {
    let client = GRPCClientConnection()
    let server = HTTP2Connection(role: .server)
    let peer = Peer()
    peer.onRequest = { answer(server, $0) }
    let result = Recorder(
      client.startCall(path: "/a.B/C", authority: "h", timeoutNanoseconds: 1_500_000_000))
    result.call?.sendMessage([1], isLast: true)
    for _ in 0..<4 {
      server.receive(client.http2.takeOutput(client), peer)
      client.http2.receive(server.takeOutput(peer), client)
    }
    var request: [String: String] = [:]
    for header in peer.blocks.first ?? [] { request[header.name] = header.value }
    return (result.end, result.messages, request)
  }

  @Test func `a request looks as the specification says`() {
    let request = end { $0.reset($1, code: .cancel) }.request
    #expect(request[":method"] == "POST" && request[":scheme"] == "http")
    #expect(request[":path"] == "/a.B/C" && request[":authority"] == "h")
    #expect(request["te"] == "trailers" && request["content-type"] == "application/grpc")
    #expect(request["grpc-timeout"] == "1500000u")
    #expect(request["user-agent"] != nil)
  }

  @Test(
    arguments: [
      (0, .internal), (1, .internal), (2, .internal), (3, .internal), (4, .internal),
      (5, .unknown), (6, .internal), (7, .unavailable), (8, .cancelled), (9, .internal),
      (10, .internal), (11, .resourceExhausted), (12, .permissionDenied), (13, .unknown),
    ] as [(UInt32, GRPCStatusCode)])
  func `a reset has the status that the specification gives it`(
    reset: UInt32, code: GRPCStatusCode
  ) {
    let result = end { $0.reset($1, code: HTTP2ErrorCode(rawValue: reset)) }.end
    #expect(result?.status.code == code)
    #expect(result?.isUnprocessed == (reset == 7))
  }

  @Test(
    arguments: [
      ("400", .internal), ("401", .unauthenticated), ("403", .permissionDenied),
      ("404", .unimplemented), ("429", .unavailable), ("502", .unavailable),
      ("503", .unavailable), ("504", .unavailable), ("500", .unknown), ("200", .unknown),
    ] as [(String, GRPCStatusCode)])
  func `an answer without a gRPC status has that of its HTTP status`(
    http: String, code: GRPCStatusCode
  ) {
    let alone = end { server, stream in
      server.submitResponse([":status": http], on: stream, endStream: true)
    }
    let page = end { server, stream in
      server.submitResponse(
        [":status": http, "content-type": "text/html"], on: stream, endStream: false)
      server.submitData(Array("<html>".utf8), on: stream, endStream: true)
    }
    #expect(alone.end?.status.code == code)
    #expect(page.end?.status.code == code)
  }

  @Test func `a gRPC status outranks the HTTP status`() {
    let result = end { server, stream in
      server.submitResponse([":status": "503", "grpc-status": "9"], on: stream, endStream: true)
    }
    #expect(result.end?.status.code == .failedPrecondition)
  }

  @Test func `an answer that ends without trailers is no success`() {
    let headers: HTTP2Headers = [":status": "200", "content-type": "application/grpc"]
    let result = end { server, stream in
      server.submitResponse(headers, on: stream, endStream: false)
      server.submitData([0, 0, 0, 0, 1, 5], on: stream, endStream: true)
    }
    #expect(result.messages == [[5]])
    #expect(result.end?.status.code == .unknown)
    let cut = end { server, stream in
      server.submitResponse(headers, on: stream, endStream: false)
      server.submitData([0, 0, 0, 0, 4, 5], on: stream)
      server.submitTrailers(["grpc-status": "0"], on: stream)
    }
    #expect(cut.end?.status.code == .internal)
  }

  @Test func `unknown codes and broken messages are tolerated`() {
    let result = end { server, stream in
      server.submitResponse(
        [
          ":status": "200", "content-type": "application/grpc", "grpc-status": "99",
          "grpc-message": "100%, %zz %41 %4", "x-bad-bin": "!!!", "x-two-bin": "AQ==,Ag",
        ], on: stream, endStream: true)
    }
    #expect(result.end?.status == GRPCStatus(.unknown, "100%, %zz A %4"))
    #expect(result.end?.trailers.values("x-bad-bin") == [])
    #expect(result.end?.trailers.values("x-two-bin") == [.binary([1]), .binary([2])])
  }

  @Test func `an answer in an unknown encoding is a fault`() {
    let result = end { server, stream in
      server.submitResponse(
        [":status": "200", "content-type": "application/grpc", "grpc-encoding": "gzip"],
        on: stream, endStream: false)
    }
    #expect(result.end?.status.code == .internal)
  }
}

struct Mutations {
  @Test func `no change of bytes makes either end crash, and every call ends once`() {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    for _ in 0..<3000 {
      let rig = Rig()
      rig.onCall = echo
      let mutate: ([UInt8]) -> [UInt8] = { bytes in
        guard bytes.count > 1, random(3) == 0 else { return bytes }
        var bytes = bytes
        let position = random(bytes.count)
        switch random(3) {
        case 0: bytes[position] = UInt8(random(256))
        case 1: bytes.remove(at: position)
        default: bytes.insert(UInt8(random(256)), at: position)
        }
        return bytes
      }
      rig.clientStream.transform = mutate
      rig.serverStream.transform = mutate
      var ends = 0
      for _ in 0..<3 {
        let result = rig.call(metadata: ["x-key": "value"], timeout: 1_000_000_000)
        result.call?.onEnd = { _ in ends += 1 }
        result.call?.sendMessage([UInt8](repeating: 1, count: random(300)))
        rig.loop.run()
        result.call?.sendMessage([2], isLast: true)
        if result.call == nil { ends += 1 }
      }
      rig.loop.advance(byNanoseconds: 2_000_000_000)
      #expect(ends == 3)
    }
  }
}
