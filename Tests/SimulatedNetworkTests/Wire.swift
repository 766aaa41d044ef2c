import SimulatedNetwork
import SimulationKernel
import Transport

/// Two hosts and what happened between them.
final class Wire {
  let simulation: Simulation
  let network: Network
  let client: SimulatedHost
  let server: SimulatedHost
  var accepted: SimulatedStream?
  var connected: SimulatedStream?
  var failure: ConnectFailure?
  var log: [String] = []
  private var listener: SimulatedListener?

  init(
    seed: UInt64 = 1, link: LinkProfile = LinkProfile(latency: .milliseconds(1)),
    limits: NetworkLimits = NetworkLimits()
  ) {
    simulation = Simulation(seed: seed)
    network = Network(simulation: simulation, limits: limits)
    network.defaultLink = link
    client = network.addHost("client", in: .outside)
    server = network.addHost("server", in: .pods, groups: ["node-1"])
  }

  func note(_ text: String) { log.append("\(simulation.now.nanoseconds / 1000) \(text)") }

  func listen(port: Int = 80, log isLogged: Bool = true) {
    listener = server.listen(port: port) { [self] stream in
      accepted = stream
      if isLogged { note("accepted") }
      if isLogged { watch(stream, "server") }
    }
  }

  func stopListening() { listener?.close() }

  func watch(_ stream: SimulatedStream, _ name: String) {
    stream.onBytes = { [self] in note("\(name) got \($0.count)") }
    stream.onClosed = { [self] in note("\(name) ended \($0)") }
    stream.onWritable = { [self] in note("\(name) writable") }
  }

  func connect(port: Int = 80) {
    client.connect(to: SocketAddress(address: server.address, port: port)) { [self] result in
      switch result {
      case .success(let stream):
        connected = stream
        note("connected")
        watch(stream, "client")
      case .failure(let failure):
        self.failure = failure
        note("failed \(failure)")
      }
    }
  }

  /// Listens, connects, and runs until both ends are there.
  func establish() throws {
    listen()
    connect()
    try simulation.run(for: .milliseconds(10))
    log = []
  }
}
