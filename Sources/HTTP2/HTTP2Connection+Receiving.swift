import CNGHTTP2

extension HTTP2Connection {
  /// Takes bytes of the peer and calls the handler with what they mean.
  ///
  /// A fault of the peer is answered in `takeOutput`, with RST_STREAM or GOAWAY; `isFinished` is
  /// true when the connection cannot go on.
  public func receive(_ bytes: [UInt8], _ handler: any HTTP2ConnectionHandler) {
    bytes.withUnsafeBytes { receive($0, handler) }
  }

  /// Takes bytes of the peer and calls the handler with what they mean.
  public func receive(_ bytes: UnsafeRawBufferPointer, _ handler: any HTTP2ConnectionHandler) {
    receive(bytes, HTTP2EventReceiver(handler))
  }

  /// The same with a receiver, which costs no object.
  public func receive(_ bytes: UnsafeRawBufferPointer, _ receiver: HTTP2EventReceiver) {
    guard failure == nil, let base = bytes.baseAddress else { return }
    precondition(!isWithinEvent, "receive was called from within an event")
    watch?.received(bytes, at: nanoseconds)
    self.receiver = Unmanaged.passUnretained(receiver)
    isWithinEvent = true
    isReceiving = true
    let count = nghttp2_session_mem_recv(
      session, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    isReceiving = false
    eventEnded()
    withExtendedLifetime(receiver) {}
    if count < 0 { fail(count) }
    if consumedBytes > 0 {
      check(nghttp2_session_consume_connection(session, consumedBytes))
      consumedBytes = 0
    }
    outputPending()
  }

  /// An open stream without being kept alive for it: the connection's table does that.
  ///
  /// What follows each other is mostly about one stream, so that the library looks for it once.
  @inline(__always)
  func withStream<Result>(_ id: Int32, _ body: (HTTP2Stream) -> Result) -> Result? {
    guard let stream = find(id) else { return nil }
    return stream._withUnsafeGuaranteedRef(body)
  }

  @inline(__always)
  private func find(_ id: Int32) -> Unmanaged<HTTP2Stream>? {
    if id == lastFoundID { return lastFound }
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    let stream = Unmanaged<HTTP2Stream>.fromOpaque(pointer)
    (lastFound, lastFoundID) = (stream, id)
    return stream
  }

  /// Calls `body` with the handler, which whoever called `receive` or `withOutput` keeps alive; not any
  /// more once the transport has ended.
  @inline(__always)
  func tell(_ body: (any HTTP2ConnectionHandler) -> Void) {
    receiver?._withUnsafeGuaranteedRef { body($0.handler) }
  }

  func eventEnded() {
    receiver = nil
    isWithinEvent = false
    if isDroppingContexts { dropContexts() }
  }

  /// Lets go of the contexts of all streams, when the event that is handled is over.
  package func dropContexts() {
    isDroppingContexts = isWithinEvent
    if !isWithinEvent { streams.dropContexts() }
  }

  /// The stream that was prepared last is open.
  func streamOpened() {
    streams.opened()
    if streams.openCount == 1 { watch?.streamsChanged(areAnyOpen: true, at: nanoseconds) }
  }

  func headersBegan(_ frame: UnsafePointer<nghttp2_frame>) -> Int32 {
    var isTrailers = frame.pointee.headers.cat == NGHTTP2_HCAT_HEADERS
    if isTrailers, role == .client {
      // Or the response, after one that was informational.
      isTrailers = withStream(frame.pointee.hd.stream_id) { $0.isFinalHeadersReceived } ?? true
    }
    block.begin(isTrailers: isTrailers)
    guard role == .server, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
    let id = frame.pointee.hd.stream_id
    let stream = streams.prepare(id: id)
    lastReceivedStream = max(lastReceivedStream, id)
    streamOpened()
    nghttp2_session_set_stream_user_data(session, id, stream.toOpaque())
    (lastFound, lastFoundID) = (stream, id)
    return 0
  }

  func fieldReceived(name: OpaquePointer, value: OpaquePointer, flags: UInt8) -> Int32 {
    let isNeverIndexed = UInt32(flags) & NGHTTP2_NV_FLAG_NO_INDEX.rawValue != 0
    block.append(HeaderField(name: name, value: value, isNeverIndexed: isNeverIndexed))
    return 0
  }

  func frameReceived(_ frame: UnsafePointer<nghttp2_frame>) -> Int32 {
    switch UInt32(frame.pointee.hd.type) {
    case NGHTTP2_DATA.rawValue:
      if hasEndStream(frame) {
        _ = withStream(frame.pointee.hd.stream_id) { stream in
          // After an informational response there is more to come.
          if stream.isFinalHeadersReceived, isWhole(stream) {
            end(stream)
          } else {
            malformed(stream)
          }
        }
      } else if frame.pointee.hd.length == 0 {
        countControlFrame()
      }
    case NGHTTP2_HEADERS.rawValue:
      _ = withStream(frame.pointee.hd.stream_id) { headersReceived(frame, $0) }
    case NGHTTP2_PING.rawValue:
      if UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_ACK.rawValue != 0 {
        tell { $0.pingAcknowledged() }
      } else {
        countControlFrame()
        tell { $0.pingReceived() }
      }
    case NGHTTP2_SETTINGS.rawValue:
      countControlFrame()
      if UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_ACK.rawValue == 0 {
        replayedTrailers.forget()
        onPeerSettings()
      }
    case NGHTTP2_PRIORITY.rawValue:
      countControlFrame()
    case NGHTTP2_RST_STREAM.rawValue:
      if role == .server, !resetGuard.admit(at: nanoseconds) { calm() }
    case NGHTTP2_GOAWAY.rawValue:
      isGoAwayReceived = true
      dropUnsent()
      tell {
        $0.goAwayReceived(
          lastStream: frame.pointee.goaway.last_stream_id,
          code: HTTP2ErrorCode(rawValue: frame.pointee.goaway.error_code))
      }
    default:
      break
    }
    return 0
  }

  private func hasEndStream(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
    UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
  }

  private func headersReceived(
    _ frame: UnsafePointer<nghttp2_frame>, _ stream: HTTP2Stream
  ) {
    if block.listBytes > settings.maxHeaderListBytes {
      // Sixteen times the limit is no mistake but an attack on the decompressor.
      if block.listBytes > 16 * settings.maxHeaderListBytes { calm() }
      reset(stream, code: .enhanceYourCalm)
      return
    }
    let endStream = hasEndStream(frame)
    let headers = block.headers()
    let message = block.message
    if message.isMalformed { return malformed(stream) }
    let kind: HTTP2HeadersKind
    if stream.isFinalHeadersReceived {
      kind = .trailers
      if !endStream || !promise(message.contentLength, on: stream) { return malformed(stream) }
    } else if role == .server {
      kind = .request
      _ = promise(message.contentLength, on: stream)
    } else if message.isInformational {
      if endStream { malformed(stream) }
      return
    } else {
      kind = .response
      _ = promise(message.contentLength(answering: stream.requestMethod), on: stream)
    }
    if endStream, !isWhole(stream) { return malformed(stream) }
    stream.isFinalHeadersReceived = true
    stream.isAnnounced = true
    tell { $0.headersReceived(stream, headers, kind: kind, endStream: endStream) }
    if endStream { end(stream) }
  }

  /// Takes note of how many bytes of data come; false where that was said before.
  private func promise(_ bytes: Int64?, on stream: HTTP2Stream) -> Bool {
    guard let bytes else { return true }
    if stream.promisedBytes != HTTP2Stream.nothingPromised { return false }
    stream.promisedBytes = bytes
    return true
  }

  /// Whether as much data has come as the peer had said.
  private func isWhole(_ stream: HTTP2Stream) -> Bool {
    stream.promisedBytes == 0 || stream.promisedBytes == HTTP2Stream.nothingPromised
  }

  /// Resets a stream whose message breaks the rules (RFC 9113 section 8.1.1).
  private func malformed(_ stream: HTTP2Stream) {
    _ = invalidFrameReceived()
    stream.isMalformed = true
    reset(stream, code: .protocolError)
  }

  private func end(_ stream: HTTP2Stream) {
    guard !stream.isEndReceived else { return }
    stream.isEndReceived = true
    if stream.isAnnounced { tell { $0.endReceived(stream) } }
  }

  func dataReceived(_ id: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
    let isTaken = withStream(id) { stream in
      guard stream.isAnnounced else { return false }
      if stream.promisedBytes != HTTP2Stream.nothingPromised {
        stream.promisedBytes -= Int64(bytes.count)
        if stream.promisedBytes < 0 {
          malformed(stream)
          return false
        }
      }
      if !stream.isFinalHeadersReceived {
        // After an informational response only.
        malformed(stream)
        return false
      }
      stream.unconsumedBytes += bytes.count
      if !settings.holdsConnectionWindow { consumedBytes &+= bytes.count }
      tell { $0.dataReceived(stream, bytes) }
      return true
    }
    if isTaken != true { check(nghttp2_session_consume(session, id, bytes.count)) }
    return 0
  }

  func streamClosed(_ id: Int32, code: HTTP2ErrorCode) -> Int32 {
    _ = withStream(id) { stream in
      if stream.isClosed { return }
      stream.isUnprocessed =
        code == .refusedStream || (role == .client && !stream.isHeadersSent)
      // The library has closed a stream with its last frame before it was told to reset it.
      close(stream, code: stream.isMalformed ? .protocolError : code)
    }
    return 0
  }

  /// Closes requests that wait for a free stream: after a GOAWAY they would wait for good.
  private func dropUnsent() {
    guard role == .client else { return }
    withdraw(openStreams.filter { !$0.isHeadersSent }.sorted { $0.id < $1.id })
  }

  /// Takes back requests that wait for a free stream beyond what the peer takes at once.
  ///
  /// They close as refused, so that they can be sent elsewhere instead of waiting for good.
  public func withdrawExcess() {
    let unsent = openStreams.filter { !$0.isHeadersSent }.sorted { $0.id < $1.id }
    let room = max(0, peerMaxConcurrentStreams - (openStreamCount - unsent.count))
    withdraw(Array(unsent.dropFirst(room)))
  }

  private func withdraw(_ unsent: [HTTP2Stream]) {
    for stream in unsent {
      reset(stream, code: .cancel)
      stream.isUnprocessed = true
      // The library's queue still points at it.
      dropped.append(stream)
      close(stream, code: .refusedStream)
    }
  }

  private func close(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    stream.isClosed = true
    stream.isClosing = true
    if stream.id == lastFoundID { lastFoundID = -1 }
    streams.closed(stream)
    if streams.openCount == 0 { watch?.streamsChanged(areAnyOpen: false, at: nanoseconds) }
    if stream.unconsumedBytes > 0 {
      if settings.holdsConnectionWindow { consumeConnection(stream.unconsumedBytes) }
      stream.unconsumedBytes = 0
    }
    stream.drop()
    if stream.isAnnounced { tell { $0.streamClosed(stream, code: code) } }
    if !stream.keepsContext, stream.borrowedContext != nil { stream.context = nil }
    stream.isClosing = false
  }

  /// Gives the window of all streams back, once for all that has arrived together.
  @inline(__always)
  func consumeConnection(_ bytes: Int) {
    if isReceiving {
      consumedBytes &+= bytes
    } else {
      check(nghttp2_session_consume_connection(session, bytes))
    }
  }

  /// Faulty frames make this end reset streams, which costs as much as resets by the peer.
  func invalidFrameReceived() -> Int32 {
    if !resetGuard.admit(at: nanoseconds) { calm() }
    return 0
  }

  private func countControlFrame() {
    if !controlGuard.admit(at: nanoseconds) { calm() }
  }

  private func calm() {
    check(
      nghttp2_session_terminate_session(session, HTTP2ErrorCode.enhanceYourCalm.rawValue))
  }
}
