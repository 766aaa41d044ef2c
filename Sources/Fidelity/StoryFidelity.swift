import FakeKubernetes
package import JSON

/// Stories that were recorded of a real control plane, told again by the fake one.
package enum StoryFidelity {
  /// Runs a story; returns what differs, nothing if every facet passed.
  ///
  /// `phase` is how far into a second of the wall clock the story starts.
  package static func differences(
    _ json: JSONValue, seed: UInt64 = 1, phase: Duration = StoryRunner.standardPhase
  ) throws -> [FidelityDifference] {
    let runner = StoryRunner(try Story(json: json), seed: seed, phase: phase)
    let verdicts = try runner.run()
    let refused = runner.refusals.map { FidelityDifference(facet: "timeline", text: $0) }
    return refused
      + verdicts.compactMap { verdict in
        verdict.failure.map { FidelityDifference(facet: verdict.facet, text: $0) }
      }
  }
}
