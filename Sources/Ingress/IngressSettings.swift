public import HTTP2

/// The limits of an `IngressProxy`.
public struct IngressSettings: Hashable, Sendable {
  /// The limits of connections from clients.
  public var downstream = HTTP2Settings()

  /// The limits of connections to backends.
  public var upstream = HTTP2Settings()

  /// A request is sent again only while its body so far is not larger than this.
  public var replayBytesMax = 262_144

  /// How often one request is given to a backend, the first time included.
  public var attemptsMax = 8

  /// How many connections to one backend are open at once; another is opened when clients keep as
  /// many streams open as a connection takes.
  public var connectionsMax = 64

  /// How long a connection to a backend may take to open, in nanoseconds.
  ///
  /// The default, 5 s, is that of ingress-nginx (`proxy-connect-timeout`).
  public var connectTimeoutNanoseconds: Int64 = 5_000_000_000

  /// For how long a backend that could not be connected to is passed over while there are others, in
  /// nanoseconds; nil tries it with the next request again.
  ///
  /// For live use; in a cluster readiness tells which backends there are. ingress-nginx's upstreams
  /// are passed over for 10 s (`fail_timeout` of nginx).
  public var pauseNanoseconds: Int64?

  /// How long a backend may neither send nor take anything for a request, in nanoseconds.
  ///
  /// The default, 60 s, is that of ingress-nginx (`proxy-read-timeout`).
  public var idleTimeoutNanoseconds: Int64 = 60_000_000_000

  /// How many requests are given up at once on one connection to a backend.
  ///
  /// A backend ends a connection on which too many streams are reset, and with it the requests of
  /// other clients. Resets beyond this wait, and are not sent where the backend answers first. The
  /// default is half of what `HTTP2Settings.resetBurst` allows.
  public var upstreamResetBurst = 500

  /// How many such resets a second are sent beyond the burst.
  public var upstreamResetsPerSecond = 100

  /// The defaults, with windows of 256 KiB a stream, which bound what one request may buffer.
  public init() {
    downstream.initialWindowBytes = 262_144
    upstream.initialWindowBytes = 262_144
    // A client that does not read must not stop the answers to others on the same connection.
    upstream.holdsConnectionWindow = false
  }
}
