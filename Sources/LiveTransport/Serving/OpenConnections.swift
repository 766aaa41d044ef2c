import Transport

/// Counts the accepted connections of one loop, to tell when the last has gone.
final class OpenConnections {
  private let loop: SocketEventLoop
  private var count = 0
  private var onNone: (() -> Void)?

  init(_ loop: SocketEventLoop) { self.loop = loop }

  func open(_ socket: AcceptedSocket) -> SocketStream? {
    guard let stream = socket.stream(on: loop, onReleased: { [weak self] in self?.released() })
    else { return nil }
    count += 1
    return stream
  }

  /// Calls `action` when no connection is open, never from within this call.
  func whenClosed(_ action: @escaping () -> Void) {
    onNone = action
    if count == 0 { announce() }
  }

  private func released() {
    count -= 1
    if count == 0, onNone != nil { announce() }
  }

  private func announce() {
    loop.schedule(afterNanoseconds: 0) { [self] in
      guard count == 0 else { return }
      let action = onNone
      onNone = nil
      action?()
    }
  }
}
