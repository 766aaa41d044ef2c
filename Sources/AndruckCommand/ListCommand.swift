import JSON
import Scenario

/// `andruck list`: shows scenarios and their morals.
struct ListCommand {
  private let paths: [String]

  init(_ arguments: [String]) throws {
    if let option = arguments.first(where: { $0.hasPrefix("-") }) {
      throw UsageError(message: "unknown option \(option) of andruck list")
    }
    paths = arguments.isEmpty ? ["Scenarios"] : arguments
  }

  func perform() throws -> ExitCode {
    guard let scenarios = try ScenarioFiles.read(paths) else { return .badInput }
    for runs in scenarios {
      guard let scenario = runs.first else { continue }
      let count = runs.count > 1 ? "  (\(runs.count) runs)" : ""
      Console.print("\(scenario.path)\(count)\n  \(scenario.moral)")
    }
    return .success
  }
}

/// `andruck schema`: prints the JSON Schema of scenario files, or the reference of all keys.
struct SchemaCommand {
  private let isMarkdown: Bool

  init(_ arguments: [String]) throws {
    if let word = arguments.first(where: { $0 != "--markdown" }) {
      throw UsageError(message: "unknown argument \(word) of andruck schema")
    }
    isMarkdown = !arguments.isEmpty
  }

  func perform() -> ExitCode {
    Console.print(isMarkdown ? ReferenceWriter.markdown : SchemaWriter.schema.text())
    return .success
  }
}
