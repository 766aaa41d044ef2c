import KubernetesAPI
import SimulationKernel

/// What is wrong with the API server, as data of a scenario; a change takes effect at once.
package final class APIServerFaults {
  /// Whether nobody answers: requests fail and watches tell nothing.
  @exclusivity(unchecked) package var isDown = false { didSet { tellWaiting() } }
  /// Whether watches tell nothing; what happened meanwhile is told when they are back.
  @exclusivity(unchecked) package var areWatchesCut = false { didSet { tellWaiting() } }
  /// The fraction of writes that are answered with 500, 0 to 1.
  @exclusivity(unchecked) package var errorRate = 0.0
  /// How much longer controllers' calls take.
  @exclusivity(unchecked) package var latency: Duration = .zero
  private let simulation: Simulation
  private lazy var chance = simulation.randomStream("kubernetes/api/errors")
  @exclusivity(unchecked) private var waiting: [() -> Void] = []
  private var isTelling = false

  init(simulation: Simulation) { self.simulation = simulation }

  /// Whether requests may fail now.
  package var isActive: Bool { isDown || errorRate > 0 }

  /// Throws what a request gets instead of an answer.
  func check() throws(StatusError) {
    if isDown {
      throw StatusError(
        code: 503, reason: "ServiceUnavailable", message: "the API server does not answer")
    }
    if errorRate > 0, chance.chance(errorRate) {
      throw StatusError(
        code: 500, reason: "InternalError", message: "an internal error of the API server")
    }
  }

  /// Whether watches tell nothing now.
  var holdsWatches: Bool { isDown || areWatchesCut || !waiting.isEmpty }

  /// Keeps what a watch would have told until it may.
  func hold(_ tell: @escaping () -> Void) { waiting.append(tell) }

  private func tellWaiting() {
    if isDown || areWatchesCut || waiting.isEmpty || isTelling { return }
    isTelling = true
    // In an event of its own; what comes until then waits its turn.
    simulation.schedule(afterNanoseconds: 0) { [weak self] in
      guard let self else { return }
      isTelling = false
      if isDown || areWatchesCut { return }
      let held = waiting
      waiting = []
      for tell in held { tell() }
    }
  }
}
