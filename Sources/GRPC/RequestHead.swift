import HTTP2

/// What a request's headers say about its call, read in one pass.
struct RequestHead {
  private(set) var path = ""
  private(set) var authority = ""
  private(set) var isPost = false
  private(set) var isGRPC = false
  private(set) var timeoutNanoseconds: Int64?
  /// Why the call cannot be taken, or nil.
  private(set) var fault: GRPCStatus?

  init(_ headers: HTTP2Headers) {
    headers.forEachField { name, value in read(name, value) }
  }

  private mutating func read(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
  ) {
    // Lengths first: most fields are told apart by them alone.
    switch name.count {
    case 5 where name.equals(":path"):
      path = String(decoding: value, as: UTF8.self)
    case 7 where name.equals(":method"):
      isPost = value.equals("POST")
    case 10 where name.equals(":authority"):
      authority = String(decoding: value, as: UTF8.self)
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
}
