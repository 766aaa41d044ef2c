import HTTP2
import Testing

/// Whether messages are judged as libnghttp2 judges them where it checks them itself.
struct MessageTests {
  /// Draws numbers; small and always the same.
  private struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }
  }

  private typealias Field = (String, String)

  private static let requestFields: [Field] = [
    (":method", "GET"), (":method", "OPTIONS"), (":method", "CONNECT"), (":method", ""),
    (":method", "G T"), (":path", "/"), (":path", "*"), (":path", "a"), (":path", ""),
    (":path", "/ b"), (":scheme", "http"), (":scheme", "HTTPS"), (":scheme", "ftp"),
    (":scheme", "1a"), (":scheme", ""), (":authority", "a"), (":authority", "a b"),
    (":authority", ""), ("host", "b"), ("host", ""), ("host", "b/c"), (":status", "200"),
    (":protocol", "websocket"), (":other", "x"),
  ]

  private static let responseFields: [Field] = [
    (":status", "204"), (":status", "304"), (":status", "404"), (":status", "20"),
    (":status", "2000"), (":status", "abc"), (":status", ""), (":status", "101"),
    (":status", "100"), (":status", "103"), (":method", "GET"), (":other", "x"), ("host", "a b"),
  ]

  private static let commonFields: [Field] = [
    ("content-length", "3"), ("content-length", "0"), ("content-length", "-1"),
    ("content-length", ""), ("content-length", "99999999999999999999"),
    ("content-length", "9223372036854775807"), ("content-length", "9223372036854775808"),
    ("te", "trailers"), ("te", "Trailers"), ("te", "gzip"), ("connection", "close"),
    ("keep-alive", "1"), ("proxy-connection", "x"), ("transfer-encoding", "chunked"),
    ("upgrade", "h2c"), ("Upper", "x"), ("bad name", "x"), ("", "x"), (":", "x"),
    ("x-space", " a"), ("x-tab", "a\t"), ("x-line", "a\nb"), ("x-zero", "a\u{0}b"),
    ("x-inner", "a\tb c"), ("x-empty", ""), ("x-wide", "grün"), ("x-plain", "1"),
  ]

  private static func block(_ fields: [Field]) -> [UInt8] {
    fields.flatMap { field in
      [0, UInt8(field.0.utf8.count)] + Array(field.0.utf8)
        + [UInt8(field.1.utf8.count)] + Array(field.1.utf8)
    }
  }

  /// Fields that are mostly right, with some that are not, in an order that is mostly right.
  private static func fields(
    _ dice: inout Dice, _ usual: [Field], _ special: [Field]
  ) -> [Field] {
    var fields = usual
    if dice.roll(3) == 0, !fields.isEmpty { fields.remove(at: dice.roll(fields.count)) }
    if dice.roll(2) == 0 { fields.append(dice.pick(special)) }
    for _ in 0..<dice.roll(3) { fields.append(dice.pick(commonFields)) }
    if dice.roll(6) == 0 { fields.swapAt(dice.roll(max(1, fields.count)), 0) }
    return fields
  }

  /// The frames of a message: blocks of headers, data, trailers, all of it more or less right.
  private static func message(
    _ dice: inout Dice, stream: UInt32, isResponse: Bool
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let usual: [Field] =
      isResponse
      ? [(":status", "200")]
      : [(":method", "POST"), (":scheme", "http"), (":path", "/p"), (":authority", "host")]
    let special = isResponse ? responseFields : requestFields
    if isResponse, dice.roll(4) == 0 {
      let early = fields(&dice, [(":status", "103")], responseFields)
      bytes += frame(type: 1, flags: 4, stream: stream, block(early))
      if dice.roll(8) == 0 { bytes += frame(type: 0, stream: stream, [1]) }
    }
    let ending = dice.roll(3)
    let head = fields(&dice, usual, special)
    bytes += frame(type: 1, flags: ending == 0 ? 5 : 4, stream: stream, block(head))
    if ending == 0 { return bytes }
    for _ in 0..<dice.roll(3) {
      bytes += frame(type: 0, stream: stream, [UInt8](repeating: 7, count: dice.pick([0, 1, 3])))
    }
    if ending == 1 {
      let data = [UInt8](repeating: 7, count: dice.pick([0, 0, 2, 3]))
      return bytes + frame(type: 0, flags: 1, stream: stream, data)
    }
    // A length in trailers means nothing, and is counted in different ways.
    let trailers = fields(&dice, [("x-end", "1")], special)
      .filter { $0.0 != "content-length" && $0.0 != "host" }
    return bytes + frame(type: 1, flags: dice.roll(6) == 0 ? 4 : 5, stream: stream, block(trailers))
  }

  /// The frames of a message, for whoever looks for a difference.
  private static func text(_ message: [UInt8]) -> String {
    var frames: [String] = []
    var rest = message[...]
    while rest.count >= 9 {
      let length = Int(rest[rest.startIndex + 2]) + 256 * Int(rest[rest.startIndex + 1])
      let (type, flags) = (rest[rest.startIndex + 3], rest[rest.startIndex + 4])
      let payload = String(decoding: rest.dropFirst(9).prefix(length), as: UTF8.self)
      frames.append("\(type)/\(flags) \(payload.debugDescription)")
      rest = rest.dropFirst(9 + length)
    }
    return frames.joined(separator: ", ")
  }

  /// The codes of RST_STREAM frames by stream, and whether there was a GOAWAY.
  private static func resets(_ output: [UInt8]) -> (codes: [Int32: UInt8], isOver: Bool) {
    var codes: [Int32: UInt8] = [:]
    var isOver = false
    var position = 0
    while position + 9 <= output.count {
      let length =
        Int(output[position]) << 16 | Int(output[position + 1]) << 8 | Int(output[position + 2])
      if output[position + 3] == 3 {
        let stream = output[position + 5..<position + 9].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        codes[stream] = output[position + 12]
      }
      if output[position + 3] == 7 { isOver = true }
      position += 9 + length
    }
    return (codes, isOver)
  }

  /// Tells what happened as `LibrarySession` does.
  private final class Listener: HTTP2ConnectionHandler {
    var events: [Int32: [String]] = [:]
    var broken: [Int32: UInt8] = [:]

    func headersReceived(
      _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
    ) {
      let text = headers.all.map { "\($0.name): \($0.value)" }.joined(separator: "|")
      events[stream.id, default: []].append(text)
    }

    func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
      events[stream.id, default: []].append("\(bytes.count) bytes")
    }

    func endReceived(_ stream: HTTP2Stream) { events[stream.id, default: []].append("end") }
    func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
      if code == .protocolError { broken[stream.id] = 1 }
    }
    func streamDrained(_ stream: HTTP2Stream) {}
    func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
    func pingReceived() {}
    func pingAcknowledged() {}
  }

  @Test(arguments: [HTTP2Role.server, .client], 0..<20 as Range<UInt64>)
  func `messages are judged as the library judges them`(_ role: HTTP2Role, _ seed: UInt64) {
    var dice = Dice(state: seed)
    var judged = (taken: 0, reset: 0)
    for _ in 0..<40 {
      let library = LibrarySession(role: role)
      let own = HTTP2Connection(role: role)
      let listener = Listener()
      let start = role == .server ? preface : frame(type: 4)
      #expect(library.receive(start))
      own.receive(start, listener)
      var messages: [[UInt8]] = []
      for index in 0..<4 as Range<UInt32> {
        let stream = 2 * index + 1
        if role == .client {
          let request: HTTP2Headers = [
            ":method": dice.pick(["GET", "HEAD", "POST"]), ":scheme": "http", ":path": "/",
            ":authority": "a",
          ]
          library.request(request)
          _ = own.submitRequest(request, endStream: true)
        }
        messages.append(Self.message(&dice, stream: stream, isResponse: role == .client))
      }
      _ = (library.output(), own.takeOutput(listener))
      for (index, message) in messages.enumerated() {
        let stream = Int32(2 * index + 1)
        #expect(library.receive(message))
        own.receive(message, listener)
        let (expected, seen) = (library.output(), own.takeOutput(listener))
        let (wanted, found) = (Self.resets(expected), Self.resets(seen))
        // A stream that has ended in both directions is closed as broken, but not reset any more.
        let codes = found.codes.merging(
          listener.broken.filter { role == .client && $0.key == stream }
        ) { $1 }
        #expect(wanted.codes == codes, "\(Self.text(message))")
        #expect(wanted.isOver == found.isOver, "\(Self.text(message))")
        if wanted.codes[stream] == nil {
          #expect(library.events[stream] == listener.events[stream])
          judged.taken += 1
        } else {
          judged.reset += 1
        }
      }
    }
    #expect(judged.taken > 10 && judged.reset > 10)
  }

  @Test func `a block that comes again is judged as before`() {
    let own = HTTP2Connection(role: .server)
    let listener = Listener()
    own.receive(preface, listener)
    let good = Self.block([
      (":method", "POST"), (":scheme", "http"), (":path", "/p"), (":authority", "host"),
      ("x-tab", "a\t"), ("x-plain", "1"),
    ])
    let bad = Self.block([(":method", "POST"), (":scheme", "http"), (":path", "/p")])
    for (index, block) in [good, good, bad, bad, good].enumerated() {
      own.receive(frame(type: 1, flags: 5, stream: UInt32(2 * index + 1), block), listener)
    }
    #expect(Self.resets(own.takeOutput(listener)).codes == [5: 1, 7: 1])
    let fields = ":method: POST|:scheme: http|:path: /p|:authority: host|x-plain: 1"
    #expect(listener.events == [1: [fields, "end"], 3: [fields, "end"], 9: [fields, "end"]])
  }

  @Test func `an informational response cannot be the last block`() throws {
    let rig = Rig()
    _ = try rig.request(endStream: true)
    _ = rig.client.takeOutput(rig.clientLog)
    let early = Self.block([(":status", "103")])
    rig.client.receive(frame(type: 1, flags: 5, stream: 1, early), rig.clientLog)
    #expect(rig.clientLog.log == ["1 closed PROTOCOL_ERROR"])
  }

  @Test func `trailers are the same, compressed or sent again`() throws {
    let rig = Rig()
    let prepared = HTTP2PreparedHeaders(["grpc-status": "0"])
    let answer = { (count: Int) in
      let stream = try rig.request(endStream: true)
      rig.pump()
      let peer = try rig.peer(stream)
      rig.server.submitResponse(okHeaders, on: peer, endStream: false)
      rig.server.submitData([UInt8](repeating: 7, count: count), on: peer)
      rig.server.submitTrailers(prepared, on: peer)
    }
    for count in [3, 0, 3, 3] {
      try answer(count)
      rig.pump()
    }
    #expect(rig.clientLog.headers.count { $0 == ["grpc-status": "0"] } == 4)
    #expect(rig.clientLog.data.values.map(\.count).sorted() == [3, 3, 3])
    #expect(rig.clientLog.log.count { $0.hasSuffix("trailers end") } == 4)
    #expect(rig.clientLog.log.count { $0.hasSuffix("closed NO_ERROR") } == 4)
    try answer(3)
    #expect(Self.trailerBytes(rig.server.takeOutput(rig.serverLog)) == [1])
    // The peer makes the table of the compression smaller: what stood in it is gone.
    try answer(3)
    rig.server.receive(frame(type: 4, [0, 1, 0, 0, 0, 0]), rig.serverLog)
    let literal = "grpc-status".utf8.count
    #expect(
      Self.trailerBytes(rig.server.takeOutput(rig.serverLog)).allSatisfy { $0 > literal / 2 })
  }

  /// How long the blocks of the HEADERS frames are that end a stream.
  private static func trailerBytes(_ output: [UInt8]) -> [Int] {
    var lengths: [Int] = []
    var position = 0
    while position + 9 <= output.count {
      let length =
        Int(output[position]) << 16 | Int(output[position + 1]) << 8 | Int(output[position + 2])
      if output[position + 3] == 1, output[position + 4] & 1 != 0 { lengths.append(length) }
      position += 9 + length
    }
    return lengths
  }
}
