import CEpoll
import Glibc
public import Transport

/// A TCP connection as a byte stream.
///
/// A write goes to the kernel at once; what the kernel does not take is sent when it does.
public final class SocketStream: ByteStream {
  private enum State {
    /// Bytes go both ways.
    case open
    /// Closed by the owner, while bytes still wait to be sent.
    case flushing
    /// Everything is sent; the peer's own end is waited for, so that nothing on its way is lost.
    case lingering
    /// The descriptor is closed.
    case closed
  }

  /// Called with bytes as they arrive.
  @exclusivity(unchecked) public var onBytes: ([UInt8]) -> Void = { _ in }

  /// Called once, when the peer has ended the stream.
  public var onClosed: (ByteStreamEnd) -> Void = { _ in }

  /// Called when `isWritable` becomes true again.
  public var onWritable: () -> Void = {}

  /// Called when the descriptor is closed, whoever ended the stream.
  var onReleased: () -> Void = {}

  private let descriptor: Int32
  private unowned let loop: SocketEventLoop
  private let settings: SocketSettings
  private var token: EventToken?
  @exclusivity(unchecked) private var state = State.open
  @exclusivity(unchecked) private var interest: Int32 = Int32(andruck_readable)
  @exclusivity(unchecked) private var isReadingPaused = false
  private var isPeerDone = false
  @exclusivity(unchecked) private var wasWritable = true
  @exclusivity(unchecked) private var timer: (any ScheduledTimer)?
  @exclusivity(unchecked) private var pending = PendingBytes()
  /// What has arrived and is not handed over yet, from a position on.
  @exclusivity(unchecked) private var arrived: [UInt8] = []
  @exclusivity(unchecked) private var arrivedOffset = 0
  @exclusivity(unchecked) private var isDeliveryScheduled = false
  private var sentSinceTimer = false

  private static let readyForPiecesMax = 2
  private static let piecesMax = 16

  /// Takes a connected, non-blocking descriptor over, and closes it when it fails.
  init(
    descriptor: Int32, loop: SocketEventLoop, settings: SocketSettings
  ) throws(SocketError) {
    self.descriptor = descriptor
    self.loop = loop
    self.settings = settings
    SocketOptions.prepareStream(descriptor, settings)
    do throws(SocketError) {
      token = try loop.register(descriptor, self, events: interest)
    } catch {
      Glibc.close(descriptor)
      state = .closed
      throw error
    }
  }

  /// False while more than the send buffer waits, or after the stream's end.
  public var isWritable: Bool {
    guard case .open = state else { return false }
    return pending.count < settings.sendBufferBytes
  }

  /// Cuts the peer off unless its first byte comes in time.
  func expectFirstByte() {
    timer = loop.schedule(afterNanoseconds: settings.firstByteNanoseconds) { [weak self] in
      self?.end(.timedOut)
    }
  }

  /// Sends bytes; without effect after the stream's end.
  public func write(_ bytes: [UInt8]) {
    guard let sent = sendNow(bytes.count, { bytes.withUnsafeBytes { send($0) } }) else { return }
    if sent < bytes.count { pending.append(bytes, from: sent) }
    written()
  }

  /// Sends a copy of bytes; without effect after the stream's end.
  public func write(_ bytes: UnsafeRawBufferPointer) {
    guard let sent = sendNow(bytes.count, { send(bytes) }) else { return }
    if sent < bytes.count {
      pending.append(Array(UnsafeRawBufferPointer(rebasing: bytes[sent...])), from: 0)
    }
    written()
  }

  /// How many bytes the kernel takes at once; nil where nothing is to be done any more.
  @inline(__always)
  private func sendNow(_ count: Int, _ send: () -> SendResult) -> Int? {
    guard case .open = state, count > 0 else { return nil }
    guard pending.isEmpty else { return 0 }
    switch send() {
    case .sent(let count): return count
    case .failed:
      failLater()
      return nil
    }
  }

  private func written() {
    wasWritable = isWritable
    updateInterest()
  }

  /// Stops `onBytes` until `resumeReading`.
  public func pauseReading() {
    guard !isReadingPaused else { return }
    isReadingPaused = true
    updateInterest()
  }

  /// Takes up reading again.
  public func resumeReading() {
    guard isReadingPaused else { return }
    isReadingPaused = false
    updateInterest()
    scheduleDelivery()
  }

  /// Sends what was written, then ends the stream.
  public func close() {
    guard case .open = state else { return }
    forgetOwner()
    finishWriting()
  }

  /// Breaks the stream at once.
  public func reset() {
    if case .closed = state { return }
    forgetOwner()
    SocketOptions.breakOnClose(descriptor)
    release()
  }

  // MARK: The loop's side

