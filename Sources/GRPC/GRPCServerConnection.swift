public import HTTP2

/// The server's end of a gRPC connection: bytes in, calls out; no I/O, time is a parameter.
public final class GRPCServerConnection {
  /// The HTTP/2 connection beneath, whose `receive` and `takeOutput` a shell calls.
  public let http2: HTTP2Connection

  /// Called for each call; false when the path names no method, which answers UNIMPLEMENTED.
  public let onCall: (GRPCServerCall) -> Bool

  /// Called once, when the byte stream is over.
  public var onClosed: ((HTTP2TransportEnd) -> Void)?

  /// Calls that are not over.
  public var activeCalls: Int { http2.openStreamCount }

  private let settings: GRPCServerSettings
  @exclusivity(unchecked) private var nextCallDeadline: Int64 = .max
  @exclusivity(unchecked) private var shutdownDeadline: Int64 = .max
  private var lastPingNanoseconds: Int64?
  private var pingStrikes = 0
  private var lastSentAtPing = 0
  private let wire = WireHeaders()
  /// What the last request's headers said.
  @exclusivity(unchecked) private var lastHead: RequestHead?

  /// Calls with more headers than this are not kept.
  private static let keptHeaderBytesMax = 1_024

  /// A connection that hands its calls to `onCall`.
  public init(
    settings: GRPCServerSettings = GRPCServerSettings(),
    onCall: @escaping (GRPCServerCall) -> Bool
  ) {
    self.settings = settings
    self.onCall = onCall
    http2 = HTTP2Connection(role: .server, settings: settings.http2)
  }

  /// Streams keep calls, which hold the connection.
  deinit { http2.dropContexts() }

  /// Takes no new calls, lets those that run finish, then ends the connection.
  public func shutdown() {
    guard shutdownDeadline == .max else { return }
    shutdownDeadline = http2.nanoseconds + settings.shutdownNoticeNanoseconds
    http2.submitShutdownNotice()
    http2.submitPing()
  }

  private func sendGoAway() {
    guard shutdownDeadline != .max else { return }
    shutdownDeadline = .max - 1
    http2.submitGoAway()
  }

  private func accept(_ stream: HTTP2Stream, _ headers: HTTP2Headers) {
    let request = head(headers)
    guard request.isPost else { return refuse(stream, httpStatus: "405") }
    guard request.isGRPC else { return refuse(stream, httpStatus: "415") }
    if let fault = request.fault { return refuse(stream, fault) }
    var deadline: Int64?
    if let timeout = request.timeoutNanoseconds {
      let sum = http2.nanoseconds.addingReportingOverflow(timeout)
      deadline = sum.overflow ? nil : sum.partialValue
    }
    if let deadline { nextCallDeadline = min(nextCallDeadline, deadline) }
    begin(stream, request, deadlineNanoseconds: deadline)
    withCall(stream) { call in
      if !onCall(call) { call.finish(GRPCStatus(.unimplemented, "unknown method \(call.path)")) }
    }
  }

  private func head(_ headers: HTTP2Headers) -> RequestHead {
    if let lastHead, lastHead.headers.isSameMemory(as: headers) { return lastHead }
    let head = RequestHead(headers, like: lastHead)
    lastHead = head
    return head
  }

  /// Gives the stream a call: the one that it kept, if that is over and nobody holds it any more.
  private func begin(
    _ stream: HTTP2Stream, _ head: RequestHead, deadlineNanoseconds: Int64?
  ) {
    if stream.borrowedContext != nil, stream.isContextUnique() {
      withCall(stream) { $0.begin(stream, head, deadlineNanoseconds: deadlineNanoseconds) }
      return
    }
    stream.context = GRPCServerCall(
      http2: http2, wire: wire, stream: stream, head: head,
      deadlineNanoseconds: deadlineNanoseconds, limitBytes: settings.maxReceiveMessageBytes)
    stream.keepsContext = true
  }

  private func refuse(_ stream: HTTP2Stream, httpStatus: String) {
    stream.context = nil
    var headers = HTTP2Headers()
    headers.append(":status" as StaticString, httpStatus)
    http2.submitResponse(headers, on: stream, endStream: true)
  }

