import SimulatedNetwork
import SimulationKernel
import Testing
import Transport

@Suite struct StreamTests {
  @Test func `a connection takes a round trip to open and bytes take the latency`() throws {
    let wire = Wire()
    wire.listen()
    wire.connect()
    try wire.simulation.run(for: .milliseconds(2))
    wire.connected?.write([1, 2, 3])
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log == ["2000 connected", "3000 accepted", "3000 server got 3"])
    #expect(wire.accepted?.remoteAddress.description == "203.0.113.1:32768")
    #expect(wire.connected?.remoteAddress.description == "10.244.0.1:80")
  }

  @Test func `writes of one instant arrive as one segment`() throws {
    let wire = Wire()
    try wire.establish()
    for _ in 0..<5 { wire.connected?.write([UInt8](repeating: 7, count: 10)) }
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log == ["11000 server got 50"])
  }

  @Test func `close sends what was written and then ends the peer`() throws {
    let wire = Wire()
    try wire.establish()
    wire.connected?.write([UInt8](repeating: 1, count: 600_000))
    wire.connected?.close()
    wire.connected?.write([1])
    try wire.simulation.run(for: .seconds(1))
    let bytes = wire.log.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(bytes.reduce(0, +) == 600_000)
    #expect(wire.log.last?.hasSuffix("server ended closed") == true)
  }

  @Test func `reset loses what is not sent and breaks the peer`() throws {
    let wire = Wire()
    try wire.establish()
    wire.accepted?.reset()
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log == ["11000 client ended reset"])
  }

  @Test func `nothing listens, so the connection is refused after a round trip`() throws {
    let wire = Wire()
    wire.connect()
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log == ["2000 failed refused"])
  }

  @Test func `a reader that pauses stops the writer`() throws {
    let wire = Wire()
    try wire.establish()
    let stream = try #require(wire.connected)
    wire.accepted?.pauseReading()
    var written = 0
    while stream.isWritable {
      stream.write([UInt8](repeating: 0, count: 10_000))
      written += 10_000
      try wire.simulation.run(for: .milliseconds(1))
    }
    // The receive buffer, the send buffer, and the write that filled it.
    #expect(written == 530_000)
    try wire.simulation.run(for: .seconds(100))
    #expect(wire.log.isEmpty)
    wire.accepted?.resumeReading()
    #expect(wire.log.isEmpty)
    try wire.simulation.run(for: .seconds(1))
    #expect(stream.isWritable)
    #expect(wire.log.contains { $0.hasSuffix("client writable") })
    let bytes = wire.log.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(bytes.reduce(0, +) == written)
  }

  @Test func `bandwidth delays by the size of the packets`() throws {
    let link = LinkProfile(latency: .milliseconds(1), bitsPerSecond: 10_000_000)
    let wire = Wire(link: link)
    try wire.establish()
    wire.connected?.write([UInt8](repeating: 0, count: 3000))
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log == ["13496 server got 3000"])
  }

  @Test func `one interface serves all its streams in turn`() throws {
    let link = LinkProfile(latency: .zero, bitsPerSecond: 8_000_000)
    let wire = Wire(link: link)
    try wire.establish()
    let first = try #require(wire.accepted)
    try wire.establish()
    let second = try #require(wire.accepted)
    first.write([UInt8](repeating: 0, count: 960))
    second.write([UInt8](repeating: 0, count: 960))
    first.write([UInt8](repeating: 0, count: 40))
    try wire.simulation.run(for: .seconds(1))
    // 960 bytes and headers take 1 ms each; the late 40 bytes of the first queue behind.
    #expect(wire.log == ["22000 client got 960", "22080 client got 1000"])
  }

  @Test func `lost packets come late, in order and complete`() throws {
    let link = LinkProfile(latency: .milliseconds(1), jitter: .milliseconds(5), loss: 0.1)
    let wire = Wire(seed: 7, link: link)
    wire.listen()
    wire.connect()
    try wire.simulation.run(for: .seconds(100))
    var received: [UInt8] = []
    wire.accepted?.onBytes = { received += $0 }
    var sent: [UInt8] = []
    for index in 0..<2000 {
      let bytes = [UInt8](repeating: UInt8(index % 251), count: index % 40 * 100 + 1)
      sent += bytes
      wire.connected?.write(bytes)
      try wire.simulation.run(for: .milliseconds(3))
    }
    try wire.simulation.run(for: .seconds(600))
    #expect(received == sent)
  }

  @Test func `the same seed gives the same run`() throws {
    func run() throws -> [String] {
      let link = LinkProfile(latency: .milliseconds(1), jitter: .milliseconds(5), loss: 0.05)
      let wire = Wire(seed: 3, link: link)
      wire.listen()
      wire.connect()
      try wire.simulation.run(for: .seconds(100))
      for _ in 0..<200 {
        wire.connected?.write([UInt8](repeating: 0, count: 5000))
        wire.accepted?.write([UInt8](repeating: 0, count: 5000))
        try wire.simulation.run(for: .milliseconds(3))
      }
      try wire.simulation.run(for: .seconds(100))
      return wire.log
    }
    let first = try run()
    #expect(first.count > 100)
    #expect(try run() == first)
  }
}
