import CNGHTTP2
import Transport

extension HTTP2Connection {
  /// The bytes to send now, about `limitBytes` at most; empty when there is nothing to send.
  ///
  /// More may wait when the limit was reached: call again until it returns nothing. The handler is
  /// called for streams that close or become writable on the way.
  public func takeOutput(
    limitBytes: Int = 262_144, _ handler: any HTTP2ConnectionHandler
  ) -> [UInt8] {
    var result: [UInt8] = []
    withOutput(limitBytes: limitBytes, handler) { result = Array($0) }
    return result
  }

  /// Calls `body` with what `takeOutput` would return, unless that is nothing, and forgets it then.
  ///
  /// Returns whether more may wait.
  @discardableResult
  public func withOutput(
    limitBytes: Int = 262_144, _ handler: any HTTP2ConnectionHandler,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    withOutput(limitBytes: limitBytes, HTTP2EventReceiver(handler), body)
  }

  /// The same with a receiver, which costs no object.
  @discardableResult
  public func withOutput(
    limitBytes: Int = 262_144, _ receiver: HTTP2EventReceiver,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    precondition(!isWithinEvent, "takeOutput was called from within an event")
    isOutputAnnounced = false
    guard failure == nil || !output.isEmpty else { return false }
    self.receiver = Unmanaged.passUnretained(receiver)
    isWithinEvent = true
    outputLimit = limitBytes
    repeat {
      drain()
      if drained.isEmpty { break }
      let resumed = drained
      drained.removeAll(keepingCapacity: true)
      for stream in resumed where !stream.isClosed { tell { $0.streamDrained(stream) } }
    } while failure == nil && output.count < outputLimit
    eventEnded()
    withExtendedLifetime(receiver) {}
    if output.isEmpty { return false }
    let mayMoreWait = output.count >= outputLimit
    body(output.bytes)
    output.removeAll(keepingAtMost: Self.keptOutputBytes)
    return mayMoreWait
  }

  private static let keptOutputBytes = 16_384

  private func drain() {
    while failure == nil, output.count < outputLimit {
      var bytes: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &bytes)
      if count < 0 { fail(count) }
      guard count > 0 else { break }
      let frame = UnsafeRawBufferPointer(start: bytes, count: count)
      replayedTrailers.frameMade(frame)
      output.append(frame)
    }
  }

  func dataWanted(
    _ stream: HTTP2Stream, upTo length: Int, flags: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let waiting = stream.backlogBytes
    if waiting == 0, !stream.isEndSubmitted {
      stream.isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
    let count = min(waiting, length)
    if count > 0 { flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue }
    if count == waiting, stream.isEndSubmitted {
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      if let prepared = stream.preparedTrailers {
        if count > 0, replayedTrailers.has(prepared) {
          // The library takes the data for the end; `dataSent` follows at once.
          stream.replaysTrailers = true
        } else {
          flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
          submit(prepared, on: stream)
        }
      } else if let trailers = stream.trailers {
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        submit(trailers, on: stream)
      }
    }
    return count
  }

  private func submit(_ prepared: Unmanaged<HTTP2PreparedHeaders>, on stream: HTTP2Stream) {
    replayedTrailers.expect(prepared, on: stream.id)
    prepared._withUnsafeGuaranteedRef { prepared in
      let fields = UnsafePointer(prepared.fields.baseAddress)
      check(nghttp2_submit_trailer(session, stream.id, fields, prepared.fields.count))
    }
  }

  private func submit(_ trailers: HTTP2Headers, on stream: HTTP2Stream) {
    let code = withFields(trailers) { fields, count in
      nghttp2_submit_trailer(session, stream.id, fields, count)
    }
    check(code)
  }

  func dataSent(_ stream: HTTP2Stream, frameHead: UnsafePointer<UInt8>, length: Int) -> Int32 {
    let headBytes = ReplayedTrailers.frameHeadBytes
    let place = output.extend(by: headBytes + length)
    place.copyMemory(from: frameHead, byteCount: headBytes)
    if length > 0, let pending = stream.pending.bytes.baseAddress {
      (place + headBytes).copyMemory(from: pending, byteCount: length)
    }
    if stream.replaysTrailers {
      stream.replaysTrailers = false
      let flags = frameHead[4] & ~UInt8(NGHTTP2_FLAG_END_STREAM.rawValue)
      place.storeBytes(of: flags, toByteOffset: 4, as: UInt8.self)
      replayedTrailers.write(
        on: stream.id, to: output.extend(by: replayedTrailers.frameBytes))
      headersAndDataSent += 1
    }
    stream.advance(by: length)
    stream.movedNanoseconds = nanoseconds
    if stream.isOverLimit, stream.backlogBytes < settings.backlogLimitBytes {
      stream.isOverLimit = false
      if !stream.isEndSubmitted { drained.append(stream) }
    }
    return output.count < outputLimit ? 0 : NGHTTP2_ERR_PAUSE.rawValue
  }

  func frameSent(_ frame: UnsafePointer<nghttp2_frame>) -> Int32 {
    let type = UInt32(frame.pointee.hd.type)
    guard type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue else { return 0 }
    headersAndDataSent += 1
    let flags = UInt32(frame.pointee.hd.flags)
    _ = withStream(frame.pointee.hd.stream_id) { stream in
      stream.isHeadersSent = true
      // A complete answer before the request's end: tell the client to stop (RFC 9113 section 8.1).
      if role == .server, !stream.isEndReceived,
        flags & NGHTTP2_FLAG_END_STREAM.rawValue != 0
      {
        reset(stream, code: .noError)
      }
    }
    return 0
  }
}
