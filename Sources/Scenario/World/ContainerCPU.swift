import DruckerServing
import Transport

/// Grants a model server the CPU time of its container.
final class ContainerCPU: ComputeGate {
  private let processor: SimulatedCPU
  private let predictNanoseconds: Int64
  private let loadNanoseconds: Int64

  init(_ processor: SimulatedCPU, predictNanoseconds: Int64, loadNanoseconds: Int64) {
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
    return Pending(processor.submit(nanoseconds: nanoseconds, start), on: processor)
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
