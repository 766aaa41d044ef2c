public import HTTP2

/// The limits of a gRPC client's connection.
public struct GRPCClientSettings: Hashable, Sendable {
  /// The limits of HTTP/2.
  public var http2 = HTTP2Settings()

  /// The largest message that is taken.
  public var maxReceiveMessageBytes = 4_194_304

  /// A ping is sent when nothing arrived for so long; nil for never.
  public var keepaliveIntervalNanoseconds: Int64?

  /// How long a ping may stay unanswered before the connection is given up.
  public var keepaliveTimeoutNanoseconds: Int64 = 20_000_000_000

  /// Whether pings are sent while there are no calls.
  public var isKeepaliveWithoutCalls = false

  /// What `:scheme` says: `https` where the byte stream is encrypted.
  public var scheme = "http"

  /// What `user-agent` says.
  public var userAgent = "andruck-grpc"

  /// The defaults.
  public init() {}
}
