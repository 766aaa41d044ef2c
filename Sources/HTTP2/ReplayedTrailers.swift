import CNGHTTP2

/// Trailers as the header compression wrote them last, to be sent again without it.
///
/// A block of nothing but indexes (RFC 7541 section 6.1) changes no table of the compression, and means the
/// same until another block changes one. The trailers of nearly all calls of a connection are such a block
/// of one byte, for which the library makes a frame, queues and compresses it, and looks up its stream
/// four times: an eighth of what it does for a call.
struct ReplayedTrailers: ~Copyable {
  /// Whose block `bytes` is; nil where none can be sent again.
  private var prepared: Unmanaged<HTTP2PreparedHeaders>?
  /// The same, so that no other one can come to stand where it does.
  private var kept: HTTP2PreparedHeaders?
  private var bytes: UInt64 = 0
  private var count = 0
  /// The stream whose trailers the library is going to compress, and these.
  private var expected: (stream: Int32, prepared: Unmanaged<HTTP2PreparedHeaders>)?

  /// Longer blocks are left to the library.
  private static let bytesMax = MemoryLayout<UInt64>.size
  /// Length, type, flags and stream (RFC 9113 section 4.1).
  static let frameHeadBytes = 9

  /// Whether these can be sent again.
  @inline(__always)
  func has(_ other: Unmanaged<HTTP2PreparedHeaders>) -> Bool {
    prepared?.toOpaque() == other.toOpaque()
  }

  /// The library was given the trailers of a stream.
  mutating func expect(_ prepared: Unmanaged<HTTP2PreparedHeaders>, on stream: Int32) {
    expected = (stream, prepared)
  }

  /// The peer may have changed the size of the tables.
  mutating func forget() { prepared = nil }

  /// Looks at a frame that the library has made.
  mutating func frameMade(_ frame: UnsafeRawBufferPointer) {
    guard frame.count >= Self.frameHeadBytes else { return }
    switch UInt32(frame[3]) {
    case NGHTTP2_HEADERS.rawValue: break
    case NGHTTP2_PUSH_PROMISE.rawValue, NGHTTP2_CONTINUATION.rawValue: return forget()
    default: return
    }
    let block = UnsafeRawBufferPointer(rebasing: frame[Self.frameHeadBytes...])
    let flags = UInt32(frame[4])
    let plain = NGHTTP2_FLAG_END_STREAM.rawValue | NGHTTP2_FLAG_END_HEADERS.rawValue
    guard flags & ~plain == 0, block.allSatisfy(Self.isIndex) else { return forget() }
    guard let expected, flags == plain, block.count <= Self.bytesMax else { return }
    let stream = Int32(bigEndian: frame.loadUnaligned(fromByteOffset: 5, as: Int32.self))
    guard stream == expected.stream else { return }
    (prepared, count, bytes) = (expected.prepared, block.count, 0)
    kept = expected.prepared.takeUnretainedValue()
    withUnsafeMutableBytes(of: &bytes) { $0.copyMemory(from: block) }
    self.expected = nil
  }

  /// An index of one byte; longer ones begin with seven bits set, and a 0 is no index.
  private static func isIndex(_ byte: UInt8) -> Bool { byte > 0x80 && byte < 0xff }

  /// How many bytes `write` writes.
  var frameBytes: Int { Self.frameHeadBytes + count }

  /// Writes the frame of a stream's trailers.
  func write(on stream: Int32, to place: UnsafeMutableRawPointer) {
    place.storeBytes(of: UInt32(truncatingIfNeeded: count << 8).bigEndian, as: UInt32.self)
    place.storeBytes(
      of: UInt8(NGHTTP2_HEADERS.rawValue), toByteOffset: 3, as: UInt8.self)
    let flags = NGHTTP2_FLAG_END_STREAM.rawValue | NGHTTP2_FLAG_END_HEADERS.rawValue
    place.storeBytes(of: UInt8(flags), toByteOffset: 4, as: UInt8.self)
    place.storeBytes(of: stream.bigEndian, toByteOffset: 5, as: Int32.self)
    let block = UnsafeMutableRawBufferPointer(start: place + Self.frameHeadBytes, count: count)
    withUnsafeBytes(of: bytes) { block.copyMemory(from: .init(rebasing: $0[..<count])) }
  }
}
