package import SimulationKernel

/// Where moments of a story lie in virtual time, as far as that is known.
package struct Moments {
  private var entries: [String: SimulationTime] = [:]
  private let phases: [String: Moment]

  /// Makes the moments of a story in which nothing has happened.
  package init(phases: [Phase] = []) {
    self.phases = Dictionary(phases.map { ($0.name, $0.from) }, uniquingKeysWith: { $1 })
  }

  /// Says when an entry of the timeline happened; what happens again keeps its first time.
  package mutating func happened(_ entry: String, at time: SimulationTime) {
    if entries[entry] == nil { entries[entry] = time }
  }

  /// The time of a moment; nil while the entry that it counts from has not happened.
  package func time(_ moment: Moment) -> SimulationTime? {
    guard let name = moment.entry else { return .zero + moment.offset }
    if let phase = phases[name] { return time(phase).map { $0 + moment.offset } }
    return entries[name].map { $0 + moment.offset }
  }
}
