import FakeKubernetes
package import JSON

/// Stories that were recorded of a real kubelet, told again by the fake one.
package enum KubeletFidelity {
  /// Runs a story; returns what differs, nothing if every facet passed.
  ///
  /// `phase` is how far into a second of the wall clock the story starts.
  package static func differences(
    _ json: JSONValue, seed: UInt64 = 1, phase: Duration = KubeletStoryRunner.standardPhase
  ) throws -> [FidelityDifference] {
    let report = try KubeletStory.run(json, seed: seed, phase: phase)
    return report.refusals.map { FidelityDifference(facet: "timeline", text: $0) }
      + report.verdicts.compactMap { verdict in
        verdict.failure.map { FidelityDifference(facet: verdict.facet, text: $0) }
      }
  }
}