  private func refuse(_ stream: HTTP2Stream, _ status: GRPCStatus) {
    stream.context = nil
    var headers = wire.response.headers
    status.append(to: &headers)
    headers.append("grpc-accept-encoding", "identity")
    http2.submitResponse(headers, on: stream, endStream: true)
  }

  private func call(_ stream: HTTP2Stream) -> GRPCServerCall? {
    guard let context = stream.context else { return nil }
    return unsafeDowncast(context, to: GRPCServerCall.self)
  }

  /// Calls `body` with the stream's call, which the stream holds until the event is over.
  @inline(__always)
  private func withCall(_ stream: HTTP2Stream, _ body: (GRPCServerCall) -> Void) {
    stream.borrowedContext?._withUnsafeGuaranteedRef {
      body(unsafeDowncast($0, to: GRPCServerCall.self))
    }
  }

  /// Streams by number, so that what happens to all of them happens in a fixed order.
  private var callsInOrder: [GRPCServerCall] {
    http2.openStreams.sorted { $0.id < $1.id }.compactMap { call($0) }
  }
}

extension GRPCServerConnection: HTTP2TransportHandler {
  /// The earliest deadline of a call or of the shutdown; may be that of a call that is over.
  public var nextDeadlineNanoseconds: Int64? {
    let next = min(nextCallDeadline, shutdownDeadline)
    return next >= .max - 1 ? nil : next
  }

  /// Ends the calls whose deadline has passed with DEADLINE_EXCEEDED.
  public func advance(to nanoseconds: Int64) {
    http2.nanoseconds = max(http2.nanoseconds, nanoseconds)
    if nanoseconds >= shutdownDeadline { sendGoAway() }
    guard nanoseconds >= nextCallDeadline else { return }
    nextCallDeadline = .max
    for call in callsInOrder {
      guard !call.isEnded, let deadline = call.deadlineNanoseconds else { continue }
      if deadline <= nanoseconds {
        call.end(GRPCStatus(.deadlineExceeded, "the deadline passed"))
      } else {
        nextCallDeadline = min(nextCallDeadline, deadline)
      }
    }
  }

  /// Ends all calls as cancelled.
  public func transportClosed(_ end: HTTP2TransportEnd) {
    for call in callsInOrder {
      call.cancelled(GRPCStatus(.cancelled, "the connection is closed"))
    }
    http2.dropContexts()
    let onClosed = self.onClosed
    self.onClosed = nil
    onClosed?(end)
  }

  /// Makes a call of a request.
  public func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    if kind == .request { accept(stream, headers) }
  }

  /// Hands data to its call.
  public func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    if stream.borrowedContext == nil { return http2.consume(stream, bytes: bytes.count) }
    withCall(stream) { $0.bytesReceived(bytes) }
  }

  /// Half-closes the call.
  public func endReceived(_ stream: HTTP2Stream) { withCall(stream) { $0.endReceived() } }

  /// Cancels a call that was not over.
  public func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    var isKept = true
    withCall(stream) { call in
      if !call.isEnded {
        call.cancelled(
          code == .cancel
            ? GRPCStatus(.cancelled, "the client cancelled the call") : GRPCStatus(reset: code))
      }
      call.streamEnded()
      isKept = call.headerBytes <= Self.keptHeaderBytesMax
    }
    if !isKept { stream.context = nil }
  }

  /// Lets the call's writer go on.
  public func streamDrained(_ stream: HTTP2Stream) { call(stream)?.drained() }

  /// Nothing to do: a server starts no streams.
  public func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}

  /// Counts pings that come too fast (gRPC proposal A8).
  public func pingReceived() {
    let now = http2.nanoseconds
    defer { lastPingNanoseconds = now }
    if http2.headersAndDataSent != lastSentAtPing {
      lastSentAtPing = http2.headersAndDataSent
      pingStrikes = 0
      return
    }
    guard let last = lastPingNanoseconds,
      now - last < settings.minimumPingIntervalNanoseconds
    else { return }
    pingStrikes += 1
    if pingStrikes > settings.maxPingStrikes { http2.terminate(code: .enhanceYourCalm) }
  }

  /// The client has seen the shutdown notice: nothing new can be on its way.
  public func pingAcknowledged() { sendGoAway() }
}
