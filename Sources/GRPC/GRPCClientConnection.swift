public import HTTP2

/// The client's end of a gRPC connection: calls in, bytes out; no I/O, time is a parameter.
public final class GRPCClientConnection {
  /// The HTTP/2 connection beneath, whose `receive` and `takeOutput` a shell calls.
  public let http2: HTTP2Connection

  /// Called once, when the server announces that it takes no new calls.
  public var onGoAway: (() -> Void)?

  /// Called once, when the byte stream is over; all calls have ended before.
  public var onClosed: ((HTTP2TransportEnd) -> Void)?

  /// Calls that are not over.
  public var activeCalls: Int { http2.openStreamCount }

  /// Whether `startCall` takes a call.
  public var canStartCall: Bool { !isClosed && !isShutDown && http2.canSubmitRequest }

  private let settings: GRPCClientSettings
  @exclusivity(unchecked) private var nextCallDeadline: Int64 = .max
  @exclusivity(unchecked) private var lastPath = ""
  @exclusivity(unchecked) private var lastAuthority = ""
  @exclusivity(unchecked) private var lastTimeout: Int64?
  @exclusivity(unchecked) private var lastHeaders = HTTP2Headers()
  @exclusivity(unchecked) private var keepalive: Keepalive?
  @exclusivity(unchecked) private var isClosed = false
  @exclusivity(unchecked) private var isShutDown = false

  /// A connection that begins at a time on the owner's clock.
  public init(settings: GRPCClientSettings = GRPCClientSettings(), nanoseconds: Int64 = 0) {
    self.settings = settings
    http2 = HTTP2Connection(role: .client, settings: settings.http2)
    http2.nanoseconds = nanoseconds
    keepalive = Keepalive(settings, now: nanoseconds)
  }

  /// Starts a call; nil when the connection takes none (it is closed or closing).
  ///
  /// The time-out counts from the connection's `nanoseconds`. The caller sets the call's callbacks
  /// before it returns to the shell.
  public func startCall(
    path: String, authority: String, metadata: GRPCMetadata = GRPCMetadata(),
    timeoutNanoseconds: Int64? = nil
  ) -> GRPCClientCall? {
    guard canStartCall else { return nil }
    var headers = constantHeaders(
      path: path, authority: authority, timeoutNanoseconds: timeoutNanoseconds)
    headers.reserveCapacity(
      fields: headers.count + metadata.entries.count, bytes: headers.listBytes + 128)
    var deadline: Int64?
    if let timeoutNanoseconds {
      let sum = http2.nanoseconds.addingReportingOverflow(max(0, timeoutNanoseconds))
      deadline = sum.overflow ? nil : sum.partialValue
    }
    metadata.append(to: &headers)
    guard let stream = http2.submitRequest(headers, endStream: false) else { return nil }
    let call = GRPCClientCall(
      http2: http2, stream: stream, deadlineNanoseconds: deadline,
      limitBytes: settings.maxReceiveMessageBytes)
    stream.context = call
    if let deadline { nextCallDeadline = min(nextCallDeadline, deadline) }
    return call
  }

  /// The headers that calls of a method have besides metadata, kept from the last call.
  private func constantHeaders(
    path: String, authority: String, timeoutNanoseconds: Int64?
  ) -> HTTP2Headers {
    if path == lastPath, authority == lastAuthority, timeoutNanoseconds == lastTimeout {
      return lastHeaders
    }
    var headers = HTTP2Headers()
    headers.append(":method", "POST" as StaticString)
    headers.append(":scheme" as StaticString, settings.scheme)
    headers.append(":path" as StaticString, path)
    headers.append(":authority" as StaticString, authority)
    headers.append("te", "trailers" as StaticString)
    headers.append("content-type", "application/grpc" as StaticString)
    headers.append("user-agent" as StaticString, settings.userAgent)
    if let timeoutNanoseconds {
      let text = GRPCTimeout.encode(nanoseconds: timeoutNanoseconds)
      headers.append("grpc-timeout" as StaticString, text)
    }
    (lastPath, lastAuthority, lastTimeout) = (path, authority, timeoutNanoseconds)
    lastHeaders = headers
    return headers
  }

