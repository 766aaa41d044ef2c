import Scenario
import SimulationKernel

/// How a scenario came out; its description is the report that a failing test should show.
///
/// ```swift
/// #expect(result.holds, "\(result)")
/// ```
public struct ScenarioResult: Sendable, CustomStringConvertible {
  /// The scenario's name.
  public let name: String
  /// The seed.
  public let seed: UInt64
  /// Whether every check held and everything in the timeline happened, in every run.
  public let holds: Bool
  /// SHA-256 of the trace, 64 hexadecimal digits; of a matrix, of its runs' digests.
  public let digest: String
  /// Predict calls that ended.
  public let requests: Int
  /// Predict calls that were answered.
  public let answered: Int
  /// Events of the simulation.
  public let events: Int
  /// Virtual time from the start to the end.
  public let virtualTime: Duration
  /// The checks in the order of the file; of a matrix, of all its runs.
  public let checks: [CheckResult]
  /// Names of entries of the timeline that never happened; each of them fails the run.
  public let missed: [String]
  /// What was told, in order.
  public let story: [StorySentence]
  /// Checks, digest and verdict for people; a failure names seed, virtual time and rerun line.
  public let report: String
  /// The runs of a matrix; else empty.
  public let runs: [ScenarioResult]
  /// The values of a matrix's parameters in this run, in the order of the file.
  public let parameters: [(name: String, value: String)]
  private let columns: [(heading: String, text: String)]

  /// The report.
  public var description: String { report }

  /// What the table of a matrix shows of this run at a heading; nil: there is no such column.
  public func column(_ heading: String) -> String? {
    columns.first { $0.heading == heading }?.text
  }

  init(_ result: RunResult, story lines: [StoryLine]) {
    name = result.name
    seed = result.seed
    holds = result.holds
    digest = result.digest
    requests = result.requests.ended
    answered = result.requests.answered
    events = result.kernelEvents
    virtualTime = result.virtualTime - .zero
    checks = result.checks.map(CheckResult.init)
    missed = result.missed.map(\.name)
    story = lines.map(StorySentence.init)
    runs = []
    parameters = result.parameters
    columns = result.columns
    report =
      "\(result.name)  (seed \(result.seed))\n"
      + TextReport(usesColour: false).result(result, wallSeconds: nil)
  }

  init(matrix: [ScenarioResult]) {
    name = matrix[0].name
    seed = matrix[0].seed
    holds = matrix.allSatisfy(\.holds)
    digest = Trace.digest(of: matrix.map(\.digest))
    requests = matrix.reduce(0) { $0 + $1.requests }
    answered = matrix.reduce(0) { $0 + $1.answered }
    events = matrix.reduce(0) { $0 + $1.events }
    virtualTime = matrix.reduce(.zero) { $0 + $1.virtualTime }
    checks = matrix.flatMap(\.checks)
    missed = matrix.flatMap(\.missed)
    story = matrix.flatMap(\.story)
    report = matrix.map(\.report).joined(separator: "\n")
    runs = matrix
    parameters = []
    columns = []
  }
}

/// How one check came out.
public struct CheckResult: Sendable, CustomStringConvertible {
  /// The check in the author's words.
  public let text: String
  /// Whether it held.
  public let holds: Bool
  /// What was seen when its outcome was known.
  public let seen: String
  /// When it failed, from the start; nil for one that held.
  public let failedAt: Duration?
  /// What was told around the failure; empty for a check that held.
  public let around: [StorySentence]

  /// The check, whether it held, and what was seen.
  public var description: String { "\(holds ? "ok" : "FAILED")  \(text)  (\(seen))" }

  init(_ report: CheckReport) {
    text = report.check.text
    around = report.around.map(StorySentence.init)
    switch report.outcome {
    case .passed(let what):
      holds = true
      seen = what
      failedAt = nil
    case .failed(let time, let what):
      holds = false
      seen = what
      failedAt = time - .zero
    }
  }
}

/// A sentence of the story.
public struct StorySentence: Sendable, CustomStringConvertible {
  /// When it happened, from the start.
  public let time: Duration
  /// Who did it, such as `operator`, `scheduler` or `pod`.
  public let who: String
  /// What happened.
  public let text: String
  private let stamp: String

  /// The sentence as reports show it.
  public var description: String { "\(stamp)  \(who)  \(text)" }

  init(_ line: StoryLine) {
    time = line.time - .zero
    who = line.who
    text = line.text
    stamp = "\(line.time)"
  }
}
