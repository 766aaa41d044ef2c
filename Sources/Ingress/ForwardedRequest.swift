import HTTP2

/// What a proxy looks at in a request's headers.
struct ForwardedRequest {
  private let authority: String
  /// The host that is asked for, see `host(ofAuthority:)`.
  let host: String
  let path: String
  let isGRPC: Bool

  /// Reads headers; texts that are the same as of another request are taken from there.
  init(_ headers: HTTP2Headers, like other: ForwardedRequest?) {
    var (authority, hostField, path): (String?, String?, String?)
    var isGRPC: Bool?
    headers.forEachField { name, value in
      switch name.count {
      case 10 where authority == nil && name.equals(":authority"):
        authority = Self.text(value, like: other?.authority)
      case 4 where hostField == nil && name.equals("host"):
        hostField = Self.text(value, like: other?.authority)
      case 5 where path == nil && name.equals(":path"):
        path = Self.text(value, like: other?.path)
      case 12 where isGRPC == nil && name.equals("content-type"):
        isGRPC = value.hasPrefix("application/grpc")
      default: break
      }
    }
    self.authority = authority ?? hostField ?? ""
    self.path = path ?? ""
    self.isGRPC = isGRPC ?? false
    if let other, other.authority == self.authority {
      host = other.host
    } else {
      host = Self.host(ofAuthority: self.authority)
    }
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, like other: String?) -> String {
    if let other, bytes.equals(other) { return other }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The host of an authority in lower case, without port: `Digits.example.com:80` gives
  /// `digits.example.com`, `[::1]:80` gives `[::1]`.
  static func host(ofAuthority authority: String) -> String {
    let isLowercase = authority.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) }
    let host = isLowercase ? authority : authority.lowercased()
    guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")) else { return host }
    let isWithinAddress = host.utf8[colon...].contains(UInt8(ascii: "]"))
    return isWithinAddress ? host : String(host[..<colon])
  }
}
