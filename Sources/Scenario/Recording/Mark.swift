package import SimulationKernel

/// Something that a reader of a report looks for on the time axis.
package struct Mark {
  /// Who or what it comes from.
  package enum Kind: String {
    /// The operator, or somebody else, did something.
    case action
    /// Something was broken on purpose.
    case fault
    /// A check failed.
    case check
  }

  /// Who or what it comes from.
  package var kind: Kind
  /// The name of the entry of the timeline; of a check its text.
  package var name: String
  /// What happened, in words.
  package var label: String
  /// The service that it is about; nil: all, or none in particular.
  package var service: ServiceReference?
  /// When it happened or began.
  package var from: SimulationTime
  /// When it ended, at the latest with the run; nil: it takes no time.
  package var until: SimulationTime?
}
