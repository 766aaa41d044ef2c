import FakeKubernetes
package import JSON

/// Stories that were recorded of a real kubelet, told again by the fake one.
package enum KubeletFidelity {
  /// Tells a story at each phase until all its facets pass; else gives the phase with the fewest
  /// differences.
  package static func outcome(
    _ json: JSONValue, seed: UInt64 = 1, phases: [Duration] = KubeletStoryRunner.phases
  ) throws -> PhaseOutcome {
    try PhaseOutcome.best(of: phases) { try differences(json, seed: seed, phase: $0) }
  }

  /// Tells a story that starts at a phase of a second; returns what differs.
  package static func differences(_ json: JSONValue, seed: UInt64, phase: Duration) throws
    -> [FidelityDifference]
  {
    let report = try KubeletStory.run(json, seed: seed, phase: phase)
    return report.refusals.map { FidelityDifference(facet: "timeline", text: $0) }
      + report.verdicts.compactMap { verdict in
        verdict.failure.map { FidelityDifference(facet: verdict.facet, text: $0) }
      }
  }
}
