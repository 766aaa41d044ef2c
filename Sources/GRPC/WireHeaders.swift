import HTTP2

/// Header blocks that are the same for every call.
///
/// Each connection has its own, since memory that several threads hold and let go of for every call would
/// wander between their processors.
final class WireHeaders {
  let response = HTTP2PreparedHeaders([":status": "200", "content-type": "application/grpc"])
  let okTrailers = HTTP2PreparedHeaders(["grpc-status": "0"])
  let okTrailersOnly = HTTP2PreparedHeaders([
    ":status": "200", "content-type": "application/grpc", "grpc-status": "0",
  ])

  /// Whether a content type is one of gRPC: `application/grpc`, alone or before `+` or `;`.
  static func isGRPC(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    let length = 16
    guard value.count >= length,
      UnsafeBufferPointer(rebasing: value[..<length]).equals("application/grpc")
    else { return false }
    return value.count == length || value[length] == UInt8(ascii: "+")
      || value[length] == UInt8(ascii: ";")
  }
}
