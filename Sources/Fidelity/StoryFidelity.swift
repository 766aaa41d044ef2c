import FakeKubernetes
package import JSON

/// Stories that were recorded of a real control plane, told again by the fake one.
package enum StoryFidelity {
  /// How a story fared.
  package struct Outcome {
    /// What differs, nothing if every facet passed.
    package var differences: [FidelityDifference]
    /// How far into a second of the wall clock the story started.
    package var phase: Duration
  }

  /// The phases at which a story is told until one fits, a whole second first.
  ///
  /// Timestamps of the API have whole seconds, and controllers compute with them: with
  /// `minReadySeconds: 5` pods that become ready 0.9 s and 1.1 s into the wall clock's minute become
  /// available 1 s apart, at 5.0 and 6.0 s. The recordings' runs began at any phase of a second,
  /// and facets of lasting states hold what the runs had in common; so there must be a phase at
  /// which *all* facets of a story pass together.
  package static let phases: [Duration] = (0..<10).map { .milliseconds(100 * $0) }

  /// Tells a story at each phase until all its facets pass; else gives the phase with the fewest
  /// differences.
  package static func outcome(
    _ json: JSONValue, seed: UInt64 = 1, phases: [Duration] = StoryFidelity.phases
  ) throws -> Outcome {
    var best: Outcome?
    for phase in phases {
      let found = try differences(json, seed: seed, phase: phase)
      if found.count < best?.differences.count ?? .max {
        best = Outcome(differences: found, phase: phase)
      }
      if found.isEmpty { break }
    }
    return best ?? Outcome(differences: [], phase: .zero)
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
