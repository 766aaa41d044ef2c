import TestSupport

/// A text file of the repository, its path relative to the root.
struct SourceFile: Sendable {
  let path: String
  let text: String
  /// The text without comments and without what is inside string literals; lines stay where they are.
  let code: String

  init(path: String, text: String) {
    self.path = path
    self.text = text
    code = path.hasSuffix(".swift") ? SwiftText.code(of: text) : text
  }

  /// The folder below `Sources` or `Tests`, which is the target's name.
  var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  var isGenerated: Bool { path.contains("/Generated/") || path.hasSuffix(".pb.swift") }

  /// Numbered lines of the code, from 1.
  var codeLines: [(number: Int, text: Substring)] { Self.numbered(code) }

  /// Numbered lines of the whole text, from 1.
  var textLines: [(number: Int, text: Substring)] { Self.numbered(text) }

  private static func numbered(_ text: String) -> [(number: Int, text: Substring)] {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
      .map { ($0.offset + 1, Substring($0.element)) }
  }
}

/// A place where a rule is broken.
struct Violation: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let rule: String

  var description: String { "\(path):\(line): \(rule)" }
}

/// The files of the repository, each read once.
enum Repository {
  /// Every Swift file below Sources and Tests, ordered by path.
  static let swiftFiles: [SourceFile] = ["Sources", "Tests"].flatMap { paths(below: $0) }
    .filter { $0.hasSuffix(".swift") }.compactMap(file)

  static func file(_ path: String) -> SourceFile? {
    guard let text = try? Fixture.text(path) else { return nil }
    return SourceFile(path: path, text: text)
  }

  /// The paths of all files below a folder, ordered; of a folder that is not there, none.
  static func paths(below folder: String) -> [String] {
    guard let names = try? Fixture.list(folder) else { return [] }
    return names.flatMap { name in
      let path = folder + "/" + name
      return (try? Fixture.list(path)) == nil ? [path] : paths(below: path)
    }
  }
}
