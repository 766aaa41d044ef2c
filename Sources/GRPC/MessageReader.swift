/// Cuts the bytes of a stream into messages: a flag, a length of four bytes, the message.
struct MessageReader {
  enum Step {
    /// A whole message, within the bytes that were given.
    case whole(UnsafeRawBufferPointer)
    /// A message that came in parts.
    case message([UInt8])
    /// All bytes are used up.
    case incomplete
    /// The peer sent what may not be.
    case fault(GRPCStatus)
  }

  private let limitBytes: Int
  private var head: UInt64 = 0
  private var headCount = 0
  private var body: [UInt8] = []
  private var bodyLength = 0

  init(limitBytes: Int) { self.limitBytes = limitBytes }

  /// Begins anew with another stream.
  mutating func begin() {
    head = 0
    headCount = 0
    bodyLength = 0
    if !body.isEmpty { body = [] }
  }

  /// Whether the bytes so far end within a message.
  var isWithinMessage: Bool { headCount > 0 }

  /// Reads on from a position, which it moves.
  mutating func next(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Step {
    if headCount == 0, bytes.count &- position >= 5 {
      // Most heads are whole.
      head = UInt64(bytes[position]) << 32
      let length = bytes.loadUnaligned(fromByteOffset: position &+ 1, as: UInt32.self)
      head |= UInt64(UInt32(bigEndian: length))
      position &+= 5
      headCount = 5
      if let fault = headRead() { return .fault(fault) }
    }
    while headCount < 5 {
      guard position < bytes.count else { return .incomplete }
      head = head << 8 | UInt64(bytes[position])
      position += 1
      headCount += 1
      if headCount == 5, let fault = headRead() { return .fault(fault) }
    }
    let available = bytes.count - position
    let missing = bodyLength - body.count
    let part = UnsafeRawBufferPointer(
      rebasing: bytes[position..<position + min(available, missing)])
    position += part.count
    if body.isEmpty, part.count == bodyLength {
      headCount = 0
      head = 0
      return .whole(part)
    }
    body.append(contentsOf: part)
    guard body.count == bodyLength else { return .incomplete }
    let message = body
    body = []
    headCount = 0
    head = 0
    return .message(message)
  }

  private mutating func headRead() -> GRPCStatus? {
    bodyLength = Int(head & 0xFFFF_FFFF)
    switch head >> 32 {
    case 0: break
    case 1: return GRPCStatus(.internal, "a compressed message without an encoding")
    default: return GRPCStatus(.internal, "a message with the flag \(head >> 32)")
    }
    guard bodyLength <= limitBytes else {
      return GRPCStatus(
        .resourceExhausted, "a message of \(bodyLength) bytes, the limit is \(limitBytes)")
    }
    return nil
  }
}
