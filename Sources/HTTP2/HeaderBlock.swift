import Glibc

/// The fields of a header block while it arrives, in memory that is used again for each block.
///
/// Blocks are small, frequent and often the same as the one before; growing an array for each would cost
/// more than decoding it.
struct HeaderBlock: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private var byteCount = 0
  private var fieldCount = 0
  /// The last first block of a stream, and the last trailers.
  private var lastHead = HTTP2Headers()
  private var lastTrailers = HTTP2Headers()

  /// Size as SETTINGS_MAX_HEADER_LIST_SIZE counts it, also of fields that were dropped.
  private(set) var listBytes = 0

  /// A block that keeps fields up to a size and drops those beyond it.
  init(limitBytes: Int) {
    // The 32 bytes that each field counts for are more than its lengths take.
    memory = .allocate(byteCount: max(1, limitBytes), alignment: 16)
  }

  deinit { memory.deallocate() }

  /// Forgets the last block.
  mutating func begin() {
    byteCount = 0
    fieldCount = 0
    listBytes = 0
  }

  /// Takes a field, or drops it when the block is full.
  mutating func append(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, isNeverIndexed: Bool
  ) {
    listBytes &+= name.count &+ value.count &+ 32
    guard listBytes <= memory.count, let base = memory.baseAddress else { return }
    let lengths = HTTP2FieldLengths(
      name: name.count, value: value.count, isNeverIndexed: isNeverIndexed)
    let place = base + byteCount
    place.storeBytes(of: lengths, as: HTTP2FieldLengths.self)
    Self.copy(name, place + HTTP2FieldLengths.byteCount)
    Self.copy(value, place + HTTP2FieldLengths.byteCount + name.count)
    byteCount &+= lengths.fieldBytes
    fieldCount &+= 1
  }

  @inline(__always)
  private static func copy(
    _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableRawPointer
  ) {
    if let from = source.baseAddress { target.copyMemory(from: from, byteCount: source.count) }
  }

  /// The fields in an array of their own, or in that of the last block of this kind if it was equal.
  mutating func headers(areTrailers: Bool) -> HTTP2Headers {
    if isEqual(to: areTrailers ? lastTrailers : lastHead) {
      return areTrailers ? lastTrailers : lastHead
    }
    var result = HTTP2Headers()
    result.bytes = Array(UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
    result.count = fieldCount
    if areTrailers { lastTrailers = result } else { lastHead = result }
    return result
  }

  private func isEqual(to headers: borrowing HTTP2Headers) -> Bool {
    guard headers.count == fieldCount, headers.bytes.count == byteCount else { return false }
    return headers.bytes.withUnsafeBytes { other in
      guard let own = memory.baseAddress, let other = other.baseAddress else { return true }
      return memcmp(own, other, byteCount) == 0
    }
  }
}
