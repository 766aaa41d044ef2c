/// The forms that names, labels and ports must have.
///
/// Source: `apimachinery/pkg/util/validation/validation.go`.
package enum FieldRules {
  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerAlphanumeric(byte) || (0x41...0x5A).contains(byte)
  }

  /// At most 63 lower-case letters, digits and inner hyphens.
  package static func isDNS1123Label(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 63 && isDNS1123LabelShape(text)
  }

  /// A DNS 1123 label of any length.
  static func isDNS1123LabelShape(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.suffix(1).first,
      isLowerAlphanumeric(first),
      isLowerAlphanumeric(last)
    else { return false }
    return text.utf8.allSatisfy { isLowerAlphanumeric($0) || $0 == 0x2D }
  }

  /// Labels joined by points, at most 253 bytes together.
  package static func isDNS1123Subdomain(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 253 && isDNS1123SubdomainShape(text)
  }

  /// A DNS 1123 subdomain of any length.
  static func isDNS1123SubdomainShape(_ text: some StringProtocol) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false)
      .allSatisfy { isDNS1123LabelShape($0) }
  }

  /// As a DNS 1123 label, but starting with a letter.
  package static func isDNS1035Label(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
    return isDNS1123Label(text)
  }

  /// A subdomain whose first label may be `*`.
  package static func isWildcardSubdomain(_ text: String) -> Bool {
    text.hasPrefix("*.") && text.utf8.count <= 253 && isDNS1123Subdomain(text.dropFirst(2))
  }

  /// At most 15 lower-case letters, digits and single inner hyphens, with at least one letter.
  package static func isPortName(_ text: String) -> Bool {
    guard text.utf8.count <= 15, isDNS1123LabelShape(text), !text.contains("--") else {
      return false
    }
    return text.utf8.contains { (0x61...0x7A).contains($0) }
  }

  private static func isNamePart(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 63 && isNamePartShape(text)
  }

  /// Letters, digits and, inside, `-`, `_` and `.`.
  static func isNamePartShape(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.suffix(1).first, isAlphanumeric(first),
      isAlphanumeric(last)
    else { return false }
    return text.utf8.allSatisfy(isNameByte)
  }

  /// A letter, digit, `-`, `_` or `.`.
  static func isNameByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == 0x2D || byte == 0x5F || byte == 0x2E
  }

  private static func isNamePart(bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last) && bytes.allSatisfy(isNameByte)
  }

  private static func isSubdomain(bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    if bytes.count > 253 { return false }
    let (hyphen, point) = (UInt8(ascii: "-"), UInt8(ascii: "."))
    var before = point
    for byte in bytes {
      let fits =
        isLowerAlphanumeric(byte) || (byte == hyphen && before != point)
        || (byte == point && isLowerAlphanumeric(before))
      if !fits { return false }
      before = byte
    }
    return isLowerAlphanumeric(before)
  }

  /// A name part, optionally behind a DNS subdomain and a slash.
  package static func isQualifiedName(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else {
        return isNamePart(bytes: bytes[...])
      }
      return isSubdomain(bytes: bytes[..<slash]) && isNamePart(bytes: bytes[(slash + 1)...])
    }
  }

  /// Empty or a name part.
  package static func isLabelValue(_ text: String) -> Bool { text.isEmpty || isNamePart(text) }

  /// At most 253 letters, digits, `-`, `_` and `.`, not `.` and not starting with `..`.
  package static func isConfigMapKey(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 253, text != ".", !text.hasPrefix("..") else {
      return false
    }
    return text.utf8.allSatisfy(isNameByte)
  }

  /// Digits and a percent sign.
  package static func isPercent(_ text: String) -> Bool {
    text.hasSuffix("%") && text.utf8.count > 1
      && text.utf8.dropLast().allSatisfy { (0x30...0x39).contains($0) }
  }
}
