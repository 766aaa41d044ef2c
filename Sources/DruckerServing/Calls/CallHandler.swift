import GRPC

/// The client's side of a running call, as its handler sees it.
protocol CallResponder: AnyObject {
  /// Sends a message; the bytes are its protobuf encoding.
  func send(_ message: [UInt8])

  /// Ends the call; nothing is sent after it.
  func finish(_ status: GRPCStatus)

  /// Stops the delivery of messages, so that the client has to wait.
  func pauseReading()

  /// Takes up the delivery of messages.
  func resumeReading()
}

/// What the server does about one call; told of facts in their order.
protocol CallHandler: AnyObject {
  /// The client sent a message.
  func messageReceived(_ message: [UInt8])

  /// The client sends no more messages.
  func requestsEnded()

  /// The client cancelled, the deadline passed, or the connection broke.
  func callCancelled()
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
