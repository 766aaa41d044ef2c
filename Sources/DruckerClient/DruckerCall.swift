public import DruckerProtocol
import GRPC
import Transport

/// A call of a `DruckerClient` that may still run, on whichever connection.
public final class DruckerCall {
  private enum State {
    /// Waits for a connection; the timer is that of the deadline.
    case waiting((any ScheduledTimer)?)
    /// Runs on a connection.
    case running(GRPCClientCall)
    /// The completion was called.
    case ended
  }

  /// What is called.
  public let method: DruckerMethod

  private let metadata: GRPCMetadata
  private let deadlineNanoseconds: Int64?
  private let channel: Channel
  @exclusivity(unchecked) private var state = State.waiting(nil)
  @exclusivity(unchecked) private var attempts = 0

  /// Messages of the client; kept until the server answers, since they may have to be sent again.
  @exclusivity(unchecked) private var outbox: [[UInt8]]
  @exclusivity(unchecked) private var sentCount = 0
  @exclusivity(unchecked) private var isComplete: Bool
  @exclusivity(unchecked) private var isEndSent = false
  @exclusivity(unchecked) private var isAnswered = false

  @exclusivity(unchecked) private var received = DruckerReply<[[UInt8]]>(result: .success([]))
  @exclusivity(unchecked) private var messages: [[UInt8]] = []
  private let onMessage: (([UInt8]) -> Void)?
  @exclusivity(unchecked) private var completion: ((DruckerReply<[[UInt8]]>) -> Void)?

  init(
    method: DruckerMethod, messages: [[UInt8]], isComplete: Bool, metadata: GRPCMetadata,
    deadlineNanoseconds: Int64?, channel: Channel, onMessage: (([UInt8]) -> Void)?,
    completion: @escaping (DruckerReply<[[UInt8]]>) -> Void
  ) {
    self.method = method
    outbox = messages
    self.isComplete = isComplete
    self.metadata = metadata
    self.deadlineNanoseconds = deadlineNanoseconds
    self.channel = channel
    self.onMessage = onMessage
    self.completion = completion
  }

  /// Whether the completion was called.
  public var isEnded: Bool {
    if case .ended = state { true } else { false }
  }

  /// Sends one more message of a call whose client streams; without effect after the last.
  public func send(_ message: [UInt8], isLast: Bool = false) {
    guard !isEnded, !isComplete else { return }
    outbox.append(message)
    isComplete = isLast
    pump()
  }

  /// Says that there are no more messages of the client.
  public func halfClose() {
    guard !isEnded, !isComplete else { return }
    isComplete = true
    pump()
  }

  /// Gives the call up: it ends with CANCELLED, at once.
  public func cancel() {
    switch state {
    case .waiting: end(GRPCCallEnd(GRPCStatus(.cancelled, "cancelled by the client")))
    case .running(let call): call.cancel()
    case .ended: break
    }
  }

  // MARK: Called by the channel

  /// Waits for a connection, at most until the deadline.
  func wait() {
    guard case .waiting(nil) = state, let deadlineNanoseconds else { return }
    let delay = deadlineNanoseconds - channel.eventLoop.nanoseconds
    let timer = channel.eventLoop.schedule(afterNanoseconds: delay) { [weak self] in
      self?.end(GRPCCallEnd(Self.tooLate))
    }
    state = .waiting(timer)
  }

  /// Sends the call on a connection; false when the connection takes none.
  func run(on transport: GRPCClientTransport, authority: String) -> Bool {
    guard case .waiting(let timer) = state else { return true }
    var timeout: Int64?
    if let deadlineNanoseconds {
      timeout = deadlineNanoseconds - channel.eventLoop.nanoseconds
      if let timeout, timeout <= 0 {
        channel.eventLoop.schedule(afterNanoseconds: 0) { self.end(GRPCCallEnd(Self.tooLate)) }
        return true
      }
    }
    guard
      let call = transport.startCall(
        path: method.path, authority: authority, metadata: metadata, timeoutNanoseconds: timeout)
    else { return false }
    timer?.cancel()
    state = .running(call)
    attempts += 1
    call.onMetadata = { [self] in
      answered()
      received.metadata = $0
    }
    call.onMessage = { [self] in
      answered()
      if let onMessage { onMessage($0) } else { messages.append($0) }
    }
    call.onWritable = { [self] in pump() }
    call.onEnd = { [self] in attemptEnded($0) }
    pump()
    return true
  }

  /// No connection could be opened for the call.
  func connectFailed(_ status: GRPCStatus) {
    guard case .waiting = state else { return }
    attempts += 1
    attemptEnded(GRPCCallEnd(status, isUnprocessed: true))
  }

  private func attemptEnded(_ end: GRPCCallEnd) {
    if !end.isUnprocessed, end.status.code != .unavailable { channel.answered() }
    guard end.isUnprocessed, !isAnswered, attempts <= channel.retriesMax else {
      return self.end(end)
    }
    if case .running = state { state = .waiting(nil) }
    sentCount = 0
    isEndSent = false
    channel.start(self)
  }

  func end(_ end: GRPCCallEnd) {
    if case .waiting(let timer) = state { timer?.cancel() }
    state = .ended
    channel.ended(self)
    outbox = []
    guard let completion else { return }
    self.completion = nil
    received.trailers = end.trailers
    received.attempts = max(1, attempts)
    received.result = end.status.isOK ? .success(messages) : .failure(end.status)
    completion(received)
  }

  private func answered() {
    guard !isAnswered else { return }
    isAnswered = true
    channel.answered()
    // Nothing is sent again from here on.
    for index in 0..<sentCount { outbox[index] = [] }
  }

  private func pump() {
    guard case .running(let call) = state else { return }
    while sentCount < outbox.count, call.isWritable {
      let message = outbox[sentCount]
      if isAnswered { outbox[sentCount] = [] }
      sentCount += 1
      isEndSent = isComplete && sentCount == outbox.count
      call.sendMessage(message, isLast: isEndSent)
    }
    if isComplete, sentCount == outbox.count, !isEndSent {
      isEndSent = true
      call.halfClose()
    }
  }

  private static let tooLate = GRPCStatus(.deadlineExceeded, "the deadline passed")
}
