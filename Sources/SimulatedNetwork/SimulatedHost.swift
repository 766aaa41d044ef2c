import SimulationKernel
public import Transport

/// How a host goes away.
public enum HostRemoval: Hashable, Sendable {
  /// Its kernel resets all connections on the way out.
  case reset
  /// It falls silent: nobody is told, and streams to it stay half-open.
  case vanish
}

/// A host of a simulated network: a machine or a pod, with one address.
public final class SimulatedHost {
  enum State {
    case up
    /// Silent, but still the owner of its address.
    case vanished
    case removed
  }

  /// The host's name, for reports, links and partitions; not known to DNS by itself.
  public let name: String
  /// Its address.
  public let address: IPv4Address
  /// What links and partitions may name it by, beside its name.
  public let groups: [String]

  unowned let network: Network
  private(set) var state = State.up
  /// Until when its interface is busy with what was sent before.
  var interfaceBusyUntil: Int64 = 0
  private(set) lazy var lossStream = network.simulation.randomStream("network/loss/" + name)
  private(set) lazy var jitterStream = network.simulation.randomStream("network/jitter/" + name)

  private var listeners: [Int: SimulatedListener] = [:]
  private var streams: [UInt64: SimulatedStream] = [:]
  private var nextStream: UInt64 = 0
  private var nextPort = SimulatedHost.firstEphemeralPort
  private var portsInUse: Set<Int> = []

  static let firstEphemeralPort = 32_768
  static let lastEphemeralPort = 60_999

  init(name: String, address: IPv4Address, groups: [String], network: Network) {
    self.name = name
    self.address = address
    self.groups = groups
    self.network = network
  }

  /// Whether the host is there and answers.
  public var isUp: Bool { state == .up }

  /// Listens on a port, and calls `accept` with each connection, once its handshake is complete.
  ///
  /// - Returns: The listener; nil if the port is taken or the host is not up.
  public func listen(
    port: Int, accept: @escaping (SimulatedStream) -> Void
  ) -> SimulatedListener? {
    precondition((1...65_535).contains(port), "port \(port)")
    guard state == .up, listeners[port] == nil else { return nil }
    let listener = SimulatedListener(host: self, port: port, accept: accept)
    listeners[port] = listener
    return listener
  }

  /// Takes the host away; listeners and streams end, and their owners are not called back.
  ///
  /// After `reset` its address is free; connects to it end as `unreachable`. After `vanish` it keeps
  /// its address, connects to it time out, and `restart` brings it back.
  public func remove(_ how: HostRemoval) {
    guard state == .up || (state == .vanished && how == .reset) else { return }
    network.simulation.trace.record(
      "network.host-removed", name, [("how", .string("\(how)"))])
    listeners.removeAll()
    switch how {
    case .reset:
      for stream in sortedStreams { stream.reset() }
      state = .removed
      network.forget(self)
      network.routesChanged()
    case .vanish:
      for stream in sortedStreams { stream.vanish() }
      state = .vanished
      network.reachabilityChanged()
    }
  }

  /// Brings a vanished host back, without listeners and with no memory of its streams.
  ///
  /// Peers that still think that they are connected get a reset when they send.
  public func restart() {
    guard state == .vanished, network.isOwner(self) else { return }
    network.simulation.trace.record("network.host-restarted", name)
    state = .up
    network.reachabilityChanged()
  }

  /// Closes all listeners and resets all streams, as when every process of the host is killed.
  public func resetAll() {
    listeners.removeAll()
    for stream in sortedStreams { stream.reset() }
  }

  func belongs(to group: String) -> Bool {
    group == "*" || group == name || groups.contains(group)
  }

  func listener(on port: Int) -> SimulatedListener? { state == .up ? listeners[port] : nil }

  func closed(_ listener: SimulatedListener) {
    if listeners[listener.port] === listener { listeners[listener.port] = nil }
  }

  func add(_ stream: SimulatedStream) -> UInt64 {
    nextStream += 1
    streams[nextStream] = stream
    return nextStream
  }

  func forget(_ number: UInt64, port: Int) {
    streams[number] = nil
    portsInUse.remove(port)
  }

  /// The next free ephemeral port (32768 to 60999, as Linux has it); nil if there is none.
  func takePort() -> Int? {
    let count = Self.lastEphemeralPort - Self.firstEphemeralPort + 1
    if portsInUse.count >= count { return nil }
    while true {
      let port = nextPort
      nextPort = port == Self.lastEphemeralPort ? Self.firstEphemeralPort : port + 1
      if portsInUse.insert(port).inserted { return port }
    }
  }

  func releasePort(_ port: Int) { portsInUse.remove(port) }

  func reachabilityChanged() {
    for stream in sortedStreams { stream.reachabilityChanged() }
  }

  func tearDown() {
    let ending = sortedStreams
    streams.removeAll()
    listeners.removeAll()
    for stream in ending { stream.tearDown() }
  }

  private var sortedStreams: [SimulatedStream] {
    streams.sorted { $0.key < $1.key }.map(\.value)
  }
}

/// A port that a host listens on.
public final class SimulatedListener {
  /// The port.
  public let port: Int
  let accept: (SimulatedStream) -> Void
  private weak var host: SimulatedHost?

  init(host: SimulatedHost, port: Int, accept: @escaping (SimulatedStream) -> Void) {
    self.host = host
    self.port = port
    self.accept = accept
  }

  /// Stops listening; accepted streams live on.
  public func close() { host?.closed(self) }
}

extension SimulatedHost: Connector {
  /// Looks the host's name up, then tries its addresses in order; reports the last failure.
  public func connect(
    host: String, port: Int,
    completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    guard state == .up else {
      network.simulation.schedule(afterNanoseconds: 0) { completion(.failure(.unreachable)) }
      return
    }
    network.names.resolve(host) { [self] result in
      switch result {
      case .success(let addresses): connect(to: addresses[...], port: port, completion)
      case .failure(let failure): completion(.failure(failure))
      }
    }
  }

  /// Connects to an address.
  public func connect(
    to destination: SocketAddress,
    completion: @escaping (Result<SimulatedStream, ConnectFailure>) -> Void
  ) {
    ConnectAttempt(from: self, to: destination, completion: completion).start()
  }

  private func connect(
    to addresses: ArraySlice<IPv4Address>, port: Int,
    _ completion: @escaping (Result<any ByteStream, ConnectFailure>) -> Void
  ) {
    guard let address = addresses.first else {
      completion(.failure(.unknownHost))
      return
    }
    connect(to: SocketAddress(address: address, port: port)) { [self] result in
      switch result {
      case .success(let stream): completion(.success(stream))
      case .failure(let failure):
        if addresses.count == 1 {
          completion(.failure(failure))
        } else {
          connect(to: addresses.dropFirst(), port: port, completion)
        }
      }
    }
  }
}
