import CNGHTTP2

/// A field of a header block as libnghttp2 hands it over: references to its name and its value.
struct HeaderField {
  let name: OpaquePointer
  let value: OpaquePointer
  let isNeverIndexed: Bool

  var nameBytes: UnsafeRawBufferPointer { Self.bytes(nghttp2_rcbuf_get_buf(name)) }
  var valueBytes: UnsafeRawBufferPointer { Self.bytes(nghttp2_rcbuf_get_buf(value)) }

  private static func bytes(_ vector: nghttp2_vec) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: vector.base, count: vector.len)
  }

  func retain() {
    nghttp2_rcbuf_incref(name)
    nghttp2_rcbuf_incref(value)
  }

  func release() {
    nghttp2_rcbuf_decref(name)
    nghttp2_rcbuf_decref(value)
  }
}
