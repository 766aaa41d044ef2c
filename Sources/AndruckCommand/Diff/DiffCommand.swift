import Scenario
import SimulationKernel

/// `andruck diff`: compares two runs, event by event.
struct DiffCommand {
  private let left: DiffSide
  private let right: DiffSide

  init(_ arguments: [String]) throws {
    if let option = arguments.first(where: { $0.hasPrefix("-") }) {
      throw UsageError(message: "unknown option \(option) of andruck diff")
    }
    guard arguments.count == 2 else {
      throw UsageError(
        message: "andruck diff compares two: scenarios, as FILE or FILE@SEED, or traces")
    }
    left = try DiffSide(arguments[0])
    right = try DiffSide(arguments[1])
  }

  /// - Returns: Whether both are the same: `checkFailed` if they are not.
  func perform() throws -> ExitCode {
    try Simulation.selfCheck()
    guard var one = try left.events(), var other = try right.events() else { return .badInput }
    let comparison = try TraceComparison({ try one.next() }, { try other.next() })
    let report = DiffReport(
      DiffReport.Side(name: left.argument, result: one.result),
      DiffReport.Side(name: right.argument, result: other.result), comparison)
    Console.print(report.text)
    return report.isEqual ? .success : .checkFailed
  }
}
