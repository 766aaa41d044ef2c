import CTLS
import Transport

/// A byte stream that is encrypted on its way over another one.
///
/// What is written before the handshake is over is kept, and sent then.
final class TLSStream: ByteStream {
  private enum State {
    /// Keys are agreed on; the bytes wait for it.
    case handshaking([[UInt8]])
    /// Bytes go both ways.
    case open
    /// Over, whoever ended it.
    case ended
  }

  var onBytes: ([UInt8]) -> Void = { _ in }
  var onClosed: (ByteStreamEnd) -> Void = { _ in }
  var onWritable: () -> Void = {}

  /// Called once, with nil when bytes can go both ways, else with the reason why they cannot.
  var onHandshake: (String?) -> Void = { _ in }

  private let inner: any ByteStream
  private unowned let loop: SocketEventLoop
  private let tls: OpaquePointer
  /// Keeps what the connection was made of, also when the server's has been replaced.
  private let context: TLSContext
  private var state = State.handshaking([])
  private var waitingBytes = 0
  private var isReadingPaused = false
  private var isDrainScheduled = false

  private static let waitingBytesMax = 65_536

  /// The server's end of a connection for a `host` of nil; nil itself when there is no memory.
  init?(_ inner: any ByteStream, context: TLSContext, host: String?, loop: SocketEventLoop) {
    guard let tls = andruck_tls_make(context.pointer, host) else { return nil }
    self.tls = tls
    self.inner = inner
    self.loop = loop
    self.context = context
    inner.onBytes = { self.received($0) }
    inner.onClosed = { self.innerClosed($0) }
    inner.onWritable = { [unowned self] in innerWritable() }
    if host != nil { handshake() }
  }

  deinit { andruck_tls_free(tls) }

  var isWritable: Bool {
    switch state {
    case .handshaking: waitingBytes < Self.waitingBytesMax
    case .open: inner.isWritable
    case .ended: false
    }
  }

  func write(_ bytes: [UInt8]) {
    switch state {
    case .handshaking(var waiting):
      waiting.append(bytes)
      waitingBytes += bytes.count
      state = .handshaking(waiting)
    case .open: encrypt(bytes)
    case .ended: break
    }
  }

  func pauseReading() {
    isReadingPaused = true
    inner.pauseReading()
  }

  func resumeReading() {
    guard isReadingPaused else { return }
    isReadingPaused = false
    inner.resumeReading()
    scheduleDrain()
  }

  func close() {
    guard forgetOwner() else { return }
    andruck_tls_say_goodbye(tls)
    sendPending()
    inner.close()
  }

  func reset() {
    guard forgetOwner() else { return }
    inner.reset()
  }

  // MARK: The other stream's side

  private func received(_ bytes: [UInt8]) {
    if case .ended = state { return }
    let isFed = bytes.withUnsafeBytes { andruck_tls_feed(tls, $0.baseAddress, Int32($0.count)) }
    guard isFed != 0 else { return fail("no memory") }
    if case .handshaking = state { handshake() }
    drain()
  }

  private func handshake() {
    let result = Int(andruck_tls_handshake(tls))
    let reason =
      result == andruck_tls_done || result == andruck_tls_wants_more
      ? "" : TLSContext.reason()
    // An alert that says why is sent as well.
    sendPending()
    if result == andruck_tls_wants_more { return }
    guard result == andruck_tls_done else { return fail("the TLS handshake failed\(reason)") }
    guard andruck_tls_is_h2(tls) != 0 else {
      return fail("the peer does not offer HTTP/2 (ALPN h2)")
    }
    guard case .handshaking(let waiting) = state else { return }
    let wasWritable = isWritable
    state = .open
    waitingBytes = 0
    for bytes in waiting { encrypt(bytes) }
    let onHandshake = self.onHandshake
    self.onHandshake = { _ in }
    onHandshake(nil)
    if !wasWritable, isWritable { onWritable() }
  }

  /// Hands over what can be decrypted.
  private func drain() {
    let buffer = loop.receiveBuffer
    while case .open = state, !isReadingPaused {
      let count = Int(andruck_tls_read(tls, buffer.baseAddress, Int32(buffer.count)))
      if count > 0 {
        onBytes(Array(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
      } else if count == andruck_tls_wants_more {
        break
      } else if count == andruck_tls_ended {
        return end(.closed)
      } else {
        return fail("the peer's bytes are no TLS\(TLSContext.reason())")
      }
    }
    // Such as the answer to a change of keys.
    if case .open = state { sendPending() }
  }

  private func scheduleDrain() {
    guard !isDrainScheduled else { return }
    isDrainScheduled = true
    loop.schedule(afterNanoseconds: 0) { [self] in
      isDrainScheduled = false
      drain()
    }
  }

  private func encrypt(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    let isTaken = bytes.withUnsafeBytes {
      andruck_tls_write(tls, $0.baseAddress, Int32($0.count))
    }
    sendPending()
    guard isTaken == 0 else { return }
    let reason = TLSContext.reason()
    // The owner is in the middle of a call.
    loop.schedule(afterNanoseconds: 0) { [self] in fail("nothing can be sent\(reason)") }
  }

  private func sendPending() {
    let count = Int(andruck_tls_pending(tls))
    guard count > 0 else { return }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = Int(andruck_tls_take(tls, buffer.baseAddress, Int32(count)))
    }
    inner.write(bytes)
  }

  private func innerWritable() {
    if case .open = state { onWritable() }
  }

  private func innerClosed(_ end: ByteStreamEnd) {
    if case .handshaking = state {
      handshakeFailed("the connection ended in the TLS handshake: \(end)")
    }
    // Whoever cuts the connection may have cut what was sent before, too.
    ended(end == .closed ? .reset : end)
  }

  private func end(_ end: ByteStreamEnd) {
    andruck_tls_say_goodbye(tls)
    sendPending()
    inner.close()
    ended(end)
  }

  private func fail(_ reason: String) {
    if case .ended = state { return }
    if case .handshaking = state { handshakeFailed(reason) }
    inner.close()
    ended(.reset)
  }

  private func handshakeFailed(_ reason: String) {
    let onHandshake = self.onHandshake
    self.onHandshake = { _ in }
    onHandshake(reason)
  }

  private func ended(_ end: ByteStreamEnd) {
    let onClosed = self.onClosed
    guard forgetOwner() else { return }
    onClosed(end)
  }

  /// Callbacks hold the owner, which holds this stream; false when that has happened before.
  private func forgetOwner() -> Bool {
    if case .ended = state { return false }
    state = .ended
    onBytes = { _ in }
    onClosed = { _ in }
    onWritable = {}
    onHandshake = { _ in }
    // The other stream held this one.
    inner.onBytes = { _ in }
    inner.onClosed = { _ in }
    inner.onWritable = {}
    return true
  }
}
