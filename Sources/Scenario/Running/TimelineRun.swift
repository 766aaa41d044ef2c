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
  private var tallies: [WindowCounts]
  private var repetitions: [Int]
  private var hasBegun = false
  private(set) var moments: Moments
  /// Asked right before the first entry; if not, no entry happens any more.
  var mayBegin: () -> Bool = { true }
  /// Whether `mayBegin` said no.
  private(set) var isCalledOff = false

  init(
    _ scenario: ScenarioFile, simulation: Simulation, perform: @escaping (TimelineEntry) -> Void
  ) {
    entries = scenario.timeline
    moments = Moments(phases: scenario.phases)
    self.simulation = simulation
    self.perform = perform
    states = entries.map { _ in .pending }
    tallies = entries.map { _ in WindowCounts() }
    repetitions = entries.map { _ in 0 }
  }

  /// Puts what can be put on the queue there, and begins to watch what is to be watched.
  func start() { resolve() }

  /// Looks at the conditions of entries after an event.
  func observe(_ observations: Observations) {
    for index in entries.indices where isWatching(index) {
      guard case .when(let condition, let delay) = entries[index].trigger else { continue }
      if condition.measure.isOverRequests {
        tallies[index].requests.take(
          observations.requests(condition.service), from: .zero, until: .distantFuture)
      }
      let seen = condition.measure.observe(
        observations.state(condition.service), tallies[index])
      if condition.holds(seen) { schedule(index, at: simulation.now + delay) }
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
        case .at(let moment), .every(_, let moment, _, _):
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
      case .at(let moment), .every(_, let moment, _, _):
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
    if isCalledOff { return }
    if !hasBegun {
      hasBegun = true
      if !mayBegin() {
        isCalledOff = true
        simulation.trace.record("timeline.called-off", entries[index].name)
        return
      }
    }
    states[index] = .happened
    moments.happened(entries[index].name, at: simulation.now)
    simulation.trace.record("timeline.entry", entries[index].name)
    perform(entries[index])
    again(index)
    resolve()
  }

  /// Puts the next time of an entry with `every` on the queue.
  private func again(_ index: Int) {
    guard case .every(let interval, _, let until, let times) = entries[index].trigger else {
      return
    }
    repetitions[index] += 1
    let next = simulation.now + interval
    if let times, repetitions[index] >= times { return }
    if let end = until.flatMap(moments.time), next >= end { return }
    simulation.schedule(at: next) { [weak self] in self?.happen(index) }
  }
}
