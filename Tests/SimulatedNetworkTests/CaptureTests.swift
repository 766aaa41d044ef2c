import SimulatedNetwork
import SimulationKernel
import Testing
import Transport

@Suite struct CaptureTests {
  @Test func `a capture holds handshake, data and end with sound numbers and checksums`() throws {
    let wire = Wire()
    var file: [UInt8] = []
    let capture = PacketCapture(epochSeconds: 1_530_403_200) { file += $0 }
    wire.network.observe(capture)
    try wire.establish()
    wire.connected?.write([UInt8](repeating: 0x61, count: 3000))
    try wire.simulation.run(for: .milliseconds(5))
    wire.accepted?.write([1])
    wire.accepted?.close()
    try wire.simulation.run(for: .milliseconds(5))

    #expect(Array(file[..<8]) == [0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0])
    #expect(Array(file[20..<24]) == [101, 0, 0, 0])
    let packets = Self.packets(file)
    // SYN; SYN, ACK; ACK; three of data, the last with PSH; PSH; FIN; FIN.
    #expect(
      packets.map(\.flags) == [0x02, 0x12, 0x10, 0x10, 0x10, 0x18, 0x18, 0x11, 0x11])
    #expect(packets.map(\.dataBytes) == [0, 0, 0, 1460, 1460, 80, 1, 0, 0])
    #expect(packets.allSatisfy { $0.headerSum == 0xffff && $0.segmentSum == 0xffff })
    let client = packets[0].sequence
    let server = packets[1].sequence
    #expect(
      packets.map { $0.isFromClient ? $0.sequence &- client : $0.sequence &- server } == [
        0, 0, 1, 1, 1461, 2921, 1, 2, 3001,
      ])
    #expect(packets[1].acknowledgement == client &+ 1)
    #expect(packets[6].acknowledgement == client &+ 3001)
    #expect(packets[8].acknowledgement == server &+ 3)
    #expect(packets[3].nanoseconds == 1_530_403_200_010_000_000)
  }

  private struct Packet {
    var nanoseconds: UInt64
    var flags: UInt8
    var dataBytes: Int
    var sequence: UInt32
    var acknowledgement: UInt32
    var isFromClient: Bool
    var headerSum: UInt32
    var segmentSum: UInt32
  }

  private static func packets(_ file: [UInt8]) -> [Packet] {
    func little(_ offset: Int) -> UInt64 {
      (0..<4).reduce(0) { $0 | UInt64(file[offset + $1]) << (8 * UInt64($1)) }
    }
    var packets: [Packet] = []
    var offset = 24
    while offset < file.count {
      let length = Int(little(offset + 8))
      let bytes = Array(file[offset + 16..<offset + 16 + length])
      func big(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[at + $1]) } }
      let header = Int(bytes[32] >> 4) * 4
      packets.append(
        Packet(
          nanoseconds: little(offset) * 1_000_000_000 + little(offset + 4), flags: bytes[33],
          dataBytes: length - 20 - header, sequence: big(24), acknowledgement: big(28),
          isFromClient: bytes[12] == 203, headerSum: sum(bytes[..<20], 0),
          segmentSum: sum(bytes[12..<20] + bytes[20...], 6 + UInt32(length - 20))))
      offset += 16 + length
    }
    return packets
  }

  private static func sum(_ bytes: some Collection<UInt8>, _ start: UInt32) -> UInt32 {
    var sum = start
    for (index, byte) in bytes.enumerated() {
      sum += index.isMultiple(of: 2) ? UInt32(byte) << 8 : UInt32(byte)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return sum
  }
}
