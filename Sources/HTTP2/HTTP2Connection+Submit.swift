import CNGHTTP2
import Transport

extension HTTP2Connection {
  /// Queues a request; nil when the connection takes no more (see `canSubmitRequest`).
  public func submitRequest(_ headers: HTTP2Headers, endStream: Bool) -> HTTP2Stream? {
    guard canSubmitRequest else { return nil }
    let prepared = streams.prepare(
      id: Int32(bitPattern: nghttp2_session_get_next_stream_id(session)))
    let stream = prepared.takeUnretainedValue()
    let userData = prepared.toOpaque()
    let id = withFields(headers) { fields, count -> Int32 in
      if endStream { return nghttp2_submit_request(session, nil, fields, count, nil, userData) }
      var provider = SessionCallbacks.dataProvider(stream)
      return nghttp2_submit_request(session, nil, fields, count, &provider, userData)
    }
    guard id > 0 else {
      check(id)
      return nil
    }
    stream.isHeadersSubmitted = true
    stream.isEndSubmitted = endStream
    stream.isAnnounced = true
    stream.requestMethod = MessageHead.method(of: headers)
    streamOpened()
    outputPending()
    return stream
  }

  /// Queues the response's headers; without effect on a closed stream.
  public func submitResponse(_ headers: HTTP2Headers, on stream: HTTP2Stream, endStream: Bool) {
    guard !stream.isClosed, !stream.isHeadersSubmitted else { return }
    stream.isHeadersSubmitted = true
    stream.isEndSubmitted = endStream
    let code = withFields(headers) { fields, count -> Int32 in
      if endStream { return nghttp2_submit_response(session, stream.id, fields, count, nil) }
      var provider = SessionCallbacks.dataProvider(stream)
      return nghttp2_submit_response(session, stream.id, fields, count, &provider)
    }
    check(code)
    outputPending()
  }

  /// Queues a response's headers that were prepared; without effect on a closed stream.
  package func submitResponse(
    _ prepared: HTTP2PreparedHeaders, on stream: HTTP2Stream, endStream: Bool
  ) {
    guard !stream.isClosed, !stream.isHeadersSubmitted else { return }
    stream.isHeadersSubmitted = true
    stream.isEndSubmitted = endStream
    let fields = UnsafePointer(prepared.fields.baseAddress)
    let count = prepared.fields.count
    if endStream {
      check(nghttp2_submit_response(session, stream.id, fields, count, nil))
    } else {
      var provider = SessionCallbacks.dataProvider(stream)
      check(nghttp2_submit_response(session, stream.id, fields, count, &provider))
    }
    outputPending()
  }

  /// Queues the block that ends the stream after its data, prepared; the caller keeps it alive.
  package func submitTrailers(_ prepared: HTTP2PreparedHeaders, on stream: HTTP2Stream) {
    guard !stream.isClosed, !stream.isEndSubmitted else { return }
    stream.preparedTrailers = Unmanaged.passUnretained(prepared)
    dataQueued(stream, endStream: true)
  }

  /// Queues data; without effect on a stream that is closed or whose end was submitted.
  ///
  /// Everything is taken; `isWritable` tells when the caller should wait for `streamDrained`.
  public func submitData(_ bytes: [UInt8], on stream: HTTP2Stream, endStream: Bool = false) {
    bytes.withUnsafeBytes { submitData($0, on: stream, endStream: endStream) }
  }

  /// Queues a copy of data; without effect on a stream that is closed or whose end was submitted.
  public func submitData(
    _ bytes: UnsafeRawBufferPointer, on stream: HTTP2Stream, endStream: Bool = false
  ) {
    guard !stream.isClosed, !stream.isEndSubmitted else { return }
    if stream.backlogBytes == 0 { stream.movedNanoseconds = nanoseconds }
    if !bytes.isEmpty { stream.enqueue(bytes) }
    dataQueued(stream, endStream: endStream)
  }

  /// Says that there is no more data; without effect where that was said before.
  public func submitEnd(on stream: HTTP2Stream) {
    guard !stream.isClosed, !stream.isEndSubmitted else { return }
    dataQueued(stream, endStream: true)
  }

  /// Queues a message with the five bytes of gRPC before it: a flag and the length.
  public func submitMessage(
    flag: UInt8 = 0, _ message: [UInt8], on stream: HTTP2Stream, endStream: Bool = false
  ) {
    submitMessage(flag: flag, byteCount: message.count, on: stream, endStream: endStream) {
      $0.copyBytes(from: message)
    }
  }

