import CNGHTTP2
import HTTP2

/// A bare session of libnghttp2 that checks messages itself, to compare with.
final class LibrarySession {
  /// What was said of each stream, in order.
  var events: [Int32: [String]] = [:]
  private var session: OpaquePointer?
  private var block: [String] = []

  init(role: HTTP2Role) {
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    defer { nghttp2_session_callbacks_del(callbacks) }
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, _, data in
      LibrarySession.with(data) { $0.block = [] }
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, _, name, nameCount, value, valueCount, _, data in
      let field =
        String(decoding: UnsafeBufferPointer(start: name, count: nameCount), as: UTF8.self) + ": "
        + String(decoding: UnsafeBufferPointer(start: value, count: valueCount), as: UTF8.self)
      return LibrarySession.with(data) { $0.block.append(field) }
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, data in
      guard let frame else { return 0 }
      return LibrarySession.with(data) { $0.received(frame.pointee) }
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
      _, _, id, _, count, data in
      LibrarySession.with(data) { $0.events[id, default: []].append("\(count) bytes") }
    }
    let data = Unmanaged.passUnretained(self).toOpaque()
    switch role {
    case .server: nghttp2_session_server_new(&session, callbacks, data)
    case .client: nghttp2_session_client_new(&session, callbacks, data)
    }
    nghttp2_submit_settings(session, 0, nil, 0)
  }

  deinit { nghttp2_session_del(session) }

  private static func with(
    _ data: UnsafeMutableRawPointer?, _ body: (LibrarySession) -> Void
  ) -> Int32 {
    guard let data else { return 0 }
    body(Unmanaged<LibrarySession>.fromOpaque(data).takeUnretainedValue())
    return 0
  }

  private func received(_ frame: nghttp2_frame) {
    let (type, flags) = (UInt32(frame.hd.type), UInt32(frame.hd.flags))
    let isEnd = flags & NGHTTP2_FLAG_END_STREAM.rawValue != 0
    // Our connection says nothing of an informational response.
    let isHeaders =
      type == NGHTTP2_HEADERS.rawValue && !block.contains { $0.hasPrefix(":status: 1") }
    if isHeaders { events[frame.hd.stream_id, default: []].append(block.joined(separator: "|")) }
    if isEnd { events[frame.hd.stream_id, default: []].append("end") }
  }

  func request(_ headers: HTTP2Headers) {
    var texts: [[UInt8]] = []
    for header in headers.all { texts += [Array(header.name.utf8), Array(header.value.utf8)] }
    let copies = texts.map { text -> UnsafeMutableBufferPointer<UInt8> in
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count + 1)
      _ = copy.initialize(from: text + [0])
      return copy
    }
    defer { for copy in copies { copy.deallocate() } }
    let fields = stride(from: 0, to: copies.count, by: 2).map { position in
      nghttp2_nv(
        name: copies[position].baseAddress, value: copies[position + 1].baseAddress,
        namelen: texts[position].count, valuelen: texts[position + 1].count, flags: 0)
    }
    nghttp2_submit_request(session, nil, fields, fields.count, nil, nil)
  }

  func receive(_ bytes: [UInt8]) -> Bool {
    nghttp2_session_mem_recv(session, bytes, bytes.count) == bytes.count
  }

  func output() -> [UInt8] {
    var output: [UInt8] = []
    while true {
      var bytes: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &bytes)
      if count <= 0 { return output }
      output += UnsafeBufferPointer(start: bytes, count: count)
    }
  }
}
