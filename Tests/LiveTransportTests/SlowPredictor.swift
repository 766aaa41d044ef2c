import DruckerServing
import ModelStorage
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A predictor that suspends: it answers from a thread that is not the event loop's.
struct SlowPredictor: Predictor {
  private static let begun = Atomic(false)

  static func hasBegun() -> Bool { begun.load(ordering: .acquiring) }

  static func load(_ model: ModelFile) async throws -> SlowPredictor { SlowPredictor() }

  func predict(_ input: PredictInput, option: PredictOption) async throws -> Prediction {
    Self.begun.store(true, ordering: .releasing)
    for _ in 0..<100 { await Task.yield() }
    return Prediction(.string("slept"), scores: [1])
  }
}
