import DruckerServing
import Transport

/// Grants a model server the CPU time of its container.
final class ContainerCPU: ComputeGate {
  private let processor: SimulatedCPU
  private let predictNanoseconds: Int64
  private let loadNanoseconds: Int64
  /// How many times as much CPU everything needs at present.
  private let factor: () -> Int

  init(
    _ processor: SimulatedCPU, predictNanoseconds: Int64, loadNanoseconds: Int64,
    factor: @escaping () -> Int
  ) {
    self.factor = factor
    self.processor = processor
    self.predictNanoseconds = predictNanoseconds
    self.loadNanoseconds = loadNanoseconds
  }

  func run(_ work: ComputeKind, start: @escaping () -> Void) -> any ScheduledTimer {
    let nanoseconds =
      switch work {
      case .predict: predictNanoseconds
      case .load: loadNanoseconds
      // An evaluation predicts every case.
      case .evaluate(let count): predictNanoseconds * Int64(count)
      }
    let needed = nanoseconds * Int64(factor())
    return Pending(processor.submit(nanoseconds: needed, start), on: processor)
  }

  private final class Pending: ScheduledTimer {
    private let work: SimulatedCPU.Work
    private let processor: SimulatedCPU

    init(_ work: SimulatedCPU.Work, on processor: SimulatedCPU) {
      self.work = work
      self.processor = processor
    }

    func cancel() { processor.cancel(work) }
  }
}
