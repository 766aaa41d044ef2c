import SimulationKernel
public import Transport

/// What is wrong with looking up a name.
public enum DomainNameFault: Hashable, Sendable {
  /// The server answers that there is no such name (NXDOMAIN), or that it failed (SERVFAIL).
  case fails
  /// No answer comes; the lookup fails after `DomainNames.timeout`.
  case silent
  /// The answer takes this much longer.
  case slow(Duration)
}

/// The names of a network and their addresses, as one resolver sees them.
///
/// Names compare without regard to case, and a dot at the end does not count. An exact name wins
/// over a wildcard, a longer wildcard over a shorter one; `*.example.com` covers `a.example.com`
/// and `a.b.example.com`, but not `example.com` (RFC 4592).
public final class DomainNames {
  /// How long a lookup takes.
  public var latency = Duration.microseconds(500)
  /// How long a lookup waits for a silent server (resolv.conf: 5 seconds, 2 attempts).
  public var timeout = Duration.seconds(10)

  private unowned let network: Network
  private var records: [String: [IPv4Address]] = [:]
  private var faults: [String: DomainNameFault] = [:]

  init(network: Network) { self.network = network }

  /// Sets the addresses of a name or of a wildcard such as `*.example.com`; replaces earlier ones.
  public func register(_ name: String, _ addresses: [IPv4Address]) {
    records[normal(name)] = addresses
  }

  /// Takes a name away.
  public func unregister(_ name: String) { records[normal(name)] = nil }

  /// Sets what is wrong with a name, a wildcard or, as `*`, with all names; nil ends the fault.
  public func setFault(_ fault: DomainNameFault?, for name: String) {
    faults[normal(name)] = fault
  }

  /// The addresses of a name, at once and without faults; empty if there is none.
  public func addresses(of name: String) -> [IPv4Address] {
    if let literal = IPv4Address(name) { return [literal] }
    return lookUp(normal(name), in: records) ?? []
  }

  /// Looks a name up, and calls `completion` once with at least one address or the failure.
  ///
  /// An address in dotted decimal is its own answer, at once (but not before this returns).
  public func resolve(
    _ name: String, completion: @escaping (Result<[IPv4Address], ConnectFailure>) -> Void
  ) {
    let simulation = network.simulation
    if let literal = IPv4Address(name) {
      simulation.schedule(afterNanoseconds: 0) { completion(.success([literal])) }
      return
    }
    let fault = lookUp(normal(name), in: faults)
    var delay = latency.wholeNanoseconds
    switch fault {
    case .silent:
      simulation.schedule(after: timeout) { completion(.failure(.timedOut)) }
      return
    case .fails:
      simulation.schedule(afterNanoseconds: delay) { completion(.failure(.unknownHost)) }
      return
    case .slow(let more): delay += more.wholeNanoseconds
    case nil: break
    }
    simulation.schedule(afterNanoseconds: delay) { [self] in
      let addresses = addresses(of: name)
      completion(addresses.isEmpty ? .failure(.unknownHost) : .success(addresses))
    }
  }

  private func normal(_ name: String) -> String {
    let lowered = name.lowercased()
    return lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered
  }

  private func lookUp<Value>(_ name: String, in table: [String: Value]) -> Value? {
    if let exact = table[name] { return exact }
    var rest = name[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let value = table["*." + rest] { return value }
    }
    return table["*"]
  }
}
