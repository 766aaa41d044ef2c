/// How a story fared that was told at several phases of a second.
///
/// The recordings' runs began at any phase of a second, and what a facet holds is what the runs had
/// in common; so there must be a phase at which *all* facets of a story pass together.
package struct PhaseOutcome {
  /// What differs, nothing if every facet passed.
  package var differences: [FidelityDifference]
  /// How far into a second of the wall clock the story started.
  package var phase: Duration

  /// The first phase without differences, else the one with the fewest.
  static func best(
    of phases: [Duration], _ differences: (Duration) throws -> [FidelityDifference]
  ) rethrows -> PhaseOutcome {
    var best: PhaseOutcome?
    for phase in phases {
      let found = try differences(phase)
      if found.count < best?.differences.count ?? .max {
        best = PhaseOutcome(differences: found, phase: phase)
      }
      if found.isEmpty { break }
    }
    return best ?? PhaseOutcome(differences: [], phase: .zero)
  }
}
