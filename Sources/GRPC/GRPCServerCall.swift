import HTTP2

/// Is told of what happens to a call, in order.
public protocol GRPCServerCallHandler: AnyObject {
  /// A message, whole.
  func messageReceived(_ message: [UInt8])

  /// A message, whole, whose bytes are valid during the call only.
  func messageReceived(bytes: UnsafeRawBufferPointer)

  /// The client has sent its last message; called once.
  func requestsEnded()

  /// The call is over without `finish`: cancelled, too late, or broken; called once.
  func callCancelled(_ status: GRPCStatus)
}

extension GRPCServerCallHandler {
  /// Makes an array of the message.
  public func messageReceived(bytes: UnsafeRawBufferPointer) { messageReceived(Array(bytes)) }
}

/// One call at a server.
///
/// The owner sets `handler`, or the callbacks instead, within `onCall`; they are dropped when the call
/// is over, but for a handler that the call keeps. A call that is over, whose stream has closed and that
/// nobody holds is used again for another one of its connection.
public final class GRPCServerCall {
  /// The method, as `/package.Service/Method`.
  public var path: String { head.path }

  /// The host that the client asked for, with its port if it named one.
  public var authority: String { head.authority }

  /// When the call has to be over, on the owner's clock, in nanoseconds; nil without a limit.
  @exclusivity(unchecked) public private(set) var deadlineNanoseconds: Int64?

  /// Who is told of what happens to the call.
  public var handler: (any GRPCServerCallHandler)? {
    get { told }
    set {
      told = newValue
      keepsHandler = false
    }
  }

  /// Sets a handler that is kept for the next call that this one becomes, and found there.
  ///
  /// It must not hold the call, and is told of nothing while the call is over.
  package func keepHandler(_ handler: any GRPCServerCallHandler) {
    told = handler
    keepsHandler = true
  }

  /// Called when `isWritable` becomes true again.
  @exclusivity(unchecked) public var onWritable: (() -> Void)?

  /// Whether the call is over, by `finish` or by cancellation.
  public private(set) var isEnded: Bool {
    get { hasEnded }
    set { hasEnded = newValue }
  }

  // Computed for other modules: their accesses to stored properties would be checked all the same.
  @exclusivity(unchecked) private var told: (any GRPCServerCallHandler)?
  @exclusivity(unchecked) private var keepsHandler = false
  @exclusivity(unchecked) private var hasEnded = false
  let http2: HTTP2Connection
  // Not `WireHeaders`: what is two steps away is retained at each use.
  private let response: HTTP2PreparedHeaders
  private let okTrailers: HTTP2PreparedHeaders
  private let okTrailersOnly: HTTP2PreparedHeaders
  /// Kept alive by the connection, which a call holds, until `streamEnded`.
  @exclusivity(unchecked) private var reference: Unmanaged<HTTP2Stream>
  @exclusivity(unchecked) var flow: MessageFlow
  @exclusivity(unchecked) private var head: RequestHead
  @exclusivity(unchecked) private var isHalfClosePending = false
  @exclusivity(unchecked) private var hasHalfClosed = false

  init(
    http2: HTTP2Connection, wire: WireHeaders, stream: HTTP2Stream, head: RequestHead,
    deadlineNanoseconds: Int64?, limitBytes: Int
  ) {
    self.http2 = http2
    response = wire.response
    okTrailers = wire.okTrailers
    okTrailersOnly = wire.okTrailersOnly
    reference = Unmanaged.passUnretained(stream)
    self.head = head
    self.deadlineNanoseconds = deadlineNanoseconds
    streamID = stream.id
    flow = MessageFlow(limitBytes: limitBytes)
  }

  /// Begins anew as another call of the same connection.
  func begin(_ stream: HTTP2Stream, _ head: RequestHead, deadlineNanoseconds: Int64?) {
    reference = Unmanaged.passUnretained(stream)
    self.head = head
    self.deadlineNanoseconds = deadlineNanoseconds
    streamID = stream.id
    isEnded = false
    isHalfClosePending = false
    hasHalfClosed = false
    flow.begin()
  }

  /// How much memory the headers take.
  var headerBytes: Int { head.headers.listBytes }

