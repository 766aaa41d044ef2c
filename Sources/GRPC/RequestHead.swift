import HTTP2

/// What a request's headers say about its call, read in one pass.
///
/// Most requests of a connection have the same headers, or the same but for an identifier; an object, so
/// that its calls share it.
final class RequestHead {
  let headers: HTTP2Headers
  private(set) var path = ""
  private(set) var authority = ""
  private(set) var isPost = false
  private(set) var isGRPC = false
  private(set) var timeoutNanoseconds: Int64?
  /// What the server keeps with the path, see `GRPCServerCall.pathNote`.
  @exclusivity(unchecked) var note = 0
  /// Why the call cannot be taken, or nil.
  private(set) var fault: GRPCStatus?

  /// Reads headers; texts that are the same as of another request are taken from there.
  init(_ headers: HTTP2Headers, like other: RequestHead?) {
    self.headers = headers
    headers.forEachField { name, value in read(name, value, other) }
  }

  private func read(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>,
    _ other: RequestHead?
  ) {
    // Lengths first: most fields are told apart by them alone.
    switch name.count {
    case 5 where name.equals(":path"):
      if let other, value.equals(other.path) {
        (path, note) = (other.path, other.note)
      } else {
        path = String(decoding: value, as: UTF8.self)
      }
    case 7 where name.equals(":method"):
      isPost = value.equals("POST")
    case 10 where name.equals(":authority"):
      authority = Self.text(value, like: other?.authority)
    case 12 where name.equals("content-type"):
      isGRPC = WireHeaders.isGRPC(value)
    case 12 where name.equals("grpc-timeout"):
      timeoutNanoseconds = GRPCTimeout.parse(value)
      if timeoutNanoseconds == nil {
        let text = String(decoding: value, as: UTF8.self)
        fault = GRPCStatus(.internal, "malformed grpc-timeout: \(text)")
      }
    case 13 where name.equals("grpc-encoding") && !value.equals("identity"):
      let text = String(decoding: value, as: UTF8.self)
      fault = GRPCStatus(.unimplemented, "unknown grpc-encoding: \(text)")
    default:
      break
    }
  }

  /// The text of some bytes; another text itself where it has the same.
  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, like other: String?) -> String {
    if let other, bytes.equals(other) { return other }
    return String(decoding: bytes, as: UTF8.self)
  }
}
