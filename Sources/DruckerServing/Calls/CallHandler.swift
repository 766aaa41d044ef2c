import GRPC

/// What the server does about one call; told of facts in their order.
protocol CallHandler: AnyObject {
  /// The client sent a message.
  func messageReceived(_ message: [UInt8])

  /// The client sends no more messages.
  func requestsEnded()

  /// The client cancelled, the deadline passed, or the connection broke.
  func callCancelled()
}

extension GRPCServerCall {
  /// Tells a handler of everything that happens to the call.
  func attach(_ handler: any CallHandler) {
    onMessage = { handler.messageReceived($0) }
    onHalfClose = { handler.requestsEnded() }
    onCancel = { _ in handler.callCancelled() }
  }
}

/// Work in steps for one call or for the start; a cancelled one goes no further.
final class RunningWork {
  private(set) var isCancelled = false

  /// What cancels the step that is under way.
  var cancelStep: () -> Void = {}

  func cancel() {
    if isCancelled { return }
    isCancelled = true
    let cancelStep = self.cancelStep
    self.cancelStep = {}
    cancelStep()
  }
}
