import Synchronization

/// The model that new predictions begin with; servers that share one serve the same at any time.
///
/// A live process has a server on each of its event loops. A switch on one of them is seen by all
/// before it is answered, and two switches at once leave assignment and model alike.
public final class ServedModel: Sendable {
  private let current = Mutex<LoadedPredictor?>(nil)
  /// How often the instance was replaced.
  private let generations = Atomic<Int>(0)
  private let turn = Mutex<Void>(())

  /// No model yet.
  public init() {}

  /// The instance; nil before it is loaded.
  var predictor: LoadedPredictor? {
    get { current.withLock { $0 } }
    set {
      current.withLock {
        $0 = newValue
        generations.add(1, ordering: .releasing)
      }
    }
  }

  /// Changes with the instance.
  var generation: Int { generations.load(ordering: .acquiring) }

  /// Calls `body` while no other server that shares this model is in such a call.
  func exclusively<Result>(_ body: () -> Result) -> Result {
    turn.withLock { _ in body() }
  }
}
