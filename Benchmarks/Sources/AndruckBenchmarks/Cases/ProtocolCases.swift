import DruckerProtocol
import GRPC
import HTTP2
import Ingress
import Protobuf

/// Codecs and protocols, in memory.
enum ProtocolCases {
  static let pixels = (0..<64).map { Int32($0 % 17) }
  static let input = Drucker.ArrIntInput(input: pixels, option: Drucker.Option(val: "{}"))

  static var all: [Benchmark] {
    [
      Benchmark(name: "protobuf encode input", unit: "message") {
        Benchmark.Work { count in
          var bytes = 0
          for _ in 0..<count { bytes += input.protobufBytes().count }
          try require(bytes == count * input.protobufByteCount)
        }
      },
      Benchmark(name: "protobuf decode input", unit: "message") {
        let bytes = input.protobufBytes()
        return Benchmark.Work { count in
          for _ in 0..<count {
            let message = try Drucker.ArrIntInput(protobuf: bytes)
            try require(message.input.count == 64)
          }
        }
      },
      Benchmark(name: "protobuf output, both ways", unit: "message") {
        let output = Drucker.ArrIntOutput(
          output: [7], score: [0.875], option: Drucker.Option(val: "{}"))
        return Benchmark.Work { count in
          for _ in 0..<count {
            let message = try Drucker.ArrIntOutput(protobuf: output.protobufBytes())
            try require(message.output.count == 1)
          }
        }
      },
      Benchmark(name: "HTTP/2 round trip", unit: "request") { http2() },
      Benchmark(name: "gRPC unary", unit: "call") { grpc(throughIngress: false) },
      Benchmark(name: "gRPC unary through the ingress", unit: "call") {
        grpc(throughIngress: true)
      },
    ]
  }

  static func require(_ holds: Bool) throws {
    if !holds { throw BenchmarkError("a benchmark got a wrong answer") }
  }

  /// Requests with a body, and answers with a body and trailers, between two connections.
  private static func http2() -> Benchmark.Work {
    let client = HTTP2Connection(role: .client)
    let server = HTTP2Connection(role: .server)
    let requests = HTTP2Counter()
    let answers = HTTP2Counter()
    let request: HTTP2Headers = [
      ":method": "POST", ":scheme": "http", ":path": "/drucker.DruckerWorker/Predict_ArrInt_ArrInt",
      ":authority": "digits.example.com", "te": "trailers", "content-type": "application/grpc",
    ]
    let response: HTTP2Headers = [":status": "200", "content-type": "application/grpc"]
    let trailers: HTTP2Headers = ["grpc-status": "0"]
    let requestBody = [UInt8](repeating: 5, count: 77)
    let responseBody = [UInt8](repeating: 7, count: 20)
    requests.connection = server
    answers.connection = client
    requests.onEnd = { stream in
      server.submitResponse(response, on: stream, endStream: false)
      server.submitData(responseBody, on: stream, endStream: false)
      server.submitTrailers(trailers, on: stream)
    }
    let (atClient, atServer) = (HTTP2EventReceiver(answers), HTTP2EventReceiver(requests))
    func pump() {
      while true {
        var (there, back): ([UInt8], [UInt8]) = ([], [])
        client.withOutput(atClient) { there = Array($0) }
        server.withOutput(atServer) { back = Array($0) }
        if there.isEmpty, back.isEmpty { return }
        there.withUnsafeBytes { server.receive($0, atServer) }
        back.withUnsafeBytes { client.receive($0, atClient) }
      }
    }
    pump()
    return Benchmark.Work { count in
      let before = answers.ended
      for _ in 0..<count {
        guard let stream = client.submitRequest(request, endStream: false) else { break }
        client.submitData(requestBody, on: stream, endStream: true)
        pump()
      }
      try require(answers.ended - before == count)
    }
  }

  /// Unary calls whose answer is what was asked.
  private static func grpc(throughIngress: Bool) -> Benchmark.Work {
    let loop = MemoryLoop()
    var held: [AnyObject] = []
    func serve(_ stream: MemoryStream) {
      held.append(
        GRPCServerTransport(stream: stream, eventLoop: loop) { call in
          call.onMessage = { [unowned call] in call.sendMessage($0) }
          call.onHalfClose = { [unowned call] in call.finish() }
          return true
        })
    }
    let (near, far) = MemoryStream.pair(loop)
    held += [near, far]
    if throughIngress {
      let proxy = IngressProxy(eventLoop: loop, connector: MemoryConnector(loop, accept: serve))
      proxy.update(routes: [
        IngressRoute(
          host: "digits.example.com", backends: [IngressBackend(host: "backend", port: 5000)])
      ])
      proxy.accept(far)
      held.append(proxy)
    } else {
      serve(far)
    }
    let client = GRPCClientTransport(stream: near, eventLoop: loop)
    loop.run()
    let message = input.protobufBytes()
    return Benchmark.Work { count in
      var answered = 0
      for _ in 0..<count {
        let call = client.startCall(
          path: "/drucker.DruckerWorker/Predict_ArrInt_ArrInt", authority: "digits.example.com")
        call?.onEnd = { if $0.status.code == .ok { answered += 1 } }
        call?.sendMessage(message, isLast: true)
        loop.run()
      }
      try require(answered == count && !held.isEmpty)
    }
  }
}

/// Counts what ends on a connection, and gives the window back.
private final class HTTP2Counter: HTTP2ConnectionHandler {
  weak var connection: HTTP2Connection?
  var ended = 0
  var onEnd: (HTTP2Stream) -> Void = { _ in }

  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {}

  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    connection?.consume(stream, bytes: bytes.count)
  }

  func endReceived(_ stream: HTTP2Stream) {
    ended += 1
    onEnd(stream)
  }

  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {}
  func streamDrained(_ stream: HTTP2Stream) {}
  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
  func pingReceived() {}
  func pingAcknowledged() {}
}
