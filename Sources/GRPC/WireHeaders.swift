import HTTP2

/// Header blocks that are the same for every call.
enum WireHeaders {
  static let response: HTTP2Headers = [":status": "200", "content-type": "application/grpc"]
  static let okTrailers: HTTP2Headers = ["grpc-status": "0"]
  static let okTrailersOnly: HTTP2Headers = [
    ":status": "200", "content-type": "application/grpc", "grpc-status": "0",
  ]

  /// Whether a content type is one of gRPC: `application/grpc`, alone or before `+` or `;`.
  static func isGRPC(_ value: ArraySlice<UInt8>) -> Bool {
    let expected = "application/grpc".utf8
    guard value.starts(with: expected) else { return false }
    let rest = value.dropFirst(expected.count).first
    return rest == nil || rest == UInt8(ascii: "+") || rest == UInt8(ascii: ";")
  }
}
