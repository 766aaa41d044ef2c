/// What an `IngressProxy` tells its observer.
public enum IngressEvent: Hashable, Sendable {
  /// A request arrived; the host is in lower case, without a port.
  case requestReceived(host: String, path: String)
  /// A request was given to a backend; the attempt counts from 1.
  case requestForwarded(host: String, backend: IngressBackend, attempt: Int)
  /// A backend did not process the request, which is tried elsewhere.
  case requestRetried(host: String, backend: IngressBackend, cause: IngressFailureCause)
  /// A backend failed a request that could not be tried again.
  case requestFailed(host: String, backend: IngressBackend, cause: IngressFailureCause)
  /// A request for a host without a route was answered with 404.
  case unknownHostAnswered(host: String)
  /// A request was answered with UNAVAILABLE or 503, because no backend took it.
  case noBackendAnswered(host: String)
  /// A connection to a backend was opened.
  case backendConnected(IngressBackend)
}

/// Why a backend did not serve a request.
public enum IngressFailureCause: String, Hashable, Sendable {
  /// No connection could be opened.
  case connectFailed
  /// The backend refused the stream, or said by GOAWAY that it did not process it.
  case refused
  /// The connection broke before the request was sent.
  case lostUnsent
  /// The connection broke after the request was sent.
  case lost
  /// The backend was silent for longer than the limit.
  case timedOut
}

/// What an `IngressProxy` has counted since it began.
public struct IngressCounters: Hashable, Sendable {
  /// Requests that arrived.
  public var requests = 0
  /// Requests given to a backend once more.
  public var retries = 0
  /// Requests that a backend failed after they may have been processed.
  public var failures = 0
  /// Answers to requests for hosts without a route.
  public var unknownHostAnswers = 0
  /// Answers for the lack of a backend.
  public var noBackendAnswers = 0
  /// Connections opened to backends.
  public var backendConnections = 0

  /// Nothing counted.
  public init() {}

  mutating func count(_ event: IngressEvent) {
    switch event {
    case .requestReceived: requests += 1
    case .requestForwarded: break
    case .requestRetried: retries += 1
    case .requestFailed: failures += 1
    case .unknownHostAnswered: unknownHostAnswers += 1
    case .noBackendAnswered: noBackendAnswers += 1
    case .backendConnected: backendConnections += 1
    }
  }
}
