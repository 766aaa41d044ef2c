import Scenario

/// `andruck check`: reads scenarios and says what is wrong with them.
struct CheckCommand {
  private var paths: [String] = []
  private var mutations: Int?
  private var seed: UInt64 = 1
  private var only: Int?

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func number() throws -> Int {
        guard let number = rest.popFirst().flatMap({ Int($0) }), number >= 0 else {
          throw UsageError(message: "\(argument) needs a whole number")
        }
        return number
      }
      switch argument {
      case "--mutations": mutations = try number()
      case "--seed": seed = UInt64(try number())
      case "--only": only = try number()
      case _ where argument.hasPrefix("-"):
        throw UsageError(message: "unknown option \(argument) of andruck check")
      default: paths.append(argument)
      }
    }
    if paths.isEmpty {
      throw UsageError(message: "andruck check needs at least one scenario file")
    }
  }

  func perform() throws -> ExitCode {
    if let only {
      Console.print(try mutated().mutation(only).text)
      return .success
    }
    if let mutations {
      let reader = try mutated()
      let refused = try reader.read(mutations, isTold: Console.errorIsTerminal)
      Console.print(
        "\(mutations) damaged scenarios read: \(refused) refused with their place,"
          + " \(mutations - refused) still scenarios")
      return .success
    }
    guard let scenarios = try ScenarioFiles.read(paths) else { return .badInput }
    for scenario in scenarios.flatMap(\.self) {
      Console.print(
        "\(scenario.path): ok, \(scenario.timeline.count) entries in the timeline,"
          + " \(scenario.checks.count) checks")
    }
    return .success
  }

  private func mutated() throws -> ScenarioMutations {
    try ScenarioMutations(paths.flatMap(ScenarioFiles.files), seed: seed)
  }
}
