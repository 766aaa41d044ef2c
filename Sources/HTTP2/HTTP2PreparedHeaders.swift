import CNGHTTP2

/// A block of headers that is sent again and again, in the form in which libnghttp2 takes it.
///
/// The library does not copy names and values. So whoever makes one keeps it as long as the connections
/// that send it, and for the sake of several threads makes one for each.
package final class HTTP2PreparedHeaders {
  /// The same block as a value, to append to.
  package let headers: HTTP2Headers

  let fields: UnsafeMutableBufferPointer<nghttp2_nv>
  private let bytes: UnsafeMutableRawPointer

  /// Prepares a block.
  package init(_ headers: HTTP2Headers) {
    self.headers = headers
    fields = .allocate(capacity: headers.count)
    bytes = .allocate(byteCount: max(1, headers.listBytes), alignment: 1)
    var place = bytes.assumingMemoryBound(to: UInt8.self)
    var count = 0
    headers.walk { [fields] name, value, lengths in
      let start = place
      for byte in name {
        place.initialize(to: byte)
        place += 1
      }
      for byte in value {
        place.initialize(to: byte)
        place += 1
      }
      var flags = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
      if lengths.isNeverIndexed { flags |= NGHTTP2_NV_FLAG_NO_INDEX.rawValue }
      fields.initializeElement(
        at: count,
        to: nghttp2_nv(
          name: start, value: start + lengths.name, namelen: lengths.name,
          valuelen: lengths.value, flags: UInt8(flags)))
      count += 1
      return true
    }
  }

  deinit {
    fields.deallocate()
    bytes.deallocate()
  }
}
