public import Transport

/// How a connection over a byte stream ended.
public enum HTTP2TransportEnd: Hashable, Sendable {
  /// This end closed it, or both ends had agreed to (GOAWAY) and nothing was left to do.
  case finished
  /// The byte stream ended.
  case streamEnded(ByteStreamEnd)
  /// The connection could not go on.
  case failed(HTTP2ConnectionFailure)
}

/// A handler of events that also has deadlines and outlives its byte stream.
public protocol HTTP2TransportHandler: HTTP2ConnectionHandler {
  /// The earliest time at which `advance` has something to do, or nil.
  var nextDeadlineNanoseconds: Int64? { get }

  /// Does what is due at this time.
  func advance(to nanoseconds: Int64)

  /// The byte stream is over; nothing is called after it.
  func transportClosed(_ end: HTTP2TransportEnd)
}

/// Drives an `HTTP2Connection` over a byte stream and an event loop.
///
/// Output is written once a turn of the event loop, and only while the byte stream is writable.
/// It lives as long as the byte stream does.
public final class HTTP2Transport {
  /// The connection that is driven.
  public let connection: HTTP2Connection

  /// Whether the byte stream is over.
  @exclusivity(unchecked) public private(set) var isClosed = false

  private let stream: any ByteStream
  private let eventLoop: any EventLoop
  @exclusivity(unchecked) private var handler: (any HTTP2TransportHandler)?
  @exclusivity(unchecked) private var receiver: HTTP2EventReceiver?
  @exclusivity(unchecked) private var isInTurn = false
  @exclusivity(unchecked) private var timer: (any ScheduledTimer)?
  @exclusivity(unchecked) private var timerNanoseconds: Int64 = .max
  /// Since when the byte stream takes no more of what waits.
  @exclusivity(unchecked) private var blockedNanoseconds: Int64?

  /// Does what waits; made once, so that no turn costs a closure.
  private var turn: () -> Void = {}

  /// Takes the byte stream over; the preface is written in the event loop's next turn.
  public init(
    connection: HTTP2Connection, stream: any ByteStream, eventLoop: any EventLoop,
    handler: any HTTP2TransportHandler
  ) {
    self.connection = connection
    self.stream = stream
    self.eventLoop = eventLoop
    self.handler = handler
    receiver = HTTP2EventReceiver(handler)
    connection.nanoseconds = eventLoop.nanoseconds
    connection.beginTimeouts()
    turn = { [weak self] in self?.perform {} }
    connection.onOutputPending = { [weak self] in self?.outputPending() }
    stream.onBytes = { bytes in self.received(bytes) }
    stream.onClosed = { end in self.end(.streamEnded(end)) }
    stream.onWritable = { self.perform {} }
    connection.outputPending()
  }

  /// Runs several submissions as one turn: one write at its end.
  public func perform(_ body: () -> Void) {
    guard !isInTurn, !isClosed else { return body() }
    isInTurn = true
    connection.nanoseconds = eventLoop.nanoseconds
    body()
    flush()
    isInTurn = false
    armTimer()
  }

  /// Sends what is queued, then closes the byte stream; open streams end as `finished`.
  public func close() {
    perform {}
    guard !isClosed else { return }
    stream.close()
    end(.finished)
  }

  /// Breaks the byte stream at once.
  public func reset() {
    guard !isClosed else { return }
    stream.reset()
    end(.finished)
  }

  private func received(_ bytes: [UInt8]) {
    guard let receiver else { return }
    perform { bytes.withUnsafeBytes { connection.receive($0, receiver) } }
  }

  private func outputPending() {
    guard !isInTurn, !isClosed else { return }
    eventLoop.soon(turn)
  }

  private func flush() {
    guard let receiver, !isClosed else { return }
    while stream.isWritable {
      blockedNanoseconds = nil
      if !connection.withOutput(receiver, { stream.write($0) }) { break }
    }
    if blockedNanoseconds == nil, !stream.isWritable {
      blockedNanoseconds = connection.nanoseconds
    }
    guard connection.isFinished, !isClosed else { return }
    stream.close()
    end(connection.failure.map { .failed($0) } ?? .finished)
  }

  private func armTimer() {
    guard let handler, !isClosed else { return }
    let deadline = min(
      handler.nextDeadlineNanoseconds ?? .max, connection.nextTimeoutNanoseconds ?? .max,
      blockLimit ?? .max)
    guard deadline < timerNanoseconds else { return }
    timer?.cancel()
    timerNanoseconds = deadline
    timer = eventLoop.schedule(afterNanoseconds: max(0, deadline - eventLoop.nanoseconds)) {
      [weak self] in self?.timerFired()
    }
  }

  private func timerFired() {
    timer = nil
    timerNanoseconds = .max
    guard let handler else { return }
    if let blockLimit, eventLoop.nanoseconds >= blockLimit {
      // The peer would not take a GOAWAY either.
      stream.reset()
      return end(.failed(.timedOut))
    }
    perform {
      handler.advance(to: connection.nanoseconds)
      connection.checkTimeouts()
    }
  }

  private var blockLimit: Int64? {
    guard let blockedNanoseconds, let limit = connection.settings.timeouts.stallNanoseconds
    else { return nil }
    return blockedNanoseconds + limit
  }

  private func end(_ end: HTTP2TransportEnd) {
    guard !isClosed else { return }
    isClosed = true
    timer?.cancel()
    timer = nil
    turn = { [weak self] in self?.perform {} }
    connection.onOutputPending = {}
    stream.onBytes = { _ in }
    stream.onClosed = { _ in }
    stream.onWritable = {}
    let handler = self.handler
    self.handler = nil
    receiver = nil
    // What arrived together with the event that is handled is nobody's any more.
    connection.receiver = nil
    handler?.transportClosed(end)
  }
}
