import SimulatedNetwork
import SimulationKernel
import Testing
import Transport

/// Random use of a stream under random faults: what arrives is a prefix of what was sent.
@Suite struct StreamProperties {
  /// One direction: what was written at one end and read at the other.
  private final class Direction {
    var sent: [UInt8] = []
    var received: [UInt8] = []
    var isClosed = false
    var end: ByteStreamEnd?
  }

  @Test(arguments: Array(0..<40))
  func `bytes arrive in order, once, and all of them before an orderly end`(
    _ seed: Int
  ) throws {
    var limits = NetworkLimits()
    limits.sendBufferBytesMax = 20_000
    limits.receiveBufferBytesMax = 30_000
    limits.retransmissionsMax = 5
    limits.keepAliveTimeout = .seconds(20)
    let link = LinkProfile(
      latency: .milliseconds(3), jitter: .milliseconds(2),
      bitsPerSecond: seed.isMultiple(of: 2) ? 20_000_000 : nil,
      loss: Double(seed % 4) / 20)
    let wire = Wire(seed: UInt64(seed), link: link, limits: limits)
    wire.listen(log: false)
    wire.connect()
    try wire.simulation.run(for: .seconds(60))
    guard let client = wire.connected, let server = wire.accepted else { return }
    let up = Direction()
    let down = Direction()
    follow(client, receives: down)
    follow(server, receives: up)
    let random = RandomStream(seed: UInt64(seed), name: "test")
    for _ in 0..<400 {
      try act(random, wire, client, up)
      try act(random, wire, server, down)
      try wire.simulation.run(for: .microseconds(random.integer(below: 20_000)))
    }
    wire.network.healAll()
    client.resumeReading()
    server.resumeReading()
    let isClientFirst = random.integer(below: 2) == 0
    (isClientFirst ? client : server).close()
    (isClientFirst ? up : down).isClosed = true
    try wire.simulation.run(for: .seconds(2000))
    for (direction, end) in [(up, up.end), (down, down.end)] {
      #expect(direction.received.count <= direction.sent.count)
      #expect(direction.sent.starts(with: direction.received))
      // Read to the end of what the peer wrote before it closed.
      if end == .closed { #expect(direction.received == direction.sent) }
    }
    // Each end was closed by its owner, or its owner was told of its end.
    #expect(down.isClosed || up.end != nil)
    #expect(up.isClosed || down.end != nil)
  }

  private func follow(_ stream: SimulatedStream, receives direction: Direction) {
    stream.onBytes = { bytes in
      precondition(!bytes.isEmpty && direction.end == nil)
      direction.received += bytes
    }
    stream.onClosed = { end in
      precondition(direction.end == nil)
      direction.end = end
    }
  }

  private func act(
    _ random: RandomStream, _ wire: Wire, _ stream: SimulatedStream, _ direction: Direction
  ) throws {
    switch random.integer(below: 300) {
    case 0..<200:
      guard stream.isWritable else { return }
      let value = UInt8(random.next() & 255)
      let bytes = [UInt8](repeating: value, count: random.integer(below: 4000))
      if !direction.isClosed { direction.sent += bytes }
      stream.write(bytes)
    case 200..<230: stream.pauseReading()
    case 230..<296: stream.resumeReading()
    case 296: wire.network.partition(between: "client", and: "server")
    case 297, 298: wire.network.healAll()
    default:
      if random.integer(below: 4) == 0 {
        direction.isClosed = true
        stream.close()
      }
    }
  }

  @Test func `an end that is over is freed, also with both ends holding each other's owner`() throws
  {
    weak var client: SimulatedStream?
    weak var server: SimulatedStream?
    let wire = Wire()
    try wire.establish()
    do {
      let first = try #require(wire.connected)
      let second = try #require(wire.accepted)
      first.onBytes = { [first] _ in first.write([1]) }
      second.onClosed = { [second] _ in second.close() }
      (client, server) = (first, second)
      first.write([1])
      first.close()
    }
    wire.connected = nil
    wire.accepted = nil
    try wire.simulation.run(for: .seconds(1))
    #expect(client == nil)
    #expect(server == nil)
  }
}
