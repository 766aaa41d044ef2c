/// An IPv4 or IPv6 address, as Go's older parser reads it: leading zeros are decimal.
///
/// Source: `net.ParseIP` of Go 1.16, which Kubernetes keeps as `netutils.ParseIPSloppy`.
package struct IPAddress: Equatable, Sendable {
  /// Four or sixteen bytes, in network order.
  package let bytes: [UInt8]

  /// Reads an address; nil if the text is none.
  package init?(_ text: some StringProtocol) {
    if text.contains(":") {
      guard let bytes = Self.sixteen(text) else { return nil }
      self.bytes = bytes
    } else {
      guard let bytes = Self.four(text) else { return nil }
      self.bytes = bytes
    }
  }

  /// Reads the address of `address/length`; nil if the text is no network.
  package init?(network text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(parts[0]), let length = Self.number(parts[1]),
      length <= address.bytes.count * 8
    else { return nil }
    self = address
  }

  /// Whether it is of the older family.
  package var isIPv4: Bool { bytes.count == 4 }

  package var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

  package var isLoopback: Bool {
    isIPv4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  package var isLinkLocal: Bool {
    isIPv4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  package var isLinkLocalMulticast: Bool {
    isIPv4
      ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0
      : bytes[0] == 0xFF && bytes[1] & 0x0F == 2
  }

  private static func number(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func four(_ text: some StringProtocol) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard let number = number(part), let byte = UInt8(exactly: number) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Groups of up to four hexadecimal digits, one run of zeros as `::`, the end perhaps as IPv4.
  private static func sixteen(_ text: some StringProtocol) -> [UInt8]? {
    let halves = String(text).split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    var sides: [[UInt8]] = []
    for (index, half) in halves.enumerated() {
      guard let side = groups(half, mayEndAsIPv4: index == halves.count - 1) else { return nil }
      sides.append(side)
    }
    if sides.count == 1 { return sides[0].count == 16 ? sides[0] : nil }
    let gap = 16 - sides[0].count - sides[1].count
    guard gap >= 2 else { return nil }
    return sides[0] + [UInt8](repeating: 0, count: gap) + sides[1]
  }

  private static func groups(_ text: Substring, mayEndAsIPv4: Bool) -> [UInt8]? {
    if text.isEmpty { return [] }
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if mayEndAsIPv4, index == parts.count - 1, part.contains(".") {
        guard let four = four(part) else { return nil }
        bytes += four
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
        let group = UInt16(part, radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
    }
    return bytes
  }
}
