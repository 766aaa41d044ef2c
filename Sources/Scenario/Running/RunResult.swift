package import SimulationKernel

/// A sentence of the story as it happens.
package struct StoryLine: Sendable {
  /// When it happened.
  package var time: SimulationTime
  /// Who did it, such as `operator`, `scheduler` or a pod.
  package var who: String
  /// What happened.
  package var text: String
}

/// How one check came out, for reports.
package struct CheckReport {
  /// The check.
  package var check: Check
  /// How it came out.
  package var outcome: CheckOutcome
  /// The story around the failure; empty for a check that held.
  package var around: [StoryLine]
}

/// An entry of the timeline that never happened, because its condition never held.
package struct MissedEntry {
  /// The entry's name.
  package var name: String
  /// Its condition, in the author's words.
  package var condition: String
  /// Where it stands in the file.
  package var location: SourceLocation
}

/// The outcome of one run of a scenario with one seed.
package struct RunResult {
  /// The scenario's path.
  package var path: String
  /// The scenario's name.
  package var name: String
  /// What the story teaches.
  package var moral: String
  /// The values of a matrix's parameters in this run.
  package var parameters: [(name: String, value: String)]
  /// The seed.
  package var seed: UInt64
  /// SHA-256 of the trace, 64 hexadecimal digits.
  package var digest: String
  /// Events on the trace.
  package var traceEvents: Int
  /// Events of the simulation kernel.
  package var kernelEvents: Int
  /// Predict calls that ended, and those of them that were answered.
  package var requests: (ended: Int, answered: Int)
  /// gRPC calls that crossed the network, those of the dashboard included.
  package var calls: Int
  /// Virtual time at the end.
  package var virtualTime: SimulationTime
  /// The checks, in the order of the file.
  package var checks: [CheckReport]
  /// Entries of the timeline that never happened; each of them fails the run.
  package var missed: [MissedEntry]

  /// What the table of a matrix shows of this run, heading and text.
  package var columns: [(heading: String, text: String)]

  /// What the run showed over time, if it was asked for.
  package var recording: Recording?

  /// How to see it again; nil: by `andruck run`.
  package var rerun: String?

  /// Whether every check held and everything in the timeline happened.
  package var holds: Bool {
    missed.isEmpty
      && checks.allSatisfy { if case .passed = $0.outcome { true } else { false } }
  }
}
