/// Writes what hosts send as a classic pcap file, for Wireshark and tshark.
///
/// Packets are raw IPv4 (link type 101) with nanosecond time stamps: the epoch plus virtual time, at
/// the moment of sending. Lost packets are in it, as in a capture at the sender; data that TCP sends
/// again are not. tshark recognises HTTP/2 and gRPC on port 80 by the connection preface; other
/// ports have to be named, because it takes some for other protocols (5000 for GSM's RSL):
/// `tshark -r FILE -d tcp.port==5000,http2`, in Wireshark Analyze > Decode As.
public final class PacketCapture: NetworkObserver {
  private let epochNanoseconds: Int64
  private let packetBytesMax: Int
  private let includes: (NetworkPacket) -> Bool
  private let sink: ([UInt8]) -> Void
  private var identification: UInt16 = 0

  /// Starts a capture, and writes the file's header.
  ///
  /// - Parameters:
  ///   - epochSeconds: Wall seconds since 1970 at virtual time zero.
  ///   - packetBytesMax: Payload of one packet at most: 1460 as on Ethernet, up to 65,495.
  ///   - includes: Which packets are written.
  ///   - sink: Takes the file's bytes, piece by piece.
  public init(
    epochSeconds: Int64, packetBytesMax: Int = 1460,
    where includes: @escaping (NetworkPacket) -> Bool = { _ in true },
    sink: @escaping ([UInt8]) -> Void
  ) {
    precondition((1...65_495).contains(packetBytesMax), "packets of \(packetBytesMax) bytes")
    epochNanoseconds = epochSeconds * 1_000_000_000
    self.packetBytesMax = packetBytesMax
    self.includes = includes
    self.sink = sink
    var header = LittleEndianBytes()
    header.append(UInt32(0xa1b2_3c4d))  // pcap with nanoseconds
    header.append(UInt16(2))
    header.append(UInt16(4))
    header.append(UInt32(0))
    header.append(UInt32(0))
    header.append(UInt32(262_144))
    header.append(UInt32(101))  // LINKTYPE_RAW
    sink(header.bytes)
  }

  /// Writes the packet, in pieces if it is larger than a real one.
  public func packetSent(_ packet: NetworkPacket) {
    guard includes(packet) else { return }
    var records = LittleEndianBytes()
    var offset = 0
    repeat {
      let end = min(offset + packetBytesMax, packet.bytes.count)
      let data = packet.bytes[offset..<end]
      identification &+= 1
      let encoded = TCPPacket(
        packet, sequenceOffset: offset, isLast: end == packet.bytes.count, data
      ).encoded(identification: identification)
      let time = UInt64(epochNanoseconds + packet.nanoseconds)
      records.append(UInt32(truncatingIfNeeded: time / 1_000_000_000))
      records.append(UInt32(time % 1_000_000_000))
      records.append(UInt32(encoded.count))
      records.append(UInt32(encoded.count))
      records.bytes += encoded
      offset = end
    } while offset < packet.bytes.count
    sink(records.bytes)
  }
}

/// Bytes of a file whose numbers have the low byte first.
private struct LittleEndianBytes {
  var bytes: [UInt8] = []

  mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
