/// Rules about which files there are and what they are called.
enum FileRules {
  /// Fixtures that nothing names: no test, scenario, script or README, and no test lists a folder
  /// above them.
  static func orphans(among fixtures: [String], readers: [SourceFile]) -> [Violation] {
    let texts = readers.map(\.text).joined(separator: "\n")
    let tests = readers.filter { $0.path.hasSuffix(".swift") }.map(\.text).joined(separator: "\n")
    var listed: [String: Bool] = [:]
    func isListed(_ folder: String) -> Bool {
      if let known = listed[folder] { return known }
      let result = tests.contains("\(folder)\"") || tests.contains("\(folder)/\\(")
      listed[folder] = result
      return result
    }
    return fixtures.filter { path in
      let parts = path.split(separator: "/")
      guard let name = parts.last, name != "README.md" else { return false }
      // Not "Fixtures" alone: who lists that reads nothing in particular.
      let folders = stride(from: 2, to: parts.count, by: 1).map {
        parts[..<$0].joined(separator: "/")
      }
      return !folders.contains(where: isListed) && !texts.contains(name)
    }.map { Violation(path: $0, line: 1, rule: "no test, scenario, script or README names it") }
  }

  /// Scenario files that are not called like `model-switch.yaml`, in folders like `regression`.
  static func badNames(among scenarios: [String]) -> [Violation] {
    scenarios.filter { path in
      var parts = path.split(separator: "/").dropFirst()
      guard let file = parts.popLast(), file.hasSuffix(".yaml") else { return true }
      return !(parts + [file.dropLast(5)]).allSatisfy(isKebabCase)
    }.map { Violation(path: $0, line: 1, rule: "a scenario is called like model-switch.yaml") }
  }

  private static func isKebabCase(_ name: Substring) -> Bool {
    name.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { word in
      !word.isEmpty && word.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    }
  }
}
