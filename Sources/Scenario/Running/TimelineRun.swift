import SimulationKernel

/// Makes the entries of the timeline happen, each at its moment or when its condition holds.
final class TimelineRun {
  private enum State {
    /// It counts from an entry that has not happened, or its turn to watch has not come.
    case pending
    /// Its condition is looked at after every event.
    case watching
    /// It is on the event queue.
    case scheduled
    /// It has happened.
    case happened
  }

  private let entries: [TimelineEntry]
  private let simulation: Simulation
  private let perform: (TimelineEntry) -> Void
  private var states: [State]
  private var tallies: [RequestTally]
  private(set) var moments = Moments()

  init(
    _ entries: [TimelineEntry], simulation: Simulation,
    perform: @escaping (TimelineEntry) -> Void
  ) {
    self.entries = entries
    self.simulation = simulation
    self.perform = perform
    states = entries.map { _ in .pending }
    tallies = entries.map { _ in RequestTally() }
  }

  /// Puts what can be put on the queue there, and begins to watch what is to be watched.
  func start() { resolve() }

  /// Looks at the conditions of entries after an event.
  func observe(_ observations: Observations) {
    for index in entries.indices where isWatching(index) {
      guard case .when(let condition, let delay) = entries[index].trigger else { continue }
      if condition.metric.isOverRequests {
        tallies[index].take(
          observations.requests(condition.service), from: .zero, until: .distantFuture)
      }
      let judged = condition.judge(observations.state(condition.service), tallies[index])
      if judged.holds { schedule(index, at: simulation.now + delay) }
    }
  }

  /// Entries that have not happened although their turn had come.
  var missed: [MissedEntry] {
    entries.indices.compactMap { index in
      if case .happened = states[index] { return nil }
      let entry = entries[index]
      let condition =
        switch entry.trigger {
        case .when(let condition, _): condition.text
        case .at(let moment):
          "at \(moment.entry.map { "\($0) + " } ?? "")\(Units.text(moment.offset))"
        }
      return MissedEntry(name: entry.name, condition: condition, location: entry.location)
    }
  }

  private func isWatching(_ index: Int) -> Bool {
    if case .watching = states[index] { true } else { false }
  }

  private func resolve() {
    for index in entries.indices {
      guard case .pending = states[index] else { continue }
      switch entries[index].trigger {
      case .at(let moment):
        if let time = moments.time(moment) { schedule(index, at: time) }
      case .when:
        guard index > 0 else {
          states[index] = .watching
          continue
        }
        if case .happened = states[index - 1] { states[index] = .watching }
      }
    }
  }

  private func schedule(_ index: Int, at time: SimulationTime) {
    states[index] = .scheduled
    simulation.schedule(at: time) { [weak self] in self?.happen(index) }
  }

  private func happen(_ index: Int) {
    states[index] = .happened
    moments.happened(entries[index].name, at: simulation.now)
    simulation.trace.record("timeline.entry", entries[index].name)
    perform(entries[index])
    resolve()
  }
}
