import Files
import JSON
import Scenario
import SimulationKernel

#if canImport(Glibc)
  import Glibc
#endif

/// `andruck run`: replays scenarios and judges their checks.
struct RunCommand {
  private let arguments: RunArguments
  private let report = TextReport(usesColour: Console.outputIsTerminal)

  init(_ arguments: [String]) throws { self.arguments = try RunArguments(arguments) }

  func perform() throws -> ExitCode {
    try Simulation.selfCheck()
    guard let read = try ScenarioFiles.read(arguments.files) else { return .badInput }
    let scenarios = try read.map(arguments.only.choose)
    let outputs = try RunOutputs(arguments)
    var allHold = true
    for runs in scenarios {
      var results: [RunResult] = []
      for scenario in runs {
        for seed in arguments.seeds ?? scenario.seed...scenario.seed {
          var result = try run(scenario, seed: seed)
          outputs.add(result)
          // What it showed over time is written down; the table needs none of it.
          result.recording = nil
          results.append(result)
        }
      }
      allHold = allHold && results.allSatisfy(\.holds)
      if runs.count > 1, !arguments.isJSON { Console.print(MatrixTable.text(results)) }
    }
    try outputs.write()
    return allHold ? .success : .checkFailed
  }

  private func run(_ scenario: ScenarioFile, seed: UInt64) throws -> RunResult {
    let started = WallClock.nanoseconds
    let runner = ScenarioRunner(scenario, seed: seed, readFile: FileReader.bytes)
    runner.records = arguments.needsRecording
    let trace = try arguments.traceFile.map(OutputFile.init)
    let capture = try arguments.captureFile.map(OutputFile.init)
    if let trace {
      runner.onTrace = { trace.write(Array((TraceLine.text($0) + "\n").utf8)) }
    }
    if let capture { runner.onPackets = { capture.write($0) } }
    let tellsStory = !arguments.isQuiet && !arguments.isJSON
    if !arguments.isJSON { Console.print(report.heading(scenario, seed: seed)) }
    if tellsStory { runner.onStory = { Console.print(report.line($0)) } }
    if !tellsStory && Console.errorIsTerminal {
      runner.onProgress = { Console.progress("\(scenario.name)  \($0)") }
    }
    let result = try runner.run()
    if !tellsStory && Console.errorIsTerminal { Console.progress("") }
    try trace?.close()
    try capture?.close()
    if arguments.isJSON {
      Console.print(JSONReport.value(result).text())
    } else {
      let wall = Double(WallClock.nanoseconds - started) / 1e9
      Console.print(report.result(result, wallSeconds: wall))
    }
    return result
  }
}

/// Wall time, for reports of how long a run took.
enum WallClock {
  static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
