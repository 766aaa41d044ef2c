import Scenario

/// Which runs of a matrix are chosen: `--only name=value`, as often as wanted.
///
/// Of one parameter any of the values may be it; every parameter that is named must fit.
struct RunChoice {
  private var values: [(name: String, value: String)] = []

  /// Whether nothing is asked for, and so every run chosen.
  var isEmpty: Bool { values.isEmpty }

  /// - Throws: `UsageError` if the text is not `name=value`.
  mutating func add(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw UsageError(message: "--only: expected name=value, found \"\(text)\"")
    }
    values.append((String(parts[0]), String(parts[1])))
  }

  /// The chosen runs of a file.
  ///
  /// - Throws: `UsageError` that names what the file's matrix has, if it has no such run.
  func choose(_ runs: [ScenarioFile]) throws -> [ScenarioFile] {
    guard let first = runs.first else { return runs }
    for (name, value) in values {
      let known = first.parameters.map(\.name)
      guard known.contains(name) else {
        let what = known.isEmpty ? "it has no matrix" : "known: \(known.joined(separator: ", "))"
        throw UsageError(message: "--only: \(first.path) has no parameter \"\(name)\"; \(what)")
      }
      var valuesKnown: [String] = []
      for run in runs {
        for parameter in run.parameters where parameter.name == name {
          if !valuesKnown.contains(parameter.value) { valuesKnown.append(parameter.value) }
        }
      }
      guard valuesKnown.contains(value) else {
        throw UsageError(
          message: "--only: \(first.path) has no run with \(name) \"\(value)\"; known:"
            + " \(valuesKnown.joined(separator: ", "))")
      }
    }
    let chosen = runs.filter { run in
      run.parameters.allSatisfy { parameter in
        let wanted = values.filter { $0.name == parameter.name }.map(\.value)
        return wanted.isEmpty || wanted.contains(parameter.value)
      }
    }
    if chosen.isEmpty {
      let words = values.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
      throw UsageError(message: "--only: \(first.path) has no run with \(words) together")
    }
    return chosen
  }
}
