/// The fields of a header block while it arrives, in memory that is used again for each block.
///
/// Blocks are small and frequent; growing two arrays for each would cost more than decoding it.
struct HeaderBlock: ~Copyable {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let fields: UnsafeMutableBufferPointer<HTTP2Headers.Field>
  private var byteCount = 0
  private var fieldCount = 0

  /// Size as SETTINGS_MAX_HEADER_LIST_SIZE counts it, also of fields that were dropped.
  private(set) var listBytes = 0

  /// A block that keeps fields up to a size and drops those beyond it.
  init(limitBytes: Int) {
    bytes = .allocate(capacity: limitBytes)
    fields = .allocate(capacity: limitBytes / 32 + 1)
  }

  deinit {
    bytes.deallocate()
    fields.deallocate()
  }

  /// Forgets the last block.
  mutating func begin() {
    byteCount = 0
    fieldCount = 0
    listBytes = 0
  }

  /// Takes a field, or drops it when the block is full.
  mutating func append(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
    listBytes += name.count + value.count + 32
    guard listBytes <= bytes.count else { return }
    let start = byteCount
    copy(name)
    let middle = byteCount
    copy(value)
    fields.initializeElement(
      at: fieldCount,
      to: HTTP2Headers.Field(
        nameStart: Int32(start), nameEnd: Int32(middle), valueEnd: Int32(byteCount)))
    fieldCount += 1
  }

  private mutating func copy(_ source: UnsafeBufferPointer<UInt8>) {
    guard let from = source.baseAddress, let base = bytes.baseAddress else { return }
    (base + byteCount).initialize(from: from, count: source.count)
    byteCount += source.count
  }

  /// The fields in arrays of their own.
  func headers() -> HTTP2Headers {
    var result = HTTP2Headers()
    result.bytes = Array(UnsafeBufferPointer(rebasing: bytes[..<byteCount]))
    result.fields = Array(UnsafeBufferPointer(rebasing: fields[..<fieldCount]))
    return result
  }
}
