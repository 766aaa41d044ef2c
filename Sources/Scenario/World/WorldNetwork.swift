import Ingress
import SimulatedNetwork
import SimulationKernel

/// The network of a scenario: the clients' host, the ingress with its host names, the pods.
final class WorldNetwork {
  static let ingressPort = 80

  let network: Network
  let pods: PodNetwork
  let client: SimulatedHost
  let ingressHost: SimulatedHost
  private var proxy: IngressProxy
  private var routes: [IngressRoute] = []
  /// The ingress's own name in DNS.
  let ingressName: String
  private let capture: PacketCapture?
  private let trace: NetworkTrace
  private let simulation: Simulation
  private var listener: SimulatedListener?

  init(
    _ scenario: ScenarioFile, simulation: Simulation, onPackets: (([UInt8]) -> Void)?
  ) {
    self.simulation = simulation
    network = Network(simulation: simulation)
    // No bandwidth: the lengths of HTTP/2 frames differ between versions of libnghttp2, and the
    // digest must not.
    network.defaultLink = LinkProfile(latency: scenario.world.networkLatency)
    trace = NetworkTrace(network: network)
    network.observe(trace)
    capture = onPackets.map { sink in
      PacketCapture(
        epochSeconds: simulation.epochSeconds, sink: sink)
    }
    if let capture { network.observe(capture) }
    pods = PodNetwork(network)
    client = network.addHost("client", in: .outside)
    ingressHost = network.addHost("ingress", in: .nodes)
    proxy = Self.makeProxy(simulation, ingressHost)
    ingressName = "ingress.\(scenario.cluster.domain)"
    network.names.register(ingressName, [ingressHost.address])
    network.names.register("*.\(scenario.cluster.domain)", [ingressHost.address])
    listener = listen()
    precondition(listener != nil, "the ingress's port is taken at the start")
  }

  /// Replaces the ingress's routing table.
  func route(_ routes: [ServiceRoute]) {
    self.routes = routes.map { route in
      IngressRoute(
        host: route.host,
        backends: route.addresses.map { IngressBackend(host: $0.host, port: $0.port) })
    }
    proxy.update(routes: self.routes)
  }

  /// Takes the ingress away with all its connections, or brings it back.
  func setIngress(isUp: Bool) {
    if isUp {
      proxy = Self.makeProxy(simulation, ingressHost)
      proxy.update(routes: routes)
      listener = listen()
    } else {
      listener?.close()
      listener = nil
      ingressHost.resetAll()
    }
  }

  private static func makeProxy(_ simulation: Simulation, _ host: SimulatedHost) -> IngressProxy {
    let proxy = IngressProxy(eventLoop: SimulationEventLoop(simulation), connector: host)
    proxy.onEvent = { [unowned simulation] event in record(event, simulation.trace) }
    return proxy
  }

  private func listen() -> SimulatedListener? {
    ingressHost.listen(port: Self.ingressPort) { [proxy] in proxy.accept($0) }
  }

  func stop() {
    network.tearDown()
  }

  private static func record(_ event: IngressEvent, _ trace: Trace) {
    switch event {
    case .requestReceived: break
    case .requestForwarded(let host, let backend, let attempt):
      trace.record(
        "ingress.forwarded", host,
        [("backend", .string(backend.description)), ("attempt", .integer(Int64(attempt)))])
    case .requestRetried(let host, let backend, let cause):
      trace.record(
        "ingress.retried", host,
        [("backend", .string(backend.description)), ("cause", .string(cause.rawValue))])
    case .requestFailed(let host, let backend, let cause):
      trace.record(
        "ingress.failed", host,
        [("backend", .string(backend.description)), ("cause", .string(cause.rawValue))])
    case .unknownHostAnswered(let host): trace.record("ingress.unknown-host", host)
    case .noBackendAnswered(let host): trace.record("ingress.no-backend", host)
    case .backendConnected(let backend):
      trace.record("ingress.connected", backend.description)
    }
  }
}
