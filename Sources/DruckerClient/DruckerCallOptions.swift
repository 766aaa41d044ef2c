public import GRPC

/// What goes with one call besides its messages.
public struct DruckerCallOptions: Hashable, Sendable {
  /// Metadata that is sent after that of the client.
  public var metadata: GRPCMetadata

  /// How long the call may take in all; nil for the client's own limit.
  public var timeoutNanoseconds: Int64?

  /// Metadata and a time limit, both optional.
  public init(metadata: GRPCMetadata = GRPCMetadata(), timeoutNanoseconds: Int64? = nil) {
    self.metadata = metadata
    self.timeoutNanoseconds = timeoutNanoseconds
  }

  /// The headers of an incoming call that a service hands on, so that a request can be traced.
  public static let tracingHeaders = [
    "x-request-id", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled",
    "x-b3-flags", "x-ot-span-context",
  ]

  /// The options with the tracing headers of an incoming call.
  public func tracing(_ incoming: GRPCMetadata) -> Self {
    var result = self
    for name in Self.tracingHeaders {
      if let value = incoming[name] { result.metadata.append(name, value) }
    }
    return result
  }
}
