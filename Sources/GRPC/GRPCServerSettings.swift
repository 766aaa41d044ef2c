public import HTTP2

/// The limits of a gRPC server's connection.
public struct GRPCServerSettings: Hashable, Sendable {
  /// The limits of HTTP/2.
  public var http2 = HTTP2Settings()

  /// The largest message that is taken.
  public var maxReceiveMessageBytes = 4_194_304

  /// Pings that come faster than this, while nothing is sent, count against the client.
  public var minimumPingIntervalNanoseconds: Int64 = 300_000_000_000

  /// How many such pings are forgiven before the connection ends with ENHANCE_YOUR_CALM.
  public var maxPingStrikes = 2

  /// How long `shutdown` waits for the client to have seen its notice.
  public var shutdownNoticeNanoseconds: Int64 = 5_000_000_000

  /// The defaults.
  public init() {}
}
