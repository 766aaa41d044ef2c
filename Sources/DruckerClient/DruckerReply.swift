public import GRPC

/// How a call ended and what came with it.
public struct DruckerReply<Value> {
  /// What the server answered, or the status of a call that failed.
  public var result: Result<Value, GRPCStatus>

  /// The initial metadata.
  public var metadata = GRPCMetadata()

  /// The trailing metadata.
  public var trailers = GRPCMetadata()

  /// How often the call was tried, at least once.
  public var attempts = 1

  /// The status: OK when there is a value.
  public var status: GRPCStatus {
    switch result {
    case .success: .ok
    case .failure(let status): status
    }
  }

  /// The same reply with a value made from this one's, or a failure to make it.
  func flatMap<Other>(_ transform: (Value) -> Result<Other, GRPCStatus>) -> DruckerReply<Other> {
    DruckerReply<Other>(
      result: result.flatMap(transform), metadata: metadata, trailers: trailers,
      attempts: attempts)
  }
}

extension DruckerReply: Sendable where Value: Sendable {}
