import CBlockPool
import CNGHTTP2

/// The C callbacks of libnghttp2, each of which finds its connection and calls a method of it.
enum SessionCallbacks {
  private nonisolated(unsafe) static let callbacks: OpaquePointer? = makeCallbacks()
  private nonisolated(unsafe) static let options: OpaquePointer? = makeOptions()

  static func makeSession(role: HTTP2Role, userData: UnsafeMutableRawPointer) -> OpaquePointer? {
    var session: OpaquePointer?
    // Copied by the library.
    var memory = nghttp2_mem(
      mem_user_data: nil, malloc: andruck_block_malloc, free: andruck_block_free,
      calloc: andruck_block_calloc, realloc: andruck_block_realloc)
    let code =
      switch role {
      case .client: nghttp2_session_client_new3(&session, callbacks, userData, options, &memory)
      case .server: nghttp2_session_server_new3(&session, callbacks, userData, options, &memory)
      }
    precondition(code == 0, "libnghttp2 made no session: \(code)")
    return session
  }

  static func dataProvider(_ stream: HTTP2Stream) -> nghttp2_data_provider {
    var provider = nghttp2_data_provider()
    provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
    provider.read_callback = { _, _, _, length, flags, source, userData in
      guard let pointer = source?.pointee.ptr, let flags else {
        return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
      }
      return Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
        with(userData) { $0.dataWanted(stream, upTo: length, flags: flags) }
      }
    }
    return provider
  }

  private static func makeOptions() -> OpaquePointer? {
    var options: OpaquePointer?
    nghttp2_option_new(&options)
    nghttp2_option_set_no_auto_window_update(options, 1)
    nghttp2_option_set_no_closed_streams(options, 1)
    // `MessageHead` looks at a block once; the library would at each.
    nghttp2_option_set_no_http_messaging(options, 1)
    nghttp2_option_set_max_outbound_ack(options, 1000)
    nghttp2_option_set_max_settings(options, 32)
    // The library counts resets by the process's clock; `FloodGuard` counts by the shell's.
    nghttp2_option_set_stream_reset_rate_limit(options, 1 << 40, 1 << 40)
    return options
  }

  private static func makeCallbacks() -> OpaquePointer? {
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, userData in
      guard let frame else { return 0 }
      return with(userData) { $0.headersBegan(frame) }
    }
    nghttp2_session_callbacks_set_on_header_callback2(callbacks) {
      _, _, name, value, flags, userData in
      guard let name, let value else { return 0 }
      return with(userData) { $0.fieldReceived(name: name, value: value, flags: flags) }
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, userData in
      guard let frame else { return 0 }
      return with(userData) { $0.frameReceived(frame) }
    }
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, _, _, userData in
      with(userData) { $0.invalidFrameReceived() }
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
      _, _, id, bytes, length, userData in
      with(userData) {
        $0.dataReceived(id, UnsafeRawBufferPointer(start: bytes, count: length))
      }
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, userData in
      with(userData) { $0.streamClosed(id, code: HTTP2ErrorCode(rawValue: code)) }
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, userData in
      guard let frame else { return 0 }
      return with(userData) { $0.frameSent(frame) }
    }
    nghttp2_session_callbacks_set_send_data_callback(callbacks) {
      _, _, frameHead, length, source, userData in
      guard let pointer = source?.pointee.ptr, let frameHead else {
        return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
      }
      return Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
        with(userData) { $0.dataSent(stream, frameHead: frameHead, length: length) }
      }
    }
    return callbacks
  }
}

/// Calls a method of the session's connection.
///
/// A free function, because a C callback captures nothing, not even a type. The connection is not
/// retained: it owns the session, and `receive` and `takeOutput` keep it alive.
@inline(__always)
private func with<Result>(
  _ userData: UnsafeMutableRawPointer?, _ body: (HTTP2Connection) -> Result
) -> Result {
  guard let userData else { preconditionFailure("a session without its connection") }
  return Unmanaged<HTTP2Connection>.fromOpaque(userData)._withUnsafeGuaranteedRef(body)
}
