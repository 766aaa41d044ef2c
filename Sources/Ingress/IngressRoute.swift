/// Where requests of one host name go.
public struct IngressRoute: Hashable, Sendable {
  /// The host name of the requests' `:authority`, without a port; case does not matter.
  public var host: String

  /// The ready backends, in the order in which they take turns.
  public var backends: [IngressBackend]

  /// A route from a host name to backends.
  public init(host: String, backends: [IngressBackend]) {
    self.host = host
    self.backends = backends
  }
}

/// An address that serves requests.
public struct IngressBackend: Hashable, Sendable {
  /// A host name or the text of an IP address.
  public var host: String

  /// The port of HTTP/2 with prior knowledge.
  public var port: Int

  /// An address of a host and a port.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

extension IngressBackend: CustomStringConvertible {
  /// The address as `host:port`.
  public var description: String { "\(host):\(port)" }
}
