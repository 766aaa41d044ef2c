import CNGHTTP2

/// What a block of headers says about its message, and whether it may (RFC 9113 section 8).
///
/// The library would check each field of each block. Nearly all blocks of a connection are the same as one
/// before, so they are checked here, once, by the library's own rules: what makes a message malformed, and
/// which illegal fields are dropped instead, because there are too many of them about.
struct MessageHead {
  /// A request's method, as far as it matters to the rules.
  enum Method {
    case other
    case head
    case options
    case connect
  }

  /// Whether the stream has to be reset because of the block.
  private(set) var isMalformed = false
  /// A request's method.
  private(set) var method = Method.other
  /// A response's status, 0 without one.
  private(set) var status = 0
  /// How many bytes of data the message has, if it says so.
  private(set) var contentLength: Int64?

  /// Whether another block of headers follows before the message.
  var isInformational: Bool { status / 100 == 1 }

  /// A block of nothing, which is right as trailers and for nothing else.
  init(ofNothingAsTrailers isTrailers: Bool) { isMalformed = !isTrailers }

  /// Looks at a block that has come to this end, and finds the positions of fields to drop, in order.
  init(_ headers: HTTP2Headers, role: HTTP2Role, isTrailers: Bool, dropped: inout [Int]) {
    var position = 0
    var seen = Pseudo()
    var isPseudoOver = isTrailers
    headers.walk { name, value, _ in
      let isPseudo = name.first == UInt8(ascii: ":")
      if isPseudo, isPseudoOver { isMalformed = true }
      switch Self.isLegal(name, value, role) {
      case .some(true):
        if take(name, value, isPseudo: isPseudo, role, &seen) == .drop {
          dropped.append(position)
        }
      case .some(false): dropped.append(position)
      case .none: isMalformed = true
      }
      isPseudoOver = isPseudoOver || !isPseudo
      position += 1
      return !isMalformed
    }
    guard !isTrailers, !isMalformed else { return }
    isMalformed = !(role == .server ? isWholeRequest(seen) : seen.contains(.status))
    if method == .connect { contentLength = nil }
  }

  // MARK: Fields

  private typealias Bytes = UnsafeBufferPointer<UInt8>

  private enum Outcome {
    case take
    case drop
  }

  /// Fields that may come once, and are not empty.
  private struct Pseudo: OptionSet {
    let rawValue: Int
    static let method = Pseudo(rawValue: 1)
    static let scheme = Pseudo(rawValue: 2)
    static let path = Pseudo(rawValue: 4)
    static let authority = Pseudo(rawValue: 8)
    static let host = Pseudo(rawValue: 16)
    static let status = Pseudo(rawValue: 32)
    /// The scheme is one whose paths begin with a slash.
    static let schemeOfPaths = Pseudo(rawValue: 64)
    static let pathOfSlash = Pseudo(rawValue: 128)
    static let pathOfAsterisk = Pseudo(rawValue: 256)
  }

  /// Whether name and value have the right characters: if not, nil where that makes the message malformed.
  private static func isLegal(_ name: Bytes, _ value: Bytes, _ role: HTTP2Role) -> Bool? {
    let isPseudo = name.first == UInt8(ascii: ":")
    guard nghttp2_check_header_name(name.baseAddress, name.count) != 0 else {
      let isUpper = name.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
      return isPseudo || isUpper ? nil : false
    }
    let isLegal: Bool
    if name.equals(":method") {
      isLegal = nghttp2_check_method(value.baseAddress, value.count) != 0
    } else if name.equals(":path") {
      isLegal = nghttp2_check_path(value.baseAddress, value.count) != 0
    } else if name.equals(":scheme") {
      isLegal = isScheme(value)
    } else if role == .server, name.equals(":authority") || name.equals("host") {
      isLegal = nghttp2_check_authority(value.baseAddress, value.count) != 0
    } else {
      isLegal = nghttp2_check_header_value_rfc9113(value.baseAddress, value.count) != 0
    }
    return isLegal ? true : isPseudo ? nil : false
  }

