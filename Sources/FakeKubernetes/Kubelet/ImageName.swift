/// An image's name as pods spell it, taken apart as the kubelet does.
///
/// Sources: `pkg/util/parsers/parsers.go` ParseImageName and the grammar of
/// github.com/distribution/reference.
struct ImageName {
  /// Why a name is none, as the kubelet says it; nil: it is one.
  static func error(_ name: String) -> String? {
    problem(name).map { "couldn't parse image name \"\(name)\": \($0)" }
  }

  /// The name with `latest` where it has neither tag nor digest.
  static func tagged(_ name: String) -> String {
    let last = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    return last.contains(":") || name.contains("@") ? name : name + ":latest"
  }

  private static let hexadecimal = Set("0123456789abcdef".utf8)

  private static func problem(_ name: String) -> String? {
    if name.utf8.count == 64, name.utf8.allSatisfy(hexadecimal.contains) {
      return "invalid repository name (\(name)), cannot specify 64-byte hexadecimal strings"
    }
    let (domain, remainder) = split(name)
    let remote = remainder.prefix { $0 != ":" }
    if remote.contains(where: \.isUppercase) {
      return "invalid reference format: repository name (\(remote)) must be lowercase"
    }
    return isDomain(domain) && isReference(remainder) ? nil : "invalid reference format"
  }

  /// Host and the rest; Docker Hub's official images are in `library`.
  private static func split(_ name: String) -> (domain: Substring, remainder: String) {
    if let slash = name.firstIndex(of: "/") {
      let first = name[..<slash]
      let isDomain =
        first.contains { $0 == "." || $0 == ":" || $0.isUppercase } || first == "localhost"
      let rest = String(name[name.index(after: slash)...])
      if isDomain, first != "docker.io", first != "index.docker.io" { return (first, rest) }
      if isDomain { return ("docker.io", rest.contains("/") ? rest : "library/" + rest) }
      return ("docker.io", name)
    }
    return ("docker.io", "library/" + name)
  }

  private static func isDomain(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count > 2 { return false }
    if parts.count == 2, parts[1].isEmpty || !parts[1].utf8.allSatisfy(isDigit) { return false }
    return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.first != "-" && part.last != "-"
        && part.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }
    }
  }

  /// Path, then `:TAG`, then `@DIGEST`.
  private static func isReference(_ text: String) -> Bool {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !isDigest(parts[1]) { return false }
    let named = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if named.count == 2, !isTag(named[1]) { return false }
    return named[0].split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy(isPathComponent)
  }

  private static func isTag(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    let isWord = { (byte: UInt8) in
      isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_")
    }
    return isWord(first)
      && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
  }

  private static func isDigest(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && parts[1].utf8.count >= 32
      && parts[1].lowercased().utf8.allSatisfy(hexadecimal.contains)
  }

  /// Lower-case letters and digits in groups, between them `.`, `_`, `__` or any number of `-`.
  private static func isPathComponent(_ text: Substring) -> Bool {
    var separator: [UInt8] = []
    var hasBegun = false
    for byte in text.utf8 {
      if isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte {
        if !separator.isEmpty, !hasBegun || !isSeparator(separator) { return false }
        separator = []
        hasBegun = true
      } else {
        separator.append(byte)
      }
    }
    return hasBegun && separator.isEmpty
  }

  private static func isSeparator(_ bytes: [UInt8]) -> Bool {
    bytes == Array(".".utf8) || bytes == Array("_".utf8) || bytes == Array("__".utf8)
      || bytes.allSatisfy { $0 == UInt8(ascii: "-") }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
  }
}
