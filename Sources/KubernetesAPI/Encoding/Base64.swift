/// Bytes as text, RFC 4648 with padding.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  static func encode(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - group.count)
      for position in 0..<4 {
        let digit = alphabet[bits >> (18 - 6 * position) & 63]
        result.append(position <= group.count ? digit : padding)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The bytes that a text stands for; it must have no fault.
  static func decode(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in text.utf8 {
      guard let digit = alphabet.firstIndex(of: byte) else { continue }
      bits = (bits << 6 | digit) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return result
  }

  /// How many bytes a text stands for: `QQ==` is one.
  static func size(_ text: String) -> Int {
    text.utf8.count / 4 * 3 - text.utf8.suffix(2).count { $0 == padding }
  }

  /// Where a text stops being base64, nil if it does not; ends of lines do not count.
  ///
  /// Source of the places: `encoding/base64/base64.go` of Go.
  static func fault(in text: String) -> Int? {
    var count = 0
    let bytes = Array(text.utf8)
    for (position, byte) in bytes.enumerated() {
      if byte == 0x0A || byte == 0x0D { continue }
      if alphabet.contains(byte) {
        count += 1
        continue
      }
      if byte != padding || count % 4 < 2 { return position }
      var end = position + 1
      func skipLineEnds() {
        while end < bytes.count, bytes[end] == 0x0A || bytes[end] == 0x0D { end += 1 }
      }
      skipLineEnds()
      if count % 4 == 2 {
        if end == bytes.count { return end }
        if bytes[end] != padding { return end - 1 }
        end += 1
        skipLineEnds()
      }
      return end < bytes.count ? end : nil
    }
    return count % 4 == 0 ? nil : bytes.count - count % 4
  }
}