  /// Whether the bytes are a scheme (RFC 3986 section 3.1).
  private static func isScheme(_ value: Bytes) -> Bool {
    guard let first = value.first, isLetter(first) else { return false }
    return value.allSatisfy { byte in
      isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Takes note of a legal field.
  private mutating func take(
    _ name: Bytes, _ value: Bytes, isPseudo: Bool, _ role: HTTP2Role, _ seen: inout Pseudo
  ) -> Outcome {
    switch role {
    case .server where isPseudo || name.equals("host"):
      if let field = Self.requestField(name) {
        once(field, value, &seen)
        takeRequest(field, value, &seen)
      } else {
        isMalformed = true
      }
    case .client where isPseudo:
      guard name.equals(":status") else {
        isMalformed = true
        break
      }
      once(.status, value, &seen)
      status = value.count == 3 ? Int(Self.number(value) ?? 0) : 0
      // Nobody asks for another protocol here (101).
      if status == 0 || status == 101 { isMalformed = true }
    default:
      if name.equals("content-length") { return takeLength(value) }
      if name.equals("te") {
        isMalformed = isMalformed || !value.equalsIgnoringCase("trailers")
      } else if Self.isOfConnection(name) {
        isMalformed = true
      }
    }
    return .take
  }

  private mutating func once(_ field: Pseudo, _ value: Bytes, _ seen: inout Pseudo) {
    if value.isEmpty || !seen.insert(field).inserted { isMalformed = true }
  }

  private static func requestField(_ name: Bytes) -> Pseudo? {
    if name.equals(":method") { return .method }
    if name.equals(":scheme") { return .scheme }
    if name.equals(":path") { return .path }
    if name.equals(":authority") { return .authority }
    return name.equals("host") ? .host : nil
  }

  private mutating func takeRequest(_ field: Pseudo, _ value: Bytes, _ seen: inout Pseudo) {
    switch field {
    case .method: method = Self.method(value)
    case .path:
      if value.first == UInt8(ascii: "/") { seen.insert(.pathOfSlash) }
      if value.equals("*") { seen.insert(.pathOfAsterisk) }
    case .scheme:
      if value.equalsIgnoringCase("http") || value.equalsIgnoringCase("https") {
        seen.insert(.schemeOfPaths)
      }
    default: break
    }
  }

  private mutating func takeLength(_ value: Bytes) -> Outcome {
    if status == 204 {
      // It has no content, but there are servers that say so.
      if contentLength != nil || !value.equals("0") { isMalformed = true }
      contentLength = 0
      return .drop
    }
    guard let length = Self.number(value), contentLength == nil, !isInformational else {
      isMalformed = true
      return .take
    }
    contentLength = length
    return .take
  }

  /// Fields that are about one connection and not about a message.
  private static func isOfConnection(_ name: Bytes) -> Bool {
    name.equals("connection") || name.equals("keep-alive") || name.equals("proxy-connection")
      || name.equals("transfer-encoding") || name.equals("upgrade")
  }

  /// A number of digits only that is not too large.
  private static func number(_ text: Bytes) -> Int64? {
    guard !text.isEmpty, text.count <= 19 else { return nil }
    var number: Int64 = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isSumTooLarge) = product.addingReportingOverflow(Int64(byte & 0xf))
      if isTooLarge || isSumTooLarge { return nil }
      number = sum
    }
    return number
  }

  private static func method(_ value: Bytes) -> Method {
    value.equals("HEAD")
      ? .head : value.equals("CONNECT") ? .connect : value.equals("OPTIONS") ? .options : .other
  }

  /// The method of a request that is going to be sent.
  static func method(of headers: HTTP2Headers) -> Method {
    var found = Method.other
    headers.walk { name, value, _ in
      guard name.equals(":method") else { return true }
      found = method(value)
      return false
    }
    return found
  }

  // MARK: Blocks

  private func isWholeRequest(_ seen: Pseudo) -> Bool {
    if method == .connect {
      return seen.contains(.authority) && seen.isDisjoint(with: [.scheme, .path])
    }
    guard seen.isSuperset(of: [.method, .scheme, .path]),
      !seen.isDisjoint(with: [.authority, .host])
    else { return false }
    return !seen.contains(.schemeOfPaths) || seen.contains(.pathOfSlash)
      || (method == .options && seen.contains(.pathOfAsterisk))
  }

  /// How long the data of the answer to a request is, if it is known.
  func contentLength(answering request: Method) -> Int64? {
    if request == .head || status == 204 || status == 304 { return 0 }
    return request == .connect && status / 100 == 2 ? nil : contentLength
  }
}
