/// The targets that `Package.swift` declares, read without evaluating it.
struct PackageManifest {
  struct Target: Equatable {
    let name: String
    let dependencies: [String]
  }

  let targets: [Target]

  init(_ text: String) {
    let source = Self.withoutComments(text)
    var targets: [(offset: Int, target: Target)] = []
    let calls = [
      ("module(", ""), ("tests(", "Tests"), ("system(", ""), (".target(", ""),
      (".executableTarget(", ""),
    ]
    for (call, suffix) in calls {
      for start in Self.offsets(of: call, in: source) {
        let arguments = Self.balanced(source, from: start + call.utf8.count)
        guard let name = Self.name(in: arguments) else { continue }
        let target = Target(
          name: name + suffix,
          dependencies: Self.dependencies(in: arguments)
            + (suffix.isEmpty ? [] : ["TestSupport"]))
        targets.append((start, target))
      }
    }
    self.targets = targets.sorted { $0.offset < $1.offset }.map(\.target)
  }

  func dependencies(of name: String) -> [String]? {
    targets.first { $0.name == name }?.dependencies
  }

  private static func withoutComments(_ text: String) -> [UInt8] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let kept = lines.map { line in
      line.drop { $0 == " " }.hasPrefix("//") ? "" : line
    }
    return Array(kept.joined(separator: "\n").utf8)
  }

  /// Where a call stands that is not part of a longer name.
  private static func offsets(of call: String, in source: [UInt8]) -> [Int] {
    let pattern = Array(call.utf8)
    guard source.count > pattern.count else { return [] }
    return (0..<(source.count - pattern.count)).filter { start in
      guard source[start..<(start + pattern.count)].elementsEqual(pattern) else { return false }
      guard start > 0, call.first != "." else { return true }
      let before = Character(Unicode.Scalar(source[start - 1]))
      return !before.isLetter && before != "."
    }
  }

  /// The text up to the parenthesis that closes a call.
  private static func balanced(_ source: [UInt8], from start: Int) -> String {
    var depth = 1
    var index = start
    while index < source.count {
      if source[index] == UInt8(ascii: "(") { depth += 1 }
      if source[index] == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { break }
      index += 1
    }
    return String(decoding: source[start..<index], as: UTF8.self)
  }

  /// The first argument, when it is a literal.
  private static func name(in arguments: String) -> String? {
    var rest = arguments.drop(while: \.isWhitespace)
    if rest.hasPrefix("name:") { rest = rest.dropFirst(5).drop(while: \.isWhitespace) }
    guard rest.hasPrefix("\"") else { return nil }
    return rest.dropFirst().split(separator: "\"", omittingEmptySubsequences: false).first
      .map(String.init)
  }

  /// The literals in the list that is either the second argument or labelled `dependencies`.
  private static func dependencies(in arguments: String) -> [String] {
    let pieces = arguments.split(separator: "[", omittingEmptySubsequences: false)
    var before = Substring()
    for piece in pieces {
      let label = before.reversed().drop(while: \.isWhitespace)
      if label.first == "," || label.starts(with: ":seicnedneped") {
        let list = piece.split(separator: "]", omittingEmptySubsequences: false)[0]
        return list.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      }
      before = piece
    }
    return []
  }
}
