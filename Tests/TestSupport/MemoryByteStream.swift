public import Transport

/// One end of a byte stream in memory; bytes arrive in the event loop's next turn.
public final class MemoryByteStream: ByteStream {
  /// Called with bytes as they arrive.
  public var onBytes: ([UInt8]) -> Void = { _ in }

  /// Called once, when the peer has ended the stream.
  public var onClosed: (ByteStreamEnd) -> Void = { _ in }

  /// Called when `isWritable` becomes true again.
  public var onWritable: () -> Void = {}

  /// Whether writes are wanted; a test sets it to make this end's peer slow.
  public var isWritable = true {
    didSet {
      if isWritable, !oldValue { eventLoop.schedule(afterNanoseconds: 0) { self.onWritable() } }
    }
  }

  /// How many writes were made.
  public private(set) var writeCount = 0

  /// How many bytes were written.
  public private(set) var writtenBytes = 0

  /// Whether this end has ended the stream.
  public private(set) var isClosed = false

  /// May change bytes on their way, such as for mutation tests.
  public var transform: ([UInt8]) -> [UInt8] = { $0 }

  private let eventLoop: any EventLoop
  private weak var peer: MemoryByteStream?
  private var isReading = true
  private var received: [UInt8] = []
  private var end: ByteStreamEnd?

  private init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Two ends that are connected.
  public static func pair(eventLoop: any EventLoop) -> (MemoryByteStream, MemoryByteStream) {
    let left = MemoryByteStream(eventLoop: eventLoop)
    let right = MemoryByteStream(eventLoop: eventLoop)
    left.peer = right
    right.peer = left
    return (left, right)
  }

  /// Sends bytes.
  public func write(_ bytes: [UInt8]) {
    guard !isClosed, let peer else { return }
    writeCount += 1
    writtenBytes += bytes.count
    let bytes = transform(bytes)
    eventLoop.schedule(afterNanoseconds: 0) { peer.arrive(bytes) }
  }

  /// Keeps what arrives.
  public func pauseReading() { isReading = false }

  /// Hands over what was kept.
  public func resumeReading() {
    isReading = true
    eventLoop.schedule(afterNanoseconds: 0) { self.hand() }
  }

  /// Ends the stream in order.
  public func close() { finish(.closed) }

  /// Breaks the stream.
  public func reset() { finish(.reset) }

  private func finish(_ end: ByteStreamEnd) {
    guard !isClosed else { return }
    isClosed = true
    guard let peer else { return }
    eventLoop.schedule(afterNanoseconds: 0) {
      peer.end = end
      peer.hand()
    }
  }

  private func arrive(_ bytes: [UInt8]) {
    received.append(contentsOf: bytes)
    hand()
  }

  private func hand() {
    guard isReading, !isClosed else { return }
    if !received.isEmpty {
      let bytes = received
      received = []
      onBytes(bytes)
    }
    guard let end, !isClosed else { return }
    self.end = nil
    isClosed = true
    onClosed(end)
  }
}
