import HTTP2

/// How a call ended at a client.
public struct GRPCCallEnd: Hashable, Sendable {
  /// The status.
  public var status: GRPCStatus

  /// The trailing metadata.
  public var trailers = GRPCMetadata()

  /// Whether no server can have processed the call, so that it may be sent again whatever it does.
  public var isUnprocessed = false

  /// An end with a status and nothing else.
  public init(
    _ status: GRPCStatus, trailers: GRPCMetadata = GRPCMetadata(), isUnprocessed: Bool = false
  ) {
    self.status = status
    self.trailers = trailers
    self.isUnprocessed = isUnprocessed
  }
}

/// One call at a client.
///
/// The owner sets the callbacks right after `startCall`; they are dropped when the call is over.
public final class GRPCClientCall {
  /// Called once with the initial metadata, before the first message; not for an answer without.
  @exclusivity(unchecked) public var onMetadata: ((GRPCMetadata) -> Void)?

  /// Called with each message, whole and in order.
  @exclusivity(unchecked) public var onMessage: (([UInt8]) -> Void)?

  /// Called once, at the end; nothing is called after it.
  @exclusivity(unchecked) public var onEnd: ((GRPCCallEnd) -> Void)?

  /// Called when `isWritable` becomes true again.
  @exclusivity(unchecked) public var onWritable: (() -> Void)?

  /// Whether `onEnd` was called.
  @exclusivity(unchecked) public private(set) var isEnded = false

  let http2: HTTP2Connection
  let stream: HTTP2Stream
  @exclusivity(unchecked) var flow: MessageFlow
  let deadlineNanoseconds: Int64?
  @exclusivity(unchecked) private var pendingEnd: GRPCCallEnd?

  init(
    http2: HTTP2Connection, stream: HTTP2Stream, deadlineNanoseconds: Int64?, limitBytes: Int
  ) {
    self.http2 = http2
    self.stream = stream
    self.deadlineNanoseconds = deadlineNanoseconds
    flow = MessageFlow(limitBytes: limitBytes)
  }

  /// The stream's number, for logs and traces.
  public var streamID: Int32 { stream.id }

  /// Whether more messages should be sent now; see `onWritable`.
  public var isWritable: Bool { !isEnded && http2.isWritable(stream) }

  /// Sends a message and returns `isWritable`; without effect once the call is over.
  @discardableResult
  public func sendMessage(_ message: [UInt8], isLast: Bool = false) -> Bool {
    guard !isEnded else { return false }
    http2.submitMessage(message, on: stream, endStream: isLast)
    return isWritable
  }

  /// Says that there are no more messages of the client.
  public func halfClose() {
    guard !isEnded else { return }
    http2.submitEnd(on: stream)
  }

  /// Gives the call up: the server is told, and `onEnd` is called with CANCELLED.
  public func cancel() { abort(GRPCStatus(.cancelled, "cancelled by the client")) }

  /// Stops `onMessage` until `resumeReading`; the server is stopped by flow control.
  public func pauseReading() { pauseFlow() }

  /// Takes up `onMessage` again, at once with what was held.
  public func resumeReading() { resumeFlow() }

  /// Ends the call at this end, and at the server by a reset.
  func abort(_ status: GRPCStatus) {
    guard !isEnded else { return }
    http2.reset(stream, code: .cancel)
    end(GRPCCallEnd(status))
  }

  func headersReceived(_ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool) {
    guard !isEnded else { return }
    if kind == .trailers { return statusReceived(headers) }
    let httpStatus = headers.first(":status") ?? ""
    let isGRPC = headers.firstIndex(of: "content-type")
      .map { headers.valueBytes(at: $0).withUnsafeBufferPointer { WireHeaders.isGRPC($0) } }
    if endStream, headers.firstIndex(of: "grpc-status") != nil { return statusReceived(headers) }
    guard httpStatus == "200", isGRPC == true else {
      let reason = isGRPC == true ? "no gRPC status" : "no answer of gRPC"
      return abort(GRPCStatus(httpStatus: httpStatus, reason: reason))
    }
    if let position = headers.firstIndex(of: "grpc-encoding"),
      !headers.isValue("identity", at: position)
    {
      let name = headers.value(at: position)
      return abort(GRPCStatus(.internal, "the server answers with grpc-encoding \(name)"))
    }
    if let onMetadata { onMetadata(GRPCMetadata(headers)) }
  }

  private func statusReceived(_ headers: HTTP2Headers) {
    guard let status = GRPCStatus(trailers: headers) else {
      return finish(GRPCCallEnd(GRPCStatus(.unknown, "trailers without a gRPC status")))
    }
    if status.isOK, flow.reader.isWithinMessage {
      return finish(GRPCCallEnd(GRPCStatus(.internal, "the answer ended within a message")))
    }
    finish(GRPCCallEnd(status, trailers: GRPCMetadata(headers)))
  }

  func endReceived() {
    guard !isEnded, pendingEnd == nil else { return }
    finish(GRPCCallEnd(GRPCStatus(.unknown, "the answer ended without a status")))
  }

  func streamClosed(_ code: HTTP2ErrorCode) {
    guard !isEnded, pendingEnd == nil else { return }
    if stream.isUnprocessed {
      let status = GRPCStatus(.unavailable, "the server did not process the call")
      end(GRPCCallEnd(status, isUnprocessed: true))
    } else {
      end(GRPCCallEnd(GRPCStatus(reset: code)))
    }
  }

  func connectionClosed(_ status: GRPCStatus) {
    end(GRPCCallEnd(status, isUnprocessed: !stream.isHeadersSent))
  }

  func drained() { if isWritable { onWritable?() } }

  /// Ends the call once the messages before the status were delivered.
  private func finish(_ end: GRPCCallEnd) {
    guard flow.isHolding else { return self.end(end) }
    pendingEnd = end
  }

  private func end(_ end: GRPCCallEnd) {
    guard !isEnded else { return }
    isEnded = true
    // The server has answered all of it; what is still to be sent is for nobody.
    if !stream.isClosed, !stream.isEndSubmitted { http2.reset(stream, code: .cancel) }
    if !stream.isClosed, !flow.held.isEmpty { http2.consume(stream, bytes: flow.held.count) }
    flow.held = []
    let onEnd = self.onEnd
    onMetadata = nil
    onMessage = nil
    onWritable = nil
    self.onEnd = nil
    onEnd?(end)
  }
}

extension GRPCClientCall: MessageReceiver {
  func consume(_ bytes: Int) { http2.consume(stream, bytes: bytes) }

  func deliver(_ message: [UInt8]) { onMessage?(message) }

  func deliver(bytes: UnsafeRawBufferPointer) { onMessage?(Array(bytes)) }

  func faultReceived(_ status: GRPCStatus) { abort(status) }

  func heldDelivered() {
    guard let end = pendingEnd else { return }
    pendingEnd = nil
    self.end(end)
  }
}
