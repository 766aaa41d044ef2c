import SimulatedNetwork
import SimulationKernel
import Testing
import Transport

@Suite struct FaultTests {
  @Test func `a connect across a partition times out after 127 seconds`() throws {
    let wire = Wire()
    wire.listen()
    wire.network.partition(between: "client", and: "node-1")
    wire.connect()
    try wire.simulation.run(for: .seconds(126))
    #expect(wire.failure == nil)
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log == ["127000000 failed timedOut"])
  }

  @Test func `a connect succeeds when the partition heals in time`() throws {
    let wire = Wire()
    wire.listen()
    wire.network.partition(between: "*", and: "server")
    wire.connect()
    try wire.simulation.run(for: .seconds(2))
    wire.network.healAll()
    try wire.simulation.run(for: .seconds(2))
    #expect(wire.log == ["3002000 connected", "3003000 accepted"])
  }

  @Test func `data sent into a partition arrive with the first repetition after it`() throws {
    let wire = Wire()
    try wire.establish()
    wire.network.partition(between: "client", and: "server")
    wire.connected?.write([1])
    try wire.simulation.run(for: .milliseconds(500))
    wire.connected?.write([2])
    wire.network.heal(between: "client", and: "server")
    try wire.simulation.run(for: .seconds(10))
    // Sent at 10 ms, again at 210, 610 (healed at 510).
    #expect(wire.log == ["611000 server got 2"])
  }

  @Test func `a writer times out 924 seconds after its peer fell silent`() throws {
    var limits = NetworkLimits()
    limits.keepAliveTimeout = nil
    let wire = Wire(limits: limits)
    try wire.establish()
    wire.server.remove(.vanish)
    wire.connected?.write([1])
    try wire.simulation.run(for: .seconds(2000))
    #expect(wire.log == ["924610000 client ended timedOut"])
  }

  @Test func `an idle stream outlives a partition only as long as its keep-alive`() throws {
    let wire = Wire()
    try wire.establish()
    wire.network.partition(from: "server", to: "client")
    try wire.simulation.run(for: .seconds(100))
    wire.network.partition(from: "client", to: "server")
    try wire.simulation.run(for: .seconds(100))
    #expect(wire.log == ["150010000 server ended timedOut", "150010000 client ended timedOut"])
  }

  @Test func `a host that comes back without memory resets whoever sends to it`() throws {
    let wire = Wire()
    try wire.establish()
    wire.server.remove(.vanish)
    wire.connected?.write([1])
    try wire.simulation.run(for: .seconds(1))
    #expect(wire.log.isEmpty)
    wire.server.restart()
    try wire.simulation.run(for: .seconds(1))
    // Sent at 0.01 s, again at 0.21, 0.61 and 1.41.
    #expect(wire.log == ["1412000 client ended reset"])
  }

  @Test func `a removed host resets its streams and is then unreachable`() throws {
    let wire = Wire()
    try wire.establish()
    wire.server.remove(.reset)
    try wire.simulation.run(for: .milliseconds(5))
    wire.connect()
    try wire.simulation.run(for: .seconds(5))
    #expect(wire.log == ["11000 client ended reset", "17000 failed unreachable"])
  }

  @Test func `a listener that closes refuses new connections and keeps the old`() throws {
    let wire = Wire()
    try wire.establish()
    wire.stopListening()
    wire.connect()
    try wire.simulation.run(for: .milliseconds(5))
    wire.accepted?.write([1])
    try wire.simulation.run(for: .milliseconds(5))
    #expect(wire.log == ["12000 failed refused", "16000 client got 1"])
  }

  @Test func `names resolve exactly, by wildcard, and with faults`() throws {
    let wire = Wire()
    wire.listen()
    let names = wire.network.names
    names.register("*.example.com", [wire.server.address])
    names.register("gone.example.com", [])
    names.setFault(.slow(.seconds(1)), for: "slow.example.com")
    names.setFault(.fails, for: "*.broken.example.com")
    names.setFault(.silent, for: "silent.example.com")
    func connect(_ host: String) {
      wire.client.connect(host: host, port: 80) { result in
        switch result {
        case .success: wire.note(host)
        case .failure(let failure): wire.note("\(host) \(failure)")
        }
      }
    }
    let hosts = [
      "a.Example.com.", "gone.example.com", "example.com", "slow.example.com",
      "x.broken.example.com", "silent.example.com", "10.244.0.1",
    ]
    for host in hosts { connect(host) }
    try wire.simulation.run(for: .seconds(20))
    #expect(
      wire.log.filter { !$0.hasSuffix("accepted") } == [
        "500 gone.example.com unknownHost", "500 example.com unknownHost",
        "500 x.broken.example.com unknownHost", "2000 10.244.0.1", "2500 a.Example.com.",
        "1002500 slow.example.com", "10000000 silent.example.com timedOut",
      ])
  }

  @Test func `a service's address leads to a pod, or is refused without one`() throws {
    let wire = Wire()
    wire.listen(port: 5000)
    let service = try #require(wire.network.allocateAddress(in: .services))
    var pods = [wire.server.address]
    wire.network.translate = { _, wanted in
      guard wanted.address == service else { return .unchanged }
      guard let pod = pods.first else { return .refused }
      return .redirected(SocketAddress(address: pod, port: 5000))
    }
    func connect() {
      wire.client.connect(to: SocketAddress(address: service, port: 80)) { result in
        switch result {
        case .success(let stream): wire.note("\(stream.remoteAddress)")
        case .failure(let failure): wire.note("\(failure)")
        }
      }
    }
    connect()
    pods = []
    connect()
    try wire.simulation.run(for: .milliseconds(2))
    #expect(wire.log == ["0 refused", "2000 10.244.0.1:5000"])
  }

  @Test(arguments: ["1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "a.b.c.d", ""])
  func `what is no address is not taken for one`(_ text: String) {
    #expect(IPv4Address(text) == nil)
  }
}
