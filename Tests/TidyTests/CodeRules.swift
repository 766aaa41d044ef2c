/// Rules about the text of one Swift file.
enum CodeRules {
  static let linesMax = 600

  /// Calls that would bring the machine's clock or chance into a run.
  ///
  /// An entry ends the name where it ends with a letter: `Date(` is not found in `candidate(`.
  static let bannedCalls = [
    "Date()", "ContinuousClock", "SuspendingClock", ".random(", "UUID(", "Task.sleep",
    "Task.detached", "SystemRandomNumberGenerator",
  ]

  /// Targets that are a shell, or that make virtual time, and their tests.
  static let targetsWithClock = [
    "LiveTransport", "AndruckCommand", "SimulationKernel", "SimulationKernelTests",
  ]

  /// The comment by which a test file says that it holds what a user would write.
  static let userCodeMark = "// Tidy: user code, run in virtual time."

  static func bannedCalls(in file: SourceFile) -> [Violation] {
    if targetsWithClock.contains(file.target) { return [] }
    if file.path.hasPrefix("Tests/") && file.text.contains(userCodeMark) { return [] }
    return file.codeLines.flatMap { line in
      bannedCalls.filter { contains(line.text, call: $0) }.map {
        Violation(path: file.path, line: line.number, rule: "\($0) is banned: it does not replay")
      }
    }
  }

  static func size(of file: SourceFile) -> [Violation] {
    // The last line ends with a line feed, so that the split gives one empty line too many.
    let count = file.textLines.count - (file.text.hasSuffix("\n") ? 1 : 0)
    guard count > linesMax, !file.isGenerated else { return [] }
    return [
      Violation(path: file.path, line: count, rule: "a file has at most \(linesMax) lines")
    ]
  }

  static func words(in file: SourceFile) -> [Violation] {
    if file.target == "TidyTests" || file.isGenerated { return [] }
    return file.textLines.flatMap { line -> [Violation] in
      var rules: [String] = []
      for word in ["TODO", "FIXME"] where contains(line.text, call: word) {
        rules.append("\(word): finish it, or open an issue")
      }
      if line.text.utf8.count >= 4 && line.text.lowercased().contains("mock") {
        rules.append("what stands in is fake (a foreign system) or simulated (time and faults)")
      }
      return rules.map { Violation(path: file.path, line: line.number, rule: $0) }
    }
  }

  static func placeholder(_ file: SourceFile) -> [Violation] {
    guard file.name.hasSuffix(".placeholder.swift") else { return [] }
    return [Violation(path: file.path, line: 1, rule: "a placeholder is still there")]
  }

  static func foundationInTests(_ file: SourceFile) -> [Violation] {
    // A target of tests that imports no Testing, such as a user's code, may.
    guard file.path.hasPrefix("Tests/"), !file.text.contains(userCodeMark) else { return [] }
    return file.codeLines.filter { ImportLaw.importedModule($0.text) == "Foundation" }.map {
      Violation(path: file.path, line: $0.number, rule: "tests do without Foundation")
    }
  }

  /// Whether a line has the call, and not as a part of a longer name.
  private static func contains(_ line: Substring, call: String) -> Bool {
    let bytes = Array(line.utf8)
    let pattern = Array(call.utf8)
    guard bytes.count >= pattern.count else { return false }
    for start in 0...(bytes.count - pattern.count)
    where bytes[start] == pattern[0] && bytes[start..<(start + pattern.count)] == pattern[...] {
      let end = start + pattern.count
      let beginsName = isNamePart(pattern[0]) && start > 0 && isNamePart(bytes[start - 1])
      let endsName =
        isNamePart(pattern[pattern.count - 1]) && end < bytes.count && isNamePart(bytes[end])
      if !beginsName && !endsName { return true }
    }
    return false
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
