public import DruckerProtocol
public import GRPC

/// How a `DruckerClient` behaves.
public struct DruckerClientSettings: Hashable, Sendable {
  /// The package whose methods are called.
  public var package = DruckerPackage.rekcurd

  /// Sent as `x-rekcurd-application-name`; that of a target by name when nil.
  public var application: String?

  /// Sent as `x-rekcurd-sevice-level` (so spelled); that of a target by name when nil.
  public var level: String?

  /// Sent as `x-rekcurd-grpc-version`, and part of the host name of Drucker 0.4.
  public var grpcVersion = "v2"

  /// How long a call may take in all, its retries included; nil for no limit.
  public var timeoutNanoseconds: Int64? = 60_000_000_000

  /// How often a call is tried again when no server can have processed it.
  public var retriesMax = 3

  /// How many connections are open at once; another is opened when all streams of the others are
  /// taken.
  public var connectionsMax = 4

  /// How long opening a connection may take.
  public var connectTimeoutNanoseconds: Int64 = 20_000_000_000

  /// How long to wait before another connection after one that failed.
  public var backoff = DruckerBackoff()

  /// How many bytes of a file go into one message of an upload.
  public var uploadChunkBytes = 1_048_576

  /// The limits of the connection.
  public var grpc = GRPCClientSettings()

  /// The defaults.
  public init() {}
}

/// Waits that grow with each failure in a row (gRPC, `connection-backoff.md`).
public struct DruckerBackoff: Hashable, Sendable {
  /// The wait after the first failure, in nanoseconds.
  public var initialNanoseconds: Int64 = 1_000_000_000

  /// What each further failure multiplies the wait by.
  public var multiplier = 1.6

  /// The longest wait before jitter, in nanoseconds.
  public var maxNanoseconds: Int64 = 120_000_000_000

  /// The share of the wait by which it may be longer or shorter.
  public var jitter = 0.2

  /// The defaults of gRPC.
  public init() {}

  /// The wait after a number of failures in a row, in nanoseconds; `random` lies in `0..<1`.
  ///
  /// After three failures the wait is 1 s x 1.6 x 1.6 = 2.56 s; with `random` 0.75 and a jitter of
  /// 0.2 it is 10 % longer: 2.816 s.
  public func delayNanoseconds(failures: Int, random: Double) -> Int64 {
    var delay = Double(initialNanoseconds)
    let limit = Double(maxNanoseconds)
    var remaining = failures - 1
    while remaining > 0, delay < limit {
      delay *= multiplier
      remaining -= 1
    }
    return Int64(min(delay, limit) * (1 + jitter * (2 * random - 1)))
  }
}