  private func receive() {
    let buffer = loop.receiveBuffer
    var rounds = 0
    while case .open = state, !isReadingPaused, arrived.isEmpty {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 {
        firstByteArrived()
        deliver(Array(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
        rounds += 1
        // What is left is found by the next turn, after other streams had theirs.
        if count < buffer.count || rounds == 2 { return }
      } else if count == 0 {
        isPeerDone = true
        end(.closed)
      } else if errno != EINTR {
        if errno != EAGAIN { end(errno == ETIMEDOUT ? .timedOut : .reset) }
        return
      }
    }
  }

  /// Hands bytes over, in pieces where nothing else keeps the peer's processor and this one busy at
  /// the same time.
  private func deliver(_ bytes: [UInt8]) {
    guard bytes.count > settings.pieceBytes, loop.readyCount <= Self.readyForPiecesMax else {
      return onBytes(bytes)
    }
    arrived = bytes
    arrivedOffset = 0
    deliverPiece()
  }

  private func deliverPiece() {
    guard case .open = state, !isReadingPaused, !arrived.isEmpty else { return }
    // Many small requests are cut; a large one, which has no answer before its end, hardly.
    let size = max(settings.pieceBytes, arrived.count / Self.piecesMax)
    let end = min(arrived.count, arrivedOffset + size)
    let piece = Array(arrived[arrivedOffset..<end])
    arrivedOffset = end
    if end == arrived.count { arrived = [] }
    onBytes(piece)
    scheduleDelivery()
  }

  private func deliverRest() {
    guard case .open = state, !isReadingPaused, !arrived.isEmpty else { return }
    let rest = Array(arrived[arrivedOffset...])
    arrived = []
    onBytes(rest)
  }

  /// What others have to send because of a piece goes out before the next one.
  private func scheduleDelivery() {
    guard !arrived.isEmpty, !isDeliveryScheduled else { return }
    isDeliveryScheduled = true
    loop.schedule(afterNanoseconds: 0) { [self] in
      isDeliveryScheduled = false
      deliverPiece()
    }
  }

  private func firstByteArrived() {
    guard let timer else { return }
    timer.cancel()
    self.timer = nil
  }

  /// The peer has gone, or nobody wants to hear it any more.
  private func discard() {
    let buffer = loop.receiveBuffer
    for _ in 0..<4 {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { return }
      if count <= 0 {
        isPeerDone = true
        // A peer that has only finished sending may still read what waits.
        if case .flushing = state, count == 0 { return updateInterest() }
        release()
        return
      }
    }
  }

  private func flush() {
    var isTaken = true
    while isTaken, let (bytes, start) = pending.first {
      switch bytes.withUnsafeBytes({ send(UnsafeRawBufferPointer(rebasing: $0[start...])) }) {
      case .sent(let count):
        sentSinceTimer = sentSinceTimer || count > 0
        pending.advance(by: count)
        isTaken = start + count == bytes.count
      case .failed:
        if case .open = state { end(.reset) } else { release() }
        return
      }
    }
    switch state {
    case .open:
      updateInterest()
      guard !wasWritable, pending.count <= settings.sendBufferBytes / 2 else { return }
      wasWritable = true
      onWritable()
    case .flushing: finishWriting()
    case .lingering, .closed: break
    }
  }

  private enum SendResult {
    case sent(Int)
    case failed
  }

  private func send(_ bytes: UnsafeRawBufferPointer) -> SendResult {
    guard let start = bytes.baseAddress else { return .sent(0) }
    var done = 0
    while done < bytes.count {
      let count = Glibc.send(descriptor, start + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      if count >= 0 {
        done += count
      } else if errno == EAGAIN {
        break
      } else if errno != EINTR {
        return .failed
      }
    }
    return .sent(done)
  }

  /// A write has found the stream broken; the owner hears of it in a later turn.
  private func failLater() {
    pending = PendingBytes()
    loop.schedule(afterNanoseconds: 0) { [weak self] in
      guard let self, case .open = state else { return }
      // What arrived before the break is still there.
      deliverRest()
      receive()
      deliverRest()
      end(.reset)
    }
  }

  private func end(_ end: ByteStreamEnd) {
    guard case .open = state else { return }
    let onClosed = self.onClosed
    forgetOwner()
    switch end {
    case .closed: finishWriting()
    case .reset, .timedOut: release()
    }
    onClosed(end)
  }

  /// Callbacks hold the owner, which holds this stream.
  private func forgetOwner() {
    onBytes = { _ in }
    onClosed = { _ in }
    onWritable = {}
    arrived = []
  }

  private func finishWriting() {
    if !pending.isEmpty {
      state = .flushing
    } else if isPeerDone {
      release()
      return
    } else {
      // Closing while bytes of the peer wait unread would break what was sent last.
      shutdown(descriptor, Int32(SHUT_WR))
      state = .lingering
    }
    updateInterest()
    armLingerTimer()
  }

  private func armLingerTimer() {
    timer?.cancel()
    sentSinceTimer = false
    timer = loop.schedule(afterNanoseconds: settings.lingerNanoseconds) { [weak self] in
      guard let self else { return }
      if case .flushing = state, sentSinceTimer { return armLingerTimer() }
      reset()
    }
  }

  private func updateInterest() {
    guard let token else { return }
    var wanted: Int32 = 0
    switch state {
    case .open: if !isReadingPaused { wanted |= Int32(andruck_readable) }
    case .flushing: if !isPeerDone { wanted |= Int32(andruck_readable) }
    case .lingering: wanted |= Int32(andruck_readable)
    case .closed: return
    }
    if !pending.isEmpty { wanted |= Int32(andruck_writable) }
    guard wanted != interest else { return }
    interest = wanted
    loop.change(token, events: wanted)
  }

  private func release() {
    if case .closed = state { return }
    state = .closed
    pending = PendingBytes()
    timer?.cancel()
    timer = nil
    if let token { loop.unregister(token) }
    token = nil
    Glibc.close(descriptor)
    let onReleased = self.onReleased
    self.onReleased = {}
    onReleased()
  }
}

extension SocketStream: EventSource {
  func ready(_ events: UInt32) {
    let isBroken = events & UInt32(andruck_failed | andruck_hung_up) != 0
    if events & UInt32(andruck_writable) != 0 || isBroken, !pending.isEmpty { flush() }
    switch state {
    case .open where isReadingPaused:
      // Nothing else would keep the loop from being told again and again.
      if isBroken { end(.reset) }
    case .open: if events & UInt32(andruck_readable) != 0 || isBroken { receive() }
    case .flushing, .lingering:
      if isBroken {
        release()
      } else if events & UInt32(andruck_readable) != 0 {
        discard()
      }
    case .closed: break
    }
  }

  func loopEnded() {
    forgetOwner()
    token = nil
    release()
  }
}
