/// Follows where a peer's frames begin and end, to tell a peer that stops within one.
///
/// A header block with its continuations counts as one unit, since nothing else may come between
/// (RFC 9113 section 6.10), and so does the client's preface.
struct FrameCursor {
  /// Whole units that have arrived: the preface, frames, header blocks.
  private(set) var unitCount = 0

  private var prefaceRest: Int
  private var headCount = 0
  private var length = 0
  private var type: UInt8 = 0
  private var flags: UInt8 = 0
  private var payloadRest = 0
  private var isBlockOpen = false

  private let unitsOfBeginning: Int

  private static let prefaceBytes = 24
  private static let headBytes = 9
  private static let endHeaders: UInt8 = 4

  /// A cursor at the beginning of what a peer of this end sends.
  init(role: HTTP2Role) {
    prefaceRest = role == .server ? Self.prefaceBytes : 0
    unitsOfBeginning = role == .server ? 2 : 1
  }

  /// Whether the peer's preface and first frame have arrived.
  var hasBegun: Bool { unitCount >= unitsOfBeginning }

  /// Whether a unit has begun and not ended; a preface begins with the connection.
  var isWithinUnit: Bool { prefaceRest > 0 || headCount > 0 || isBlockOpen }

  mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    var position = 0
    if prefaceRest > 0 {
      position = min(prefaceRest, bytes.count)
      prefaceRest -= position
      if prefaceRest == 0 { unitCount += 1 }
    }
    while position < bytes.count {
      if headCount == 0, bytes.count &- position >= Self.headBytes {
        // Most heads are whole.
        length = Int(bytes[position]) << 16 | Int(bytes[position &+ 1]) << 8
        length |= Int(bytes[position &+ 2])
        (type, flags) = (bytes[position &+ 3], bytes[position &+ 4])
        headCount = Self.headBytes
        payloadRest = length
        position &+= Self.headBytes
      } else if headCount < Self.headBytes {
        headReceived(bytes[position])
        position += 1
      }
      guard headCount == Self.headBytes else { continue }
      let step = min(payloadRest, bytes.count - position)
      position += step
      payloadRest -= step
      if payloadRest == 0 { frameEnded() }
    }
  }

  private mutating func headReceived(_ byte: UInt8) {
    switch headCount {
    case 0: length = Int(byte)
    case 1, 2: length = length << 8 | Int(byte)
    case 3: type = byte
    case 4: flags = byte
    default: break
    }
    headCount += 1
    payloadRest = length
  }

  private mutating func frameEnded() {
    headCount = 0
    // HEADERS, PUSH_PROMISE and CONTINUATION carry a block, which the flag ends.
    if type == 1 || type == 5 || type == 9 { isBlockOpen = flags & Self.endHeaders == 0 }
    if !isBlockOpen { unitCount += 1 }
  }
}
