/// Brings a callback from a task's thread to the thread of the server's event loop.
///
/// In a simulation tasks already run on that thread, so that calling it at once is right; a live
/// shell enqueues it on its event loop.
public typealias ReturnToLoop = @Sendable (_ callback: @escaping @Sendable () -> Void) -> Void

/// Runs the asynchronous calls of predictors: the only place where serving uses Swift concurrency.
struct AsynchronousBridge {
  let returnToLoop: ReturnToLoop

  /// Starts a task and calls `completion` with its result on the event loop's thread.
  ///
  /// The returned closure cancels the task; whether the predictor heeds it is its own affair.
  func run<Value: Sendable>(
    _ operation: @escaping @Sendable () async throws -> Value,
    completion: @escaping (Result<Value, any Error>) -> Void
  ) -> () -> Void {
    let callback = LoopBound(completion)
    let returnToLoop = self.returnToLoop
    let task = Task {
      let result: Result<Value, any Error>
      do {
        result = .success(try await operation())
      } catch {
        result = .failure(error)
      }
      returnToLoop { callback.value(result) }
    }
    return { task.cancel() }
  }
}

/// A value of the event loop's thread that passes through other threads untouched.
private struct LoopBound<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
