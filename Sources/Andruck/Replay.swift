import Scenario
import SimulationKernel

/// Runs a scenario inside a test or a program: the same world as `andruck run`.
///
/// ```swift
/// let result = try Replay(file: "Scenarios/model-switch.yaml", seed: 3).run()
/// #expect(result.holds, "\(result.report)")
/// ```
public struct Replay {
  private let scenario: ScenarioFile
  private let seed: UInt64
  private let readFile: (String) -> [UInt8]?
  private let predictors: [String: PredictorKind]

  /// Reads a scenario.
  ///
  /// - Parameters:
  ///   - text: The scenario's text.
  ///   - path: Its path, for messages and for the files that it names.
  ///   - seed: The seed; nil for the scenario's own.
  ///   - predictors: Predictors of yours by the names that the scenario gives them, beside `digits`.
  ///   - readFile: The bytes of a file by its path, nil if it cannot be read.
  /// - Throws: An error with file, line, column and what was expected.
  public init(
    text: String, path: String, seed: UInt64? = nil,
    predictors: [String: PredictorFactory] = [:], readFile: @escaping (String) -> [UInt8]?
  ) throws {
    try Simulation.selfCheck()
    var kinds = PredictorKind.builtIn
    for (name, factory) in predictors { kinds[name] = PredictorKind(factory) }
    scenario = try ScenarioReader.read(
      text, path: path, predictors: kinds.keys.sorted(), fileExists: { readFile($0) != nil },
      readFile: readFile)
    self.seed = seed ?? scenario.seed
    self.readFile = readFile
    self.predictors = kinds
  }

  /// Runs the story to its end, in virtual time.
  ///
  /// - Throws: An error of the harness; a failed check is no error but in the result.
  public func run() throws -> ReplayResult {
    let runner = ScenarioRunner(
      scenario, seed: seed, predictors: predictors, readFile: readFile)
    return ReplayResult(try runner.run())
  }
}

/// How a scenario came out.
public struct ReplayResult: Sendable {
  /// Whether every check held and everything in the timeline happened.
  public let holds: Bool
  /// SHA-256 of the trace, 64 hexadecimal digits.
  public let digest: String
  /// Predict calls that ended.
  public let requests: Int
  /// Predict calls that were answered.
  public let answered: Int
  /// Events of the simulation.
  public let events: Int
  /// Checks, digest and verdict for people; a failure names seed, virtual time and rerun line.
  public let report: String

  init(_ result: RunResult) {
    holds = result.holds
    digest = result.digest
    requests = result.requests.ended
    answered = result.requests.answered
    events = result.kernelEvents
    report = TextReport(usesColour: false).result(result, wallSeconds: 0)
  }
}
