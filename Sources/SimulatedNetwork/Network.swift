public import SimulationKernel

/// A simulated IPv4 network: hosts, names, links and TCP streams, with their faults.
///
/// All of it happens on the simulation's events: no call on a host or a stream calls back before
/// it returns. Random draws come from the streams `network/loss/HOST` and `network/jitter/HOST` of
/// the sending host, so that traffic of one host shifts no other's.
public final class Network {
  /// The world that the network is part of.
  public let simulation: Simulation
  /// The numbers of its TCP.
  public let limits: NetworkLimits
  /// Names and their addresses.
  public private(set) lazy var names = DomainNames(network: self)

  /// Where a connection to an address really goes; the default leaves all as they are.
  ///
  /// Called once for each connection with the connecting host's address and the destination. The
  /// assembly plays kube-proxy here: from a service's address to one of its pods.
  public var translate: (IPv4Address, SocketAddress) -> AddressTranslation = { _, _ in .unchanged }

  var links = LinkTable()
  /// Goes up whenever a route may have changed.
  private(set) var generation = 0
  private(set) var observers: [any NetworkObserver] = []
  private var pools = AddressRange.allCases.map { AddressPool(range: $0) }
  private var hosts: [IPv4Address: SimulatedHost] = [:]
  private var nextConnection: UInt64 = 1

  /// Makes an empty network.
  public init(simulation: Simulation, limits: NetworkLimits = NetworkLimits()) {
    self.simulation = simulation
    self.limits = limits
  }

  /// Adds a host with the next free address of a range.
  ///
  /// - Parameter groups: What links and partitions may name it by, beside its name.
  /// - Precondition: The range has a free address.
  @discardableResult
  public func addHost(
    _ name: String, in range: AddressRange, groups: [String] = []
  ) -> SimulatedHost {
    guard let address = pools[range.rawValue].allocate() else {
      preconditionFailure("no free address for host \(name) in \(range.base)/\(range.prefixBits)")
    }
    return insert(SimulatedHost(name: name, address: address, groups: groups, network: self))
  }

  /// Adds a host with an address of the caller's choice; nil if another host has it.
  @discardableResult
  public func addHost(
    _ name: String, at address: IPv4Address, groups: [String] = []
  ) -> SimulatedHost? {
    if let owner = hosts[address], owner.state == .up { return nil }
    if let range = AddressRange.allCases.first(where: { $0.contains(address) }),
      hosts[address] == nil, !pools[range.rawValue].take(address)
    {
      return nil
    }
    return insert(SimulatedHost(name: name, address: address, groups: groups, network: self))
  }

  /// Reserves the next free address of a range for something that is no host, such as a service.
  public func allocateAddress(in range: AddressRange) -> IPv4Address? {
    pools[range.rawValue].allocate()
  }

  /// Reserves a certain address; false if it is taken or lies in no range.
  public func takeAddress(_ address: IPv4Address) -> Bool {
    guard let range = AddressRange.allCases.first(where: { $0.contains(address) }) else {
      return false
    }
    return pools[range.rawValue].take(address)
  }

  /// Gives an address back that `allocateAddress` or `takeAddress` reserved.
  public func releaseAddress(_ address: IPv4Address) {
    precondition(hosts[address] == nil, "\(address) belongs to a host")
    releaseToPool(address)
  }

  /// The host that has an address, if it is up.
  public func host(at address: IPv4Address) -> SimulatedHost? {
    guard let host = hosts[address], host.state == .up else { return nil }
    return host
  }

  /// Whether some host has the address, be it up or vanished.
  func isOwned(_ address: IPv4Address) -> Bool { hosts[address] != nil }

  /// Whether no newer host has taken over the host's address.
  func isOwner(_ host: SimulatedHost) -> Bool { hosts[host.address] === host }

  /// Adds an observer; observers are called in the order in which they were added.
  public func observe(_ observer: any NetworkObserver) { observers.append(observer) }

  /// Lets go of all hosts, streams and callbacks, so that memory is freed; the last call of all.
  ///
  /// Owners of streams are told that they were reset, so that they let go of them, too.
  public func tearDown() {
    observers.removeAll()
    for address in hosts.keys.sorted() { hosts[address]?.tearDown() }
    hosts.removeAll()
    translate = { _, _ in .unchanged }
  }

  func takeConnectionNumber() -> UInt64 {
    defer { nextConnection += 1 }
    return nextConnection
  }

  func routesChanged() { generation += 1 }

  /// Tells all ends of streams, in a fixed order, that ways may have opened or closed.
  func reachabilityChanged() {
    routesChanged()
    for address in hosts.keys.sorted() {
      hosts[address]?.reachabilityChanged()
    }
  }

  /// Takes a removed host out of the table, unless its address has a new owner.
  func forget(_ host: SimulatedHost) {
    if hosts[host.address] === host {
      hosts[host.address] = nil
      releaseToPool(host.address)
    }
  }

  func observe(_ packet: @autoclosure () -> NetworkPacket) {
    if observers.isEmpty { return }
    let packet = packet()
    for observer in observers { observer.packetSent(packet) }
  }

  private func insert(_ host: SimulatedHost) -> SimulatedHost {
    hosts[host.address] = host
    routesChanged()
    return host
  }

  private func releaseToPool(_ address: IPv4Address) {
    if let range = AddressRange.allCases.first(where: { $0.contains(address) }) {
      pools[range.rawValue].release(address)
    }
  }
}

/// What becomes of a connection to an address; see `Network.translate`.
public enum AddressTranslation: Hashable, Sendable {
  /// It goes where it was meant to go.
  case unchanged
  /// It goes to another address.
  case redirected(SocketAddress)
  /// The connecting host refuses it by itself, as kube-proxy does for a service without endpoints.
  case refused
}
