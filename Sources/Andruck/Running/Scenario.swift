import Scenario
import SimulationKernel

/// A story to run: a scenario file, or the same said in Swift.
///
/// ```swift
/// let result = try Scenario(file: "Scenarios/model-switch.yaml").run(seed: 3)
/// #expect(result.holds, "\(result)")
/// ```
public struct Scenario {
  /// The runs that it stands for: of a matrix one for each combination, else one.
  let variants: [ScenarioFile]
  let predictors: [String: PredictorKind]
  let readFile: (String) -> [UInt8]?
  /// Whether `andruck run` can run it.
  let isFile: Bool

  /// Reads a scenario file with everything that it includes.
  ///
  /// - Parameters:
  ///   - file: Its path, from the folder in which the program runs.
  ///   - predictors: Predictors of yours by the names that the scenario gives them, beside `digits`.
  ///   - readFile: The bytes of a file by its path, nil if it cannot be read.
  /// - Throws: An error with file, line, column and what was expected.
  public init(
    file: String, predictors: [String: PredictorFactory] = [:],
    readFile: @escaping (String) -> [UInt8]? = { FileReader.bytes($0) }
  ) throws {
    guard let bytes = readFile(file) else {
      throw RehearsalError(code: .file, message: "\(file): cannot be read")
    }
    try self.init(
      text: String(decoding: bytes, as: UTF8.self), path: file, predictors: predictors,
      readFile: readFile)
  }

  /// Reads a scenario from its text.
  ///
  /// - Parameters:
  ///   - text: The text, as it would stand in a file.
  ///   - path: The path that messages name and from which the files in it are found.
  ///   - predictors: Predictors of yours by the names that the scenario gives them, beside `digits`.
  ///   - readFile: The bytes of a file by its path, nil if it cannot be read.
  /// - Throws: An error with file, line, column and what was expected.
  public init(
    text: String, path: String, predictors: [String: PredictorFactory] = [:],
    readFile: @escaping (String) -> [UInt8]? = { FileReader.bytes($0) }
  ) throws {
    let kinds = Self.kinds(predictors)
    variants = try ScenarioReader.readAll(
      text, path: path, predictors: kinds.keys.sorted(), fileExists: { readFile($0) != nil },
      readFile: readFile)
    self.predictors = kinds
    self.readFile = readFile
    isFile = predictors.isEmpty
  }

  init(
    variants: [ScenarioFile], predictors: [String: PredictorKind],
    readFile: @escaping (String) -> [UInt8]?, isFile: Bool
  ) {
    self.variants = variants
    self.predictors = predictors
    self.readFile = readFile
    self.isFile = isFile
  }

  static func kinds(_ predictors: [String: PredictorFactory]) -> [String: PredictorKind] {
    var kinds = PredictorKind.builtIn
    for (name, factory) in predictors { kinds[name] = PredictorKind(factory) }
    return kinds
  }

  /// Its name; of one of a matrix's runs with the values of its parameters.
  public var name: String { variants[0].name }

  /// What the story teaches, in one sentence.
  public var moral: String { variants[0].moral }

  /// How long the story lasts, in virtual time.
  public var duration: Duration { variants[0].duration }

  /// The values of a matrix's parameters in this run, in the order of the file; else empty.
  public var parameters: [(name: String, value: String)] {
    variants.count == 1 ? variants[0].parameters : []
  }

  /// The runs that it stands for: of a matrix one for each combination, else itself.
  public var runs: [Scenario] {
    variants.map {
      Scenario(variants: [$0], predictors: predictors, readFile: readFile, isFile: isFile)
    }
  }

  /// Runs the story to its end, of a matrix each of its runs, in virtual time.
  ///
  /// - Parameters:
  ///   - seed: The seed; nil for `Seed.current`, or where there is none the scenario's own.
  ///   - fileID: Where the call stands, for the rerun line.
  /// - Throws: An error of the harness; a failed check is no error but in the result.
  public func run(seed: UInt64? = nil, fileID: String = #fileID) throws -> ScenarioResult {
    try Simulation.selfCheck()
    let results = try variants.map { scenario in
      let chosen = seed ?? Seed.current ?? scenario.seed
      let runner = ScenarioRunner(
        scenario, seed: chosen, predictors: predictors, readFile: readFile)
      var result = try runner.run()
      if !isFile { result.rerun = Seed.rerun(chosen, isGiven: seed != nil, fileID: fileID) }
      return ScenarioResult(result, story: runner.story)
    }
    return results.count == 1 ? results[0] : ScenarioResult(matrix: results)
  }
}

/// A scenario that is run whole with one seed: the same as `andruck run`.
public struct Replay {
  private let scenario: Scenario
  private let seed: UInt64?
  private let fileID: String

  /// Reads a scenario from its text.
  ///
  /// - Parameters:
  ///   - text: The scenario's text.
  ///   - path: Its path, for messages and for the files that it names.
  ///   - seed: The seed; nil for `Seed.current`, or where there is none the scenario's own.
  ///   - predictors: Predictors of yours by the names that the scenario gives them, beside `digits`.
  ///   - readFile: The bytes of a file by its path, nil if it cannot be read.
  /// - Throws: An error with file, line, column and what was expected.
  public init(
    text: String, path: String, seed: UInt64? = nil,
    predictors: [String: PredictorFactory] = [:],
    readFile: @escaping (String) -> [UInt8]? = { FileReader.bytes($0) }, fileID: String = #fileID
  ) throws {
    scenario = try Scenario(text: text, path: path, predictors: predictors, readFile: readFile)
    self.seed = seed
    self.fileID = fileID
  }

  /// Reads a scenario file; see the other initializer.
  ///
  /// - Throws: An error with file, line, column and what was expected.
  public init(
    file: String, seed: UInt64? = nil, predictors: [String: PredictorFactory] = [:],
    readFile: @escaping (String) -> [UInt8]? = { FileReader.bytes($0) }, fileID: String = #fileID
  ) throws {
    scenario = try Scenario(file: file, predictors: predictors, readFile: readFile)
    self.seed = seed
    self.fileID = fileID
  }

  /// Runs the story to its end, in virtual time.
  ///
  /// - Throws: An error of the harness; a failed check is no error but in the result.
  public func run() throws -> ScenarioResult { try scenario.run(seed: seed, fileID: fileID) }
}
