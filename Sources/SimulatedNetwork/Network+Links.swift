import SimulationKernel

/// What the ways between hosts are like, and which of them are cut.
struct LinkTable {
  struct Link {
    var first: String
    var second: String
    var profile: LinkProfile
  }

  struct Cut: Equatable {
    var from: String
    var to: String
  }

  var defaultProfile = LinkProfile.dataCentre
  var loopback = LinkProfile.loopback
  private(set) var links: [Link] = []
  private(set) var cuts: [Cut] = []

  mutating func set(_ first: String, _ second: String, _ profile: LinkProfile?) {
    links.removeAll {
      ($0.first, $0.second) == (first, second) || ($0.first, $0.second) == (second, first)
    }
    if let profile { links.append(Link(first: first, second: second, profile: profile)) }
  }

  mutating func cut(from: String, to: String) {
    let cut = Cut(from: from, to: to)
    if !cuts.contains(cut) { cuts.append(cut) }
  }

  mutating func heal(from: String, to: String) { cuts.removeAll { $0 == Cut(from: from, to: to) } }

  mutating func healAll() { cuts.removeAll() }

  /// The way from one host to another: the profile that was set last wins.
  func profile(from source: SimulatedHost, to destination: SimulatedHost) -> LinkProfile {
    if source === destination { return loopback }
    for link in links.reversed() {
      if (source.belongs(to: link.first) && destination.belongs(to: link.second))
        || (source.belongs(to: link.second) && destination.belongs(to: link.first))
      {
        return link.profile
      }
    }
    return defaultProfile
  }

  func isCut(from source: SimulatedHost, to destination: SimulatedHost) -> Bool {
    if source === destination { return false }
    return cuts.contains { source.belongs(to: $0.from) && destination.belongs(to: $0.to) }
  }
}

/// The way from one host to an address, at one moment.
struct Route {
  /// Whether packets arrive at all.
  var isOpen: Bool
  var latency: Int64
  var jitter: Int64
  /// Zero: no limit.
  var bitsPerSecond: Int64
  var loss: Double

  init(_ profile: LinkProfile, isOpen: Bool) {
    self.isOpen = isOpen
    latency = profile.latency.wholeNanoseconds
    jitter = profile.jitter.wholeNanoseconds
    bitsPerSecond = profile.bitsPerSecond ?? 0
    loss = profile.loss
  }
}

extension Network {
  /// The way between hosts that no link names.
  public var defaultLink: LinkProfile {
    get { links.defaultProfile }
    set {
      links.defaultProfile = newValue
      routesChanged()
    }
  }

  /// The way from a host to itself.
  public var loopback: LinkProfile {
    get { links.loopback }
    set {
      links.loopback = newValue
      routesChanged()
    }
  }

  /// Sets what the way between two groups is like, both directions; nil takes the link away.
  ///
  /// A group is the name of a host, one of its groups, or `*` for all. Of several links that fit,
  /// the one that was set last counts. What is already under way keeps its time of arrival.
  public func setLink(between first: String, and second: String, _ profile: LinkProfile?) {
    links.set(first, second, profile)
    routesChanged()
  }

  /// Cuts two groups off from each other: nothing arrives, in either direction.
  ///
  /// Connects time out. Existing streams stay half-open: what they send is sent again, less and
  /// less often, until `NetworkLimits.retransmissionsMax`; idle ones live for
  /// `NetworkLimits.keepAliveTimeout`. A host always reaches itself.
  public func partition(between first: String, and second: String) {
    links.cut(from: first, to: second)
    links.cut(from: second, to: first)
    simulation.trace.record("network.partition", "\(first)/\(second)")
    reachabilityChanged()
  }

  /// Cuts one direction only: packets from the first group to the second do not arrive.
  public func partition(from source: String, to destination: String) {
    links.cut(from: source, to: destination)
    simulation.trace.record("network.partition", "\(source)>\(destination)")
    reachabilityChanged()
  }

  /// Ends what `partition` did to the same two groups, in both directions.
  public func heal(between first: String, and second: String) {
    links.heal(from: first, to: second)
    links.heal(from: second, to: first)
    simulation.trace.record("network.heal", "\(first)/\(second)")
    reachabilityChanged()
  }

  /// Ends all partitions.
  public func healAll() {
    links.healAll()
    simulation.trace.record("network.heal", "*")
    reachabilityChanged()
  }

  /// The way from a host to whoever has an address now.
  func route(from source: SimulatedHost, to address: IPv4Address) -> Route {
    guard let destination = host(at: address) else {
      return Route(links.defaultProfile, isOpen: false)
    }
    return Route(
      links.profile(from: source, to: destination),
      isOpen: !links.isCut(from: source, to: destination))
  }
}
