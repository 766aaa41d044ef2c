import Files
import Scenario
import SimulationKernel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One of the two that are compared: a scenario that is run here and now, or a trace of `--trace`.
///
/// Written `FILE`, or of a scenario `FILE@SEED` and, to choose a run of a matrix, `FILE@NAME=VALUE`,
/// as often as needed and in any order.
struct DiffSide {
  let argument: String
  private(set) var path: String
  private(set) var seed: UInt64?
  private(set) var only = RunChoice()

  /// - Throws: `UsageError` if the argument cannot be understood.
  init(_ argument: String) throws {
    self.argument = argument
    path = argument
    if access(argument, F_OK) == 0 { return }
    while let at = path.lastIndex(of: "@") {
      let part = path[path.index(after: at)...]
      if part.contains("=") {
        try only.add(String(part))
      } else if let number = UInt64(part), number <= Int64.max {
        guard seed == nil else { throw UsageError(message: "\(argument): two seeds") }
        seed = number
      } else {
        break
      }
      path = String(path[..<at])
    }
  }

  /// The events of a side, one after the other, and how it came out if it was run.
  struct Events {
    var result: RunResult?
    let path: String
    let lines: LineFile
    private var number = 0

    init(path: String, lines: LineFile, result: RunResult?) {
      self.path = path
      self.lines = lines
      self.result = result
    }

    /// - Throws: `UsageError` that names the line if it is no line of a trace.
    mutating func next() throws -> ComparedEvent? {
      guard let line = lines.next() else { return nil }
      number += 1
      if let event = ComparedEvent(line) { return event }
      throw UsageError(message: "\(path):\(number): not a line of a trace")
    }
  }

  /// Opens the trace, or runs the scenario.
  ///
  /// - Returns: nil after the errors of a scenario that is wrong were printed.
  /// - Throws: `UsageError` for a file that cannot be read or that has several runs.
  func events() throws -> Events? {
    guard let lines = LineFile.reading(path), let first = lines.next() else {
      throw UsageError(message: "\(path): cannot be read, or is empty")
    }
    if ComparedEvent(first) != nil {
      if seed != nil || !only.isEmpty {
        throw UsageError(message: "\(argument): a trace is of one run and takes no seed or value")
      }
      guard let again = LineFile.reading(path) else {
        throw UsageError(message: "\(path): cannot be read")
      }
      return Events(path: path, lines: again, result: nil)
    }
    guard let read = try ScenarioFiles.read([path]) else { return nil }
    let runs = try read.flatMap(only.choose)
    guard let scenario = runs.first, runs.count == 1 else {
      let values = runs[0].parameters.map { "@\($0.name)=\($0.value)" }.joined()
      throw UsageError(
        message: "\(argument): \(runs.count) runs, and one is to be compared; choose, such as"
          + " \(path)\(values)")
    }
    return try run(scenario)
  }

  private func run(_ scenario: ScenarioFile) throws -> Events {
    let lines = try LineFile.temporary()
    let runner = ScenarioRunner(scenario, seed: seed ?? scenario.seed, readFile: FileReader.bytes)
    runner.onTrace = { lines.write(TraceLine.text($0)) }
    if Console.errorIsTerminal {
      runner.onProgress = { Console.progress("\(argument)  \($0)") }
    }
    let result = try runner.run()
    if Console.errorIsTerminal { Console.progress("") }
    try lines.rewind()
    return Events(path: path, lines: lines, result: result)
  }
}