  /// Queues a message of gRPC that `fill` writes where it waits to be sent, all of its bytes.
  public func submitMessage(
    flag: UInt8 = 0, byteCount: Int, on stream: HTTP2Stream, endStream: Bool = false,
    _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    guard !stream.isClosed, !stream.isEndSubmitted else { return }
    if stream.backlogBytes == 0 { stream.movedNanoseconds = nanoseconds }
    stream.enqueue(flag: flag, byteCount: byteCount, fill)
    dataQueued(stream, endStream: endStream)
  }

  /// Queues the block that ends the stream after its data; the response's headers come first.
  public func submitTrailers(_ headers: HTTP2Headers, on stream: HTTP2Stream) {
    guard !stream.isClosed, !stream.isEndSubmitted else { return }
    stream.trailers = headers
    dataQueued(stream, endStream: true)
  }

  private func dataQueued(_ stream: HTTP2Stream, endStream: Bool) {
    if endStream { stream.isEndSubmitted = true }
    if stream.backlogBytes >= settings.backlogLimitBytes { stream.isOverLimit = true }
    if stream.isDeferred {
      stream.isDeferred = false
      check(nghttp2_session_resume_data(session, stream.id))
    }
    outputPending()
  }

  /// Whether more data should be submitted now: the stream is open and its backlog below the limit.
  public func isWritable(_ stream: HTTP2Stream) -> Bool {
    !stream.isClosed && !stream.isEndSubmitted
      && stream.backlogBytes < settings.backlogLimitBytes
  }

  /// Ends a stream at once in both directions; data that waits is dropped.
  public func reset(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    guard !stream.isClosed else { return }
    stream.isEndSubmitted = true
    check(
      nghttp2_submit_rst_stream(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue))
    outputPending()
  }

  /// Gives the window of received bytes back to the peer, once the application has taken them.
  public func consume(_ stream: HTTP2Stream, bytes: Int) {
    guard bytes > 0, !stream.isClosed else { return }
    precondition(
      bytes <= stream.unconsumedBytes,
      "consumed \(bytes) of \(stream.unconsumedBytes) bytes on stream \(stream.id)")
    stream.unconsumedBytes -= bytes
    if settings.holdsConnectionWindow { consumeConnection(bytes) }
    stream.consumedBytes &+= bytes
    // The library tells the peer when half of a window is consumed: a few bytes more or less do not
    // matter to it, and none do where no more come.
    if !stream.isEndReceived, stream.consumedBytes >= consumedStepBytes {
      check(nghttp2_session_consume_stream(session, stream.id, stream.consumedBytes))
      stream.consumedBytes = 0
    }
    if !isReceiving, nghttp2_session_want_write(session) != 0 { outputPending() }
  }

  /// How many bytes of a stream's window are given back together.
  private var consumedStepBytes: Int { min(16_384, settings.initialWindowBytes / 8) }

  /// Asks the peer to acknowledge; `pingAcknowledged` follows.
  public func submitPing() {
    check(nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil))
    outputPending()
  }

  /// Announces that the connection will end: streams that are on their way are still taken.
  public func submitShutdownNotice() {
    check(nghttp2_submit_shutdown_notice(session))
    outputPending()
  }

  /// Takes no streams beyond the last one received; those that exist run to their end.
  public func submitGoAway(code: HTTP2ErrorCode = .noError) {
    check(
      nghttp2_submit_goaway(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue),
        nghttp2_session_get_last_proc_stream_id(session), code.rawValue, nil, 0))
    outputPending()
  }

  /// Ends the connection with a GOAWAY at once: nothing is processed after it.
  public func terminate(code: HTTP2ErrorCode) {
    check(nghttp2_session_terminate_session(session, code.rawValue))
    outputPending()
  }

  @inline(__always)
  func withFields<Result>(
    _ headers: HTTP2Headers, _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: headers.count) { fields in
      var count = 0
      headers.walk { name, value, lengths in
        let flag =
          lengths.isNeverIndexed ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE
        fields.initializeElement(
          at: count,
          to: nghttp2_nv(
            name: UnsafeMutablePointer(mutating: name.baseAddress),
            value: UnsafeMutablePointer(mutating: value.baseAddress),
            namelen: lengths.name, valuelen: lengths.value, flags: UInt8(flag.rawValue)))
        count += 1
        return true
      }
      return body(UnsafePointer(fields.baseAddress), count)
    }
  }
}

extension HTTP2Connection {
  /// Gives the connection up because the peer does not answer; nothing more is sent or received.
  public func abandon() {
    guard failure == nil else { return }
    failure = .timedOut
    outputPending()
  }
}