  /// Starts no more calls, lets those that run finish, then ends the connection.
  public func shutdown() {
    isShutDown = true
    http2.submitGoAway()
  }

  private func call(_ stream: HTTP2Stream) -> GRPCClientCall? {
    guard let context = stream.context else { return nil }
    return unsafeDowncast(context, to: GRPCClientCall.self)
  }

  private var callsInOrder: [GRPCClientCall] {
    http2.openStreams.sorted { $0.id < $1.id }.compactMap { call($0) }
  }
}

extension GRPCClientConnection: HTTP2TransportHandler {
  /// The earliest deadline of a call or of a ping; may be that of a call that is over.
  public var nextDeadlineNanoseconds: Int64? {
    let next = min(nextCallDeadline, keepalive?.nextDeadlineNanoseconds ?? .max)
    return next == .max ? nil : next
  }

  /// Ends the calls whose deadline has passed with DEADLINE_EXCEEDED; pings when that is due.
  public func advance(to nanoseconds: Int64) {
    http2.nanoseconds = max(http2.nanoseconds, nanoseconds)
    let isPingAllowed = settings.isKeepaliveWithoutCalls || activeCalls > 0
    switch keepalive?.advance(to: nanoseconds, isAllowed: isPingAllowed) {
    case .sendPing: http2.submitPing()
    case .giveUp: http2.abandon()
    case .nothing, nil: break
    }
    guard nanoseconds >= nextCallDeadline else { return }
    nextCallDeadline = .max
    for call in callsInOrder {
      guard !call.isEnded, let deadline = call.deadlineNanoseconds else { continue }
      if deadline <= nanoseconds {
        call.abort(GRPCStatus(.deadlineExceeded, "the deadline passed"))
      } else {
        nextCallDeadline = min(nextCallDeadline, deadline)
      }
    }
  }

  /// Ends all calls as UNAVAILABLE.
  public func transportClosed(_ end: HTTP2TransportEnd) {
    guard !isClosed else { return }
    isClosed = true
    let status = GRPCStatus(.unavailable, "the connection is lost: \(end)")
    for call in callsInOrder { call.connectionClosed(status) }
    for stream in http2.openStreams { stream.context = nil }
    let onClosed = self.onClosed
    self.onClosed = nil
    onGoAway = nil
    onClosed?(end)
  }

  /// Hands metadata or the status to the call.
  public func headersReceived(
    _ stream: HTTP2Stream, _ headers: HTTP2Headers, kind: HTTP2HeadersKind, endStream: Bool
  ) {
    keepalive?.received(at: http2.nanoseconds)
    call(stream)?.headersReceived(headers, kind: kind, endStream: endStream)
  }

  /// Hands data to its call.
  public func dataReceived(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
    keepalive?.received(at: http2.nanoseconds)
    guard let call = call(stream) else { return http2.consume(stream, bytes: bytes.count) }
    call.bytesReceived(bytes)
  }

  /// Ends a call that got no status.
  public func endReceived(_ stream: HTTP2Stream) { call(stream)?.endReceived() }

  /// Ends a call that got no status.
  public func streamClosed(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    call(stream)?.streamClosed(code)
  }

  /// Lets the call's writer go on.
  public func streamDrained(_ stream: HTTP2Stream) { call(stream)?.drained() }

  /// Tells the owner to open another connection for new calls.
  public func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {
    let onGoAway = self.onGoAway
    self.onGoAway = nil
    onGoAway?()
  }

  /// A sign of life.
  public func pingReceived() { keepalive?.received(at: http2.nanoseconds) }

  /// A sign of life.
  public func pingAcknowledged() { keepalive?.received(at: http2.nanoseconds) }
}
