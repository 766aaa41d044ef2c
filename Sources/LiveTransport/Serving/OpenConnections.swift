import Transport

/// Counts the accepted connections of one loop, to tell when the last has gone.
final class OpenConnections {
  private let loop: SocketEventLoop
  private var count = 0
  private var onNone: (() -> Void)?

  private let tls: TLSServer?

  init(_ loop: SocketEventLoop, tls: TLSServer?) {
    self.loop = loop
    self.tls = tls
  }

  /// The stream of a connection, which is encrypted where there is a certificate.
  func open(_ socket: AcceptedSocket) -> (any ByteStream)? {
    guard let stream = socket.stream(on: loop, onReleased: { [weak self] in self?.released() })
    else { return nil }
    count += 1
    guard let tls else { return stream }
    if let secured = TLSStream(stream, context: tls.context, host: nil, loop: loop) {
      return secured
    }
    stream.reset()
    return nil
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
