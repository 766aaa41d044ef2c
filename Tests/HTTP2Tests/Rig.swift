import HTTP2

/// Records what happens on a connection.
final class Recorder: HTTP2ConnectionHandler {
  var log: [String] = []
  var streams: [Int32: HTTP2Stream] = [:]
  var data: [Int32: [UInt8]] = [:]
  var headers: [HTTP2Headers] = []
  var onData: (HTTP2Stream, Int) -> Void = { _, _ in }
  var onDrained: (HTTP2Stream) -> Void = { _ in }
  var onEnd: (HTTP2Stream) -> Void = { _ in }

  func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    log.append("\(stream.id) \(kind)\(endStream ? " end" : "")")
    streams[stream.id] = stream
    self.headers.append(headers)
  }

  func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    data[stream.id, default: []].append(contentsOf: bytes)
    onData(stream, bytes.count)
  }

  func endReceived(_ stream: HTTP2Stream) {
    log.append("\(stream.id) ended")
    onEnd(stream)
  }

  func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    log.append("\(stream.id) closed \(code)")
  }

  func streamDrained(_ stream: HTTP2Stream) { onDrained(stream) }

  func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {
    log.append("goaway \(lastStream) \(code)")
  }

  func pingReceived() { log.append("ping") }

  func pingAcknowledged() { log.append("pong") }
}

/// Two ends whose bytes go straight to each other.
final class Rig {
  let client: HTTP2Connection
  let server: HTTP2Connection
  let clientLog = Recorder()
  let serverLog = Recorder()

  init(
    client clientSettings: HTTP2Settings = HTTP2Settings(),
    server serverSettings: HTTP2Settings = HTTP2Settings()
  ) {
    client = HTTP2Connection(role: .client, settings: clientSettings)
    server = HTTP2Connection(role: .server, settings: serverSettings)
    pump()
  }

  /// Carries bytes until both ends are silent.
  func pump() {
    while true {
      let fromClient = client.takeOutput(clientLog)
      let fromServer = server.takeOutput(serverLog)
      if fromClient.isEmpty, fromServer.isEmpty { return }
      server.receive(fromClient, serverLog)
      client.receive(fromServer, clientLog)
    }
  }

  func request(endStream: Bool) throws -> HTTP2Stream {
    try required(client.submitRequest(getHeaders, endStream: endStream))
  }

  /// The server's view of the client's stream.
  func peer(_ stream: HTTP2Stream) throws -> HTTP2Stream {
    try required(serverLog.streams[stream.id])
  }
}

let getHeaders: HTTP2Headers = [
  ":method": "POST", ":scheme": "http", ":path": "/p", ":authority": "host",
]
let okHeaders: HTTP2Headers = [":status": "200", "x-test": "1"]

struct MissingValue: Error {}

func required<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw MissingValue() }
  return value
}

/// A frame as bytes (RFC 9113 section 4.1).
func frame(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
  let count = payload.count
  return [
    UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags,
    UInt8(stream >> 24), UInt8(stream >> 16 & 255), UInt8(stream >> 8 & 255), UInt8(stream & 255),
  ] + payload
}

let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(type: 4)
