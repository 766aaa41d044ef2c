import DigitsPredictor
import DruckerServing
import ModelStorage
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The sample predictor, which spends a known CPU time on each prediction beside: a model of a cost
/// that is known, to hold simulations against.
struct BusyDigits: SynchronousPredictor {
  /// What each prediction spends with models that are loaded from now on.
  private static let setting = Mutex<Int64>(0)

  private let digits: DigitsPredictor
  private let nanoseconds: Int64

  /// Sets the CPU time, in nanoseconds, for models that are loaded from now on.
  static func spend(_ nanoseconds: Int64) { setting.withLock { $0 = nanoseconds } }

  static func load(_ model: ModelFile) throws -> BusyDigits {
    BusyDigits(
      digits: try DigitsPredictor.load(model), nanoseconds: setting.withLock { $0 })
  }

  func predict(_ input: PredictInput, option: PredictOption) throws -> Prediction {
    let end = Self.threadNanoseconds() + nanoseconds
    while Self.threadNanoseconds() < end {}
    return try digits.predict(input, option: option)
  }

  func evaluate(_ data: EvaluationData) throws -> Evaluation { try digits.evaluate(data) }

  /// What the thread has used of a processor.
  private static func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
