import HTTP2
import Testing

struct Attacks {
  /// The server's answer to raw bytes: what it logged, and the code of its GOAWAY.
  private func serve(
    _ bytes: [UInt8], settings: HTTP2Settings = HTTP2Settings()
  ) -> (server: HTTP2Connection, log: Recorder, goAway: UInt8?, output: [UInt8]) {
    let server = HTTP2Connection(role: .server, settings: settings)
    let log = Recorder()
    var output: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let end = min(bytes.count, position + 4096)
      server.receive(Array(bytes[position..<end]), log)
      output += server.takeOutput(log)
      position = end
    }
    var goAway: UInt8?
    position = 0
    while position + 9 <= output.count {
      let length =
        Int(output[position]) << 16 | Int(output[position + 1]) << 8
        | Int(output[position + 2])
      if output[position + 3] == 7 { goAway = output[position + 9 + 7] }
      position += 9 + length
    }
    return (server, log, goAway, output)
  }

  // ":method: POST", ":scheme: http", ":path: /" from the static table, ":authority: a" literal.
  private let request: [UInt8] = [0x83, 0x86, 0x84, 0x01, 1, 0x61]

  @Test func `bytes that are no HTTP/2 are refused`() {
    let result = serve(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    #expect(result.server.isFinished)
    #expect(result.server.failure == .badPreface)
  }

  @Test func `a rapid reset ends the connection`() {
    var bytes = preface
    for index in 0..<3000 as Range<UInt32> {
      bytes += frame(type: 1, flags: 4, stream: 2 * index + 1, request)
      bytes += frame(type: 3, stream: 2 * index + 1, [0, 0, 0, 8])
    }
    let result = serve(bytes)
    #expect(result.goAway == 11)
    #expect(result.server.isFinished)
    #expect(result.log.log.count < 2100)
  }

  @Test func `resets that come slowly are forgiven`() {
    let server = HTTP2Connection(role: .server)
    let log = Recorder()
    server.receive(preface, log)
    for index in 0..<5000 as Range<UInt32> {
      server.nanoseconds = Int64(index) * 10_000_000
      server.receive(
        frame(type: 1, flags: 4, stream: 2 * index + 1, request)
          + frame(type: 3, stream: 2 * index + 1, [0, 0, 0, 8]), log)
      _ = server.takeOutput(log)
    }
    #expect(!server.isFinished)
  }

  @Test func `a flood of pings ends the connection`() {
    let ping = frame(type: 6, [UInt8](repeating: 0, count: 8))
    let result = serve(preface + (0..<11_000).flatMap { _ in ping })
    #expect(result.server.isFinished)
    #expect(result.goAway == 11)
  }

  @Test func `a flood of settings ends the connection`() {
    let result = serve(preface + (0..<11_000).flatMap { _ in frame(type: 4) })
    #expect(result.server.isFinished)
  }

  @Test func `a flood of pings is bounded when nothing is sent`() {
    let server = HTTP2Connection(role: .server)
    let log = Recorder()
    let ping = frame(type: 6, [UInt8](repeating: 0, count: 8))
    server.receive(preface + (0..<5000).flatMap { _ in ping }, log)
    #expect(server.failure == .flooded)
  }

  @Test func `a flood of empty data ends the connection`() {
    let open = frame(type: 1, flags: 4, stream: 1, request)
    let empty = frame(type: 0, stream: 1)
    let result = serve(preface + open + (0..<11_000).flatMap { _ in empty })
    #expect(result.server.isFinished)
  }

  @Test func `an endless header block ends the connection`() {
    var bytes = preface + frame(type: 1, stream: 1, request)
    for index in 0..<1000 {
      let name = Array("x\(index)".utf8)
      bytes += frame(type: 9, stream: 1, [0, UInt8(name.count)] + name + [1, 0x61])
    }
    let result = serve(bytes)
    #expect(result.server.isFinished)
    #expect(result.log.log.isEmpty)
  }

  @Test func `a header list above the limit resets its stream only`() {
    var settings = HTTP2Settings()
    settings.maxHeaderListBytes = 500
    let long = [UInt8](repeating: 0x61, count: 100)
    let field: [UInt8] = [0, 1, 0x78, 100] + long
    let big = frame(type: 1, flags: 5, stream: 1, request + field + field + field + field)
    let good = frame(type: 1, flags: 5, stream: 3, request)
    let result = serve(preface + big + good, settings: settings)
    #expect(result.log.log == ["3 request end", "3 ended"])
    #expect(!result.server.isFinished)
    // RST_STREAM of stream 1 with ENHANCE_YOUR_CALM.
    let reset = frame(type: 3, stream: 1, [0, 0, 0, 11])
    #expect(result.output.indices.contains { result.output[$0...].starts(with: reset) })
  }

  @Test func `a header bomb ends the connection`() {
    var settings = HTTP2Settings()
    settings.maxHeaderListBytes = 1000
    // One field of 2000 bytes into the dynamic table, then 3000 references of one byte to it.
    let long = [UInt8](repeating: 0x61, count: 2000)
    let field: [UInt8] = [0x40, 1, 0x78, 0x7f, 0xd1, 0x0e] + long
    let bomb = field + [UInt8](repeating: 0xbe, count: 3000)
    let result = serve(
      preface + frame(type: 1, flags: 5, stream: 1, request + bomb), settings: settings)
    #expect(result.server.isFinished)
    #expect(result.goAway == 11)
    #expect(result.log.log.isEmpty)
  }

  @Test func `more data than the window allows ends the connection`() {
    var settings = HTTP2Settings()
    settings.initialWindowBytes = 1000
    let open = frame(type: 1, flags: 4, stream: 1, request)
    let data = frame(type: 0, stream: 1, [UInt8](repeating: 0, count: 1000))
    let result = serve(
      preface + frame(type: 4, flags: 1) + open + data + data, settings: settings)
    #expect(result.log.data[1]?.count == 1000)
    #expect(result.goAway == 3, "FLOW_CONTROL_ERROR")
  }

  @Test func `no change of bytes makes either end crash`() throws {
    var random = SplitMix(state: 20_260_101)
    for _ in 0..<2000 {
      let client = HTTP2Connection(role: .client)
      let server = HTTP2Connection(role: .server)
      let clientLog = Recorder()
      let serverLog = Recorder()
      serverLog.onData = { stream, count in server.consume(stream, bytes: count) }
      serverLog.onEnd = { stream in
        server.submitResponse(okHeaders, on: stream, endStream: false)
        server.submitData([1, 2, 3], on: stream)
        server.submitTrailers(["x-end": "yes"], on: stream)
      }
      for _ in 0..<3 {
        guard let stream = client.submitRequest(getHeaders, endStream: false) else { continue }
        client.submitData([UInt8](repeating: 3, count: 100), on: stream, endStream: true)
      }
      for _ in 0..<6 {
        server.receive(random.mutated(client.takeOutput(clientLog)), serverLog)
        client.receive(random.mutated(server.takeOutput(serverLog)), clientLog)
      }
    }
  }
}

/// A small generator of random numbers, so that a failure can be repeated.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// Changes, removes or repeats some bytes, after the preface mostly.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    guard bytes.count > 30 else { return bytes }
    for _ in 0..<Int(next() % 4) {
      let position = 24 + Int(next() % UInt64(bytes.count - 24))
      switch next() % 4 {
      case 0: bytes[position] = UInt8(truncatingIfNeeded: next())
      case 1: bytes[position] ^= 1 << (next() % 8)
      case 2: bytes.remove(at: position)
      default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: position)
      }
      if bytes.count < 30 { break }
    }
    return bytes
  }
}