  /// Lets go of the stream, which has closed.
  func streamEnded() { reference = Unmanaged.passUnretained(http2.closedStream) }

  @inline(__always)
  private func withStream<Result>(_ body: (HTTP2Stream) -> Result) -> Result {
    reference._withUnsafeGuaranteedRef(body)
  }

  /// What the client sent along, without the fields of HTTP/2 and gRPC; made at each access.
  public var metadata: GRPCMetadata { GRPCMetadata(head.headers) }

  /// The first value of one key of `metadata`, which takes text; nothing else is made.
  public func metadataText(_ key: StaticString) -> String? { head.headers.first(key) }

  /// A number that the server keeps with the method's path; 0 at first.
  ///
  /// Calls of one path that follow each other on a connection share it, so that the path need not be
  /// looked up for each.
  package var pathNote: Int {
    get { head.note }
    set { head.note = newValue }
  }

  /// The stream's number, for logs and traces.
  @exclusivity(unchecked) public private(set) var streamID: Int32

  /// Whether more messages should be sent now; see `onWritable`.
  public var isWritable: Bool { !isEnded && withStream { http2.isWritable($0) } }

  /// Sends the initial metadata; without effect once anything was sent.
  public func sendMetadata(_ metadata: GRPCMetadata) {
    guard !isEnded else { return }
    withStream { stream in
      if stream.isHeadersSubmitted { return }
      var headers = response.headers
      metadata.append(to: &headers)
      http2.submitResponse(headers, on: stream, endStream: false)
    }
  }

  /// Sends a message and returns `isWritable`; without effect once the call is over.
  @discardableResult
  public func sendMessage(_ message: [UInt8]) -> Bool {
    sendMessage(byteCount: message.count) { $0.copyBytes(from: message) }
  }

  /// Sends a message that `fill` writes, all of its bytes, where it waits to be sent.
  ///
  /// Returns `isWritable`; without effect once the call is over.
  @discardableResult
  public func sendMessage(
    byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> Bool {
    guard !isEnded else { return false }
    return withStream { stream in
      if !stream.isHeadersSubmitted {
        http2.submitResponse(response, on: stream, endStream: false)
      }
      http2.submitMessage(byteCount: byteCount, on: stream, fill)
      return http2.isWritable(stream)
    }
  }

  /// Ends the call with a status; without effect once the call is over.
  public func finish(_ status: GRPCStatus = .ok, trailers: GRPCMetadata = GRPCMetadata()) {
    guard !isEnded else { return }
    isEnded = true
    withStream { submit(status, trailers, on: $0) }
    dropHeld()
    dropCallbacks()
  }

  private func submit(_ status: GRPCStatus, _ trailers: GRPCMetadata, on stream: HTTP2Stream) {
    let isTrailersOnly = !stream.isHeadersSubmitted
    if status.code == .ok, status.message.isEmpty, trailers.isEmpty {
      isTrailersOnly
        ? http2.submitResponse(okTrailersOnly, on: stream, endStream: true)
        : http2.submitTrailers(okTrailers, on: stream)
    } else {
      var headers = isTrailersOnly ? response.headers : HTTP2Headers()
      status.append(to: &headers)
      trailers.append(to: &headers)
      isTrailersOnly
        ? http2.submitResponse(headers, on: stream, endStream: true)
        : http2.submitTrailers(headers, on: stream)
    }
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
    consume(flow.held.count)
    flow.held = []
  }

  private func dropCallbacks() {
    if !keepsHandler { told = nil }
    if onWritable != nil { onWritable = nil }
  }
}

extension GRPCServerCall: MessageReceiver {
  func consume(_ bytes: Int) { withStream { http2.consume($0, bytes: bytes) } }

  func deliver(_ message: [UInt8]) { handler?.messageReceived(message) }

  func deliver(bytes: UnsafeRawBufferPointer) { handler?.messageReceived(bytes: bytes) }

  func faultReceived(_ status: GRPCStatus) { end(status) }

  func heldDelivered() {
    guard isHalfClosePending else { return }
    isHalfClosePending = false
    endReceived()
  }
}
