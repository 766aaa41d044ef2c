/// A scheduled event that can be cancelled.
public struct SimulationTimer {
  private let simulation: Simulation
  private let ticket: EventTicket

  init(simulation: Simulation, ticket: EventTicket) {
    self.simulation = simulation
    self.ticket = ticket
  }

  /// Prevents the event; without effect once it has happened.
  public func cancel() { simulation.cancel(ticket) }
}
