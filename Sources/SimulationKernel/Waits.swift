/// Who waits for what, for the report of a deadlock.
public final class Wait {
  let who: String
  let what: String
  let since: SimulationTime
  private let identifier: UInt64
  private unowned let simulation: Simulation

  init(who: String, what: String, identifier: UInt64, simulation: Simulation) {
    self.who = who
    self.what = what
    self.identifier = identifier
    self.simulation = simulation
    since = simulation.now
  }

  /// Says that the wait is over.
  public func end() { simulation.endWait(identifier) }
}

extension Simulation {
  /// Says that `who` waits for `what`, until the returned wait ends.
  public func beginWait(_ who: String, for what: String) -> Wait {
    nextWait += 1
    let wait = Wait(who: who, what: what, identifier: nextWait, simulation: self)
    waits[nextWait] = wait
    return wait
  }

  func endWait(_ identifier: UInt64) { waits[identifier] = nil }

  func deadlock(_ who: String) -> SimulationError {
    var lines = [
      "deadlock at \(now), seed \(seed): nothing is left to do, and \(who) has not ended"
    ]
    for (_, wait) in waits.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(wait.who) waits for \(wait.what) since \(wait.since)")
    }
    if waits.isEmpty {
      lines.append(
        "  no wait is registered: a continuation that nobody resumes, or one that a thread outside"
          + " the simulation will resume")
    }
    return SimulationError(code: .deadlock, message: lines.joined(separator: "\n"))
  }
}
