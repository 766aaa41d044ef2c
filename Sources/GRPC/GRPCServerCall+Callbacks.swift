extension GRPCServerCall {
  /// Called with each message, whole and in order.
  public var onMessage: (([UInt8]) -> Void)? {
    get { callbacks?.onMessage }
    set { takeCallbacks().onMessage = newValue }
  }

  /// Called once, when the client has sent its last message.
  public var onHalfClose: (() -> Void)? {
    get { callbacks?.onHalfClose }
    set { takeCallbacks().onHalfClose = newValue }
  }

  /// Called once, when the call is over without `finish`: cancelled, too late, or broken.
  public var onCancel: ((GRPCStatus) -> Void)? {
    get { callbacks?.onCancel }
    set { takeCallbacks().onCancel = newValue }
  }

  private var callbacks: CallbackHandler? { handler as? CallbackHandler }

  private func takeCallbacks() -> CallbackHandler {
    if let callbacks { return callbacks }
    let made = CallbackHandler()
    if !isEnded { handler = made }
    return made
  }
}

/// A handler made of closures, for those who have no object that handles calls.
private final class CallbackHandler: GRPCServerCallHandler {
  var onMessage: (([UInt8]) -> Void)?
  var onHalfClose: (() -> Void)?
  var onCancel: ((GRPCStatus) -> Void)?

  func messageReceived(_ message: [UInt8]) { onMessage?(message) }
  func requestsEnded() { onHalfClose?() }
  func callCancelled(_ status: GRPCStatus) { onCancel?(status) }
}
