import SimulationKernel
import Transport

/// The simulation as the event loop of the platform's state machines.
final class SimulationEventLoop: EventLoop {
  private let simulation: Simulation

  init(_ simulation: Simulation) { self.simulation = simulation }

  var nanoseconds: Int64 { simulation.now.nanoseconds }

  @discardableResult
  func schedule(
    afterNanoseconds delay: Int64, _ action: @escaping () -> Void
  ) -> any ScheduledTimer {
    Timer(simulation.schedule(afterNanoseconds: delay, action))
  }

  func soon(_ action: @escaping () -> Void) {
    simulation.schedule(afterNanoseconds: 0, action)
  }

  private final class Timer: ScheduledTimer {
    private let timer: SimulationTimer

    init(_ timer: SimulationTimer) { self.timer = timer }

    func cancel() { timer.cancel() }
  }
}
