import FakeKubernetes
package import JSON

/// Stories that were recorded of a real control plane, told again by the fake one.
package enum StoryFidelity {
  /// The phases at which a story is told until one fits: a whole second first, then tenths, then
  /// what lies between them.
  ///
  /// Timestamps of the API have whole seconds, and controllers compute with them: with
  /// `minReadySeconds: 5` pods that become ready 0.9 s and 1.1 s into the wall clock's minute become
  /// available 1 s apart, at 5.0 and 6.0 s.
  package static let phases: [Duration] =
    (0..<10).map { .milliseconds(100 * $0) } + (0..<10).map { .milliseconds(100 * $0 + 50) }

  /// Tells a story at each phase until all its facets pass; else gives the phase with the fewest
  /// differences.
  package static func outcome(
    _ json: JSONValue, seed: UInt64 = 1, phases: [Duration] = StoryFidelity.phases
  ) throws -> PhaseOutcome {
    try PhaseOutcome.best(of: phases) { try differences(json, seed: seed, phase: $0) }
  }

  /// Tells a story that starts at a phase of a second; returns what differs.
  package static func differences(_ json: JSONValue, seed: UInt64, phase: Duration) throws
    -> [FidelityDifference]
  {
    let runner = try StoryRunner(Story(json: json), seed: seed, phase: phase)
    let verdicts = try runner.run()
    let refused = runner.refusals.map { FidelityDifference(facet: "timeline", text: $0) }
    return refused
      + verdicts.compactMap { verdict in
        verdict.failure.map { FidelityDifference(facet: verdict.facet, text: $0) }
      }
  }
}
