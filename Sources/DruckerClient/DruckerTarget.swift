/// Where a client's calls go.
public enum DruckerTarget: Hashable, Sendable {
  /// Straight to a model server.
  case host(String, port: Int)

  /// To a service by name, through the ingress that serves the domain.
  ///
  /// The level is one of development, beta, staging, sandbox, production.
  case service(
    application: String, level: String, domain: String, ingress: DruckerAddress,
    form: DruckerHostForm)
}

/// A host and a port to connect to.
public struct DruckerAddress: Hashable, Sendable {
  /// A host name or the text of an IP address.
  public var host: String

  /// The port.
  public var port: Int

  /// An address of a host and a port.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

/// The two forms of a service's host name.
public enum DruckerHostForm: Hashable, Sendable, CaseIterable {
  /// `<application>-<level>.<domain>`, as in Drucker 0.2.
  case v02
  /// `<application>-<gRPC version>-<level>.<domain>`, as in Drucker 0.4.
  case v04
}

extension DruckerTarget {
  /// The address that a connection is opened to.
  public var address: DruckerAddress {
    switch self {
    case .host(let host, let port): DruckerAddress(host: host, port: port)
    case .service(_, _, _, let ingress, _): ingress
    }
  }

  /// The host that calls ask for, such as `digits-v2-development.example.com`.
  public func authority(grpcVersion: String) -> String {
    switch self {
    case .host(let host, let port): "\(host):\(port)"
    case .service(let application, let level, let domain, _, .v02):
      "\(application)-\(level).\(domain)"
    case .service(let application, let level, let domain, _, .v04):
      "\(application)-\(grpcVersion)-\(level).\(domain)"
    }
  }
}
