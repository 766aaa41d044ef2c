import HTTP2

/// Is told of what happens to a call, in order.
public protocol GRPCServerCallHandler: AnyObject {
  /// A message, whole.
  func messageReceived(_ message: [UInt8])

  /// The client has sent its last message; called once.
  func requestsEnded()

  /// The call is over without `finish`: cancelled, too late, or broken; called once.
  func callCancelled(_ status: GRPCStatus)
}

/// One call at a server.
///
/// The owner sets `handler`, or the callbacks instead, within `onCall`; they are dropped when the call
/// is over.
public final class GRPCServerCall {
  /// The method, as `/package.Service/Method`.
  public let path: String

  /// The host that the client asked for, with its port if it named one.
  public let authority: String

  /// When the call has to be over, on the owner's clock, in nanoseconds; nil without a limit.
  public let deadlineNanoseconds: Int64?

  /// Who is told of what happens to the call.
  @exclusivity(unchecked) public var handler: (any GRPCServerCallHandler)?

  /// Called when `isWritable` becomes true again.
  @exclusivity(unchecked) public var onWritable: (() -> Void)?

  /// Whether the call is over, by `finish` or by cancellation.
  @exclusivity(unchecked) public private(set) var isEnded = false

  let http2: HTTP2Connection
  let stream: HTTP2Stream
  @exclusivity(unchecked) var flow: MessageFlow
  private let headers: HTTP2Headers
  @exclusivity(unchecked) private var isHalfClosePending = false
  @exclusivity(unchecked) private var hasHalfClosed = false

  init(
    http2: HTTP2Connection, stream: HTTP2Stream, headers: HTTP2Headers, path: String,
    authority: String, deadlineNanoseconds: Int64?, limitBytes: Int
  ) {
    self.http2 = http2
    self.stream = stream
    self.headers = headers
    self.path = path
    self.authority = authority
    self.deadlineNanoseconds = deadlineNanoseconds
    flow = MessageFlow(limitBytes: limitBytes)
  }

  /// What the client sent along, without the fields of HTTP/2 and gRPC; made at each access.
  public var metadata: GRPCMetadata { GRPCMetadata(headers) }

  /// The first value of one key of `metadata`, which takes text; nothing else is made.
  public func metadataText(_ key: StaticString) -> String? { headers.first(key) }

  /// The stream's number, for logs and traces.
  public var streamID: Int32 { stream.id }

  /// Whether more messages should be sent now; see `onWritable`.
  public var isWritable: Bool { !isEnded && http2.isWritable(stream) }

  /// Sends the initial metadata; without effect once anything was sent.
  public func sendMetadata(_ metadata: GRPCMetadata) {
    guard !isEnded, !stream.isHeadersSubmitted else { return }
    var headers = WireHeaders.response
    metadata.append(to: &headers)
    http2.submitResponse(headers, on: stream, endStream: false)
  }

  /// Sends a message and returns `isWritable`; without effect once the call is over.
  @discardableResult
  public func sendMessage(_ message: [UInt8]) -> Bool {
    guard !isEnded else { return false }
    if !stream.isHeadersSubmitted {
      http2.submitResponse(WireHeaders.response, on: stream, endStream: false)
    }
    http2.submitMessage(message, on: stream)
    return isWritable
  }

  /// Ends the call with a status; without effect once the call is over.
  public func finish(_ status: GRPCStatus = .ok, trailers: GRPCMetadata = GRPCMetadata()) {
    guard !isEnded else { return }
    isEnded = true
    let isTrailersOnly = !stream.isHeadersSubmitted
    if status.code == .ok, status.message.isEmpty, trailers.isEmpty {
      isTrailersOnly
        ? http2.submitResponse(WireHeaders.okTrailersOnly, on: stream, endStream: true)
        : http2.submitTrailers(WireHeaders.okTrailers, on: stream)
    } else {
      var headers = isTrailersOnly ? WireHeaders.response : HTTP2Headers()
      status.append(to: &headers)
      trailers.append(to: &headers)
      isTrailersOnly
        ? http2.submitResponse(headers, on: stream, endStream: true)
        : http2.submitTrailers(headers, on: stream)
    }
    dropHeld()
    dropCallbacks()
  }

  /// Stops `onMessage` until `resumeReading`; the client is stopped by flow control.
  public func pauseReading() { pauseFlow() }

  /// Takes up `onMessage` again, at once with what was held.
  public func resumeReading() { resumeFlow() }

  func endReceived() {
    guard !isEnded else { return }
    if flow.isHolding {
      isHalfClosePending = true
    } else if flow.reader.isWithinMessage {
      faultReceived(GRPCStatus(.internal, "the stream ended within a message"))
    } else if !hasHalfClosed {
      hasHalfClosed = true
      handler?.requestsEnded()
    }
  }

  func drained() { if isWritable { onWritable?() } }

  func cancelled(_ status: GRPCStatus) {
    guard !isEnded else { return }
    isEnded = true
    let handler = self.handler
    dropCallbacks()
    handler?.callCancelled(status)
  }

  /// Tells the application, and the client as far as it can still be told.
  func end(_ status: GRPCStatus) {
    guard !isEnded else { return }
    let handler = self.handler
    finish(status)
    handler?.callCancelled(status)
  }

  private func dropHeld() {
    guard !flow.held.isEmpty else { return }
    http2.consume(stream, bytes: flow.held.count)
    flow.held = []
  }

  private func dropCallbacks() {
    handler = nil
    if onWritable != nil { onWritable = nil }
  }
}

extension GRPCServerCall: MessageReceiver {
  func deliver(_ message: [UInt8]) { handler?.messageReceived(message) }

  func faultReceived(_ status: GRPCStatus) { end(status) }

  func heldDelivered() {
    guard isHalfClosePending else { return }
    isHalfClosePending = false
    endReceived()
  }
}
