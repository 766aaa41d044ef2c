/// An IPv4 packet with a TCP segment in it (RFC 791, RFC 9293).
struct TCPPacket {
  private let packet: NetworkPacket
  private let flags: UInt8
  private let sequence: UInt32
  private let acknowledgement: UInt32
  private let data: ArraySlice<UInt8>

  private static let fin: UInt8 = 0x01
  private static let syn: UInt8 = 0x02
  private static let rst: UInt8 = 0x04
  private static let psh: UInt8 = 0x08
  private static let ack: UInt8 = 0x10

  init(
    _ packet: NetworkPacket, sequenceOffset: Int, isLast: Bool, _ data: ArraySlice<UInt8>
  ) {
    self.packet = packet
    self.data = data
    let start = Self.initialSequence(packet.connection, packet.source)
    let peerStart = Self.initialSequence(packet.connection, packet.destination)
    let isHandshake = packet.kind == .connect || packet.kind == .accept
    let bytesBefore = UInt32(truncatingIfNeeded: packet.sequence) &+ UInt32(sequenceOffset)
    sequence = start &+ (isHandshake ? 0 : 1) &+ bytesBefore
    let acknowledged =
      peerStart &+ 1 &+ UInt32(truncatingIfNeeded: packet.acknowledged)
      &+ (packet.acknowledgesFinish ? 1 : 0)
    acknowledgement = packet.kind == .connect ? 0 : acknowledged
    flags =
      switch packet.kind {
      case .connect: Self.syn
      case .accept: Self.syn | Self.ack
      case .acknowledge: Self.ack
      case .data: isLast ? Self.psh | Self.ack : Self.ack
      case .finish: Self.fin | Self.ack
      case .reset: Self.rst | Self.ack
      }
  }

  /// The packet's bytes, with checksums.
  func encoded(identification: UInt16) -> [UInt8] {
    // On SYN: MSS 1460; no-operation; window scale 7.
    let options: [UInt8] = flags & Self.syn != 0 ? [2, 4, 5, 180, 1, 3, 3, 7] : []
    let segmentBytes = 20 + options.count + data.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20 + segmentBytes)
    bytes += [0x45, 0]
    Self.append(UInt16(20 + segmentBytes), to: &bytes)
    Self.append(identification, to: &bytes)
    bytes += [0x40, 0, 64, 6, 0, 0]  // do not fragment; 64 hops; TCP; checksum
    Self.append(packet.source.address.bits, to: &bytes)
    Self.append(packet.destination.address.bits, to: &bytes)
    Self.append(UInt16(packet.source.port), to: &bytes)
    Self.append(UInt16(packet.destination.port), to: &bytes)
    Self.append(sequence, to: &bytes)
    Self.append(acknowledgement, to: &bytes)
    bytes += [UInt8((20 + options.count) / 4) << 4, flags, 0xff, 0xff, 0, 0, 0, 0]
    bytes += options
    bytes += data
    let headerSum = Self.checksum(bytes[..<20], 0)
    (bytes[10], bytes[11]) = (UInt8(headerSum >> 8), UInt8(headerSum & 255))
    // The pseudo-header: addresses, protocol, length of the segment.
    let addresses = packet.source.address.bits.halves + packet.destination.address.bits.halves
    let segmentSum = Self.checksum(bytes[20...], addresses + 6 + UInt64(segmentBytes))
    (bytes[36], bytes[37]) = (UInt8(segmentSum >> 8), UInt8(segmentSum & 255))
    return bytes
  }

  /// Where an end's sequence numbers start: fixed for a connection and a side of it.
  private static func initialSequence(_ connection: UInt64, _ socket: SocketAddress) -> UInt32 {
    let key = connection << 48 ^ UInt64(socket.address.bits) << 16 ^ UInt64(socket.port)
    return UInt32(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32)
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// The Internet checksum (RFC 1071), on top of a sum of 16-bit words.
  private static func checksum(_ bytes: ArraySlice<UInt8>, _ start: UInt64) -> UInt16 {
    var sum = start
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      sum += UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
      index += 2
    }
    if index < bytes.endIndex { sum += UInt64(bytes[index]) << 8 }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }
}

extension UInt32 {
  /// The sum of both 16-bit halves.
  fileprivate var halves: UInt64 { UInt64(self >> 16) + UInt64(self & 0xffff) }
}
