/// CPU work of aggregated arrivals on one container, in as many parts as it has threads.
final class AggregateWork {
  /// The model that the container serves.
  let model: String
  private var partsLeft: Int
  private var parts: [(work: SimulatedCPU.Work, cpu: SimulatedCPU)] = []
  private var completion: (() -> Void)?

  init(model: String, parts: Int, _ completion: @escaping () -> Void) {
    self.model = model
    partsLeft = parts
    self.completion = completion
  }

  func add(_ work: SimulatedCPU.Work, on cpu: SimulatedCPU) { parts.append((work, cpu)) }

  func partEnded() {
    partsLeft -= 1
    if partsLeft > 0 { return }
    let completion = completion
    self.completion = nil
    completion?()
  }

  /// Drops what is not done; nobody is told.
  func cancel() {
    completion = nil
    for part in parts { part.cpu.cancel(part.work) }
    parts = []
  }
}
