import GRPC

/// Waits for a reply of the callback functions; a cancelled task cancels its call.
///
/// The task runs and is cancelled on the event loop's thread, so that nothing here is shared.
func reply<Value: Sendable>(
  _ start: (@escaping (DruckerReply<Value>) -> Void) -> DruckerCall
) async throws -> Value {
  let box = CallBox()
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      let call = start { continuation.resume(with: $0.result.mapError { $0 as any Error }) }
      box.started(call)
    }
  } onCancel: {
    box.cancel()
  }
}

/// The call of a task, which may be cancelled before it starts.
private final class CallBox: @unchecked Sendable {
  private var call: DruckerCall?
  private var isCancelled = false

  func started(_ call: DruckerCall) {
    self.call = call
    if isCancelled { call.cancel() }
  }

  func cancel() {
    isCancelled = true
    call?.cancel()
  }
}
