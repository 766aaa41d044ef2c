/// An IPv4 address.
public struct IPv4Address: Hashable, Comparable, Sendable {
  /// The address as a number, its first octet in the highest bits.
  public let bits: UInt32

  /// Makes the address of a number whose highest bits are the first octet.
  public init(bits: UInt32) { self.bits = bits }

  /// Makes an address of its four octets, first to last.
  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    bits = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
  }

  /// Parses dotted decimal, such as `10.0.0.1`; nil if the text is anything else.
  ///
  /// Octets have no leading zeros, as inet_pton(3) demands.
  public init?(_ text: some StringProtocol) {
    var bits: UInt32 = 0
    var octets = 0
    var value: UInt32 = 0
    var digits = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if digits > 0 && value == 0 { return nil }
        value = value * 10 + UInt32(byte - UInt8(ascii: "0"))
        digits += 1
        if value > 255 { return nil }
      case UInt8(ascii: "."):
        if digits == 0 || octets == 3 { return nil }
        bits = bits << 8 | value
        octets += 1
        (value, digits) = (0, 0)
      default: return nil
      }
    }
    if octets != 3 || digits == 0 { return nil }
    self.bits = bits << 8 | value
  }

  /// Addresses compare as numbers.
  public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

extension IPv4Address: CustomStringConvertible {
  /// Dotted decimal, such as `10.0.0.1`.
  public var description: String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }
}

/// An address and a TCP port.
public struct SocketAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The host's address.
  public let address: IPv4Address
  /// The TCP port, 1 to 65535.
  public let port: Int

  /// Makes a socket address.
  public init(address: IPv4Address, port: Int) {
    self.address = address
    self.port = port
  }

  /// Socket addresses compare by address, then by port.
  public static func < (left: Self, right: Self) -> Bool {
    left.address != right.address ? left.address < right.address : left.port < right.port
  }

  /// Such as `10.0.0.1:80`.
  public var description: String { "\(address):\(port)" }
}
