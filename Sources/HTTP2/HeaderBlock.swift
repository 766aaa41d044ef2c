/// The fields of a header block while it arrives, in memory that is used again for each block.
///
/// Blocks are small, frequent and often the same as the one before: nothing is copied of what is. From
/// the first field that differs on, fields are gathered here; growing an array for each block would cost
/// more than decoding it.
struct HeaderBlock: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private let role: HTTP2Role
  private var byteCount = 0
  private var fieldCount = 0
  private var isTrailers = false
  /// Whether all fields so far are those of the last block of this kind.
  private var isSame = true
  private var sameCount = 0
  /// The fields from the first one that differs on, with references of this block's own.
  private var others: [HeaderField] = []
  /// The last first block of a stream, and the last trailers.
  private var lastHead = KnownBlock(isTrailers: false)
  private var lastTrailers = KnownBlock(isTrailers: true)

  /// Size as SETTINGS_MAX_HEADER_LIST_SIZE counts it, also of fields that were dropped.
  private(set) var listBytes = 0

  /// A block that keeps fields up to a size and drops those beyond it.
  init(limitBytes: Int, role: HTTP2Role) {
    self.role = role
    // The 32 bytes that each field counts for are more than its lengths take.
    memory = .allocate(byteCount: max(1, limitBytes), alignment: 16)
  }

  deinit {
    releaseOthers()
    memory.deallocate()
  }

  /// Forgets the last block.
  mutating func begin(isTrailers: Bool) {
    self.isTrailers = isTrailers
    byteCount = 0
    fieldCount = 0
    listBytes = 0
    isSame = true
    sameCount = 0
    if !others.isEmpty {
      releaseOthers()
      others.removeAll(keepingCapacity: true)
    }
  }

  private func releaseOthers() { for field in others { field.release() } }

  /// Takes a field, or drops it when the block is full.
  mutating func append(_ field: HeaderField) {
    if isSame {
      let same =
        isTrailers
        ? lastTrailers.byteCount(at: fieldCount, ifSame: field)
        : lastHead.byteCount(at: fieldCount, ifSame: field)
      if same > 0 {
        byteCount &+= same
        fieldCount &+= 1
        listBytes &+= same &+ (32 - HTTP2FieldLengths.byteCount)
        return
      }
      takeSame()
    }
    appendOther(field)
  }

  /// Copies what is the same, because something else follows.
  private mutating func takeSame() {
    isSame = false
    sameCount = fieldCount
    let known = isTrailers ? lastTrailers.headers : lastHead.headers
    known.bytes.withUnsafeBytes { memory.copyMemory(from: .init(rebasing: $0[..<byteCount])) }
  }

  private mutating func appendOther(_ field: HeaderField) {
    let (name, value) = (field.nameBytes, field.valueBytes)
    listBytes &+= name.count &+ value.count &+ 32
    guard listBytes <= memory.count, let base = memory.baseAddress else { return }
    field.retain()
    others.append(field)
    let lengths = HTTP2FieldLengths(
      name: name.count, value: value.count, isNeverIndexed: field.isNeverIndexed)
    let place = base + byteCount
    place.storeBytes(of: lengths, as: HTTP2FieldLengths.self)
    Self.copy(name, place + HTTP2FieldLengths.byteCount)
    Self.copy(value, place + HTTP2FieldLengths.byteCount + name.count)
    byteCount &+= lengths.fieldBytes
    fieldCount &+= 1
  }

  @inline(__always)
  private static func copy(_ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer) {
    if let from = source.baseAddress { target.copyMemory(from: from, byteCount: source.count) }
  }

  /// The fields in an array of their own, or in that of the last block of this kind if it was equal;
  /// without those that are illegal and may be dropped.
  mutating func headers() -> HTTP2Headers {
    if isSame {
      let count = isTrailers ? lastTrailers.count : lastHead.count
      if fieldCount == count { return isTrailers ? lastTrailers.accepted : lastHead.accepted }
      takeSame()
    }
    var result = HTTP2Headers()
    result.bytes = Array(UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
    result.count = fieldCount
    if isTrailers {
      lastTrailers.replace(from: sameCount, others, result, role: role)
    } else {
      lastHead.replace(from: sameCount, others, result, role: role)
    }
    // Their references are the known block's now.
    others.removeAll(keepingCapacity: true)
    return isTrailers ? lastTrailers.accepted : lastHead.accepted
  }

  /// What the block says about its message, once `headers` has been called.
  var message: MessageHead { isTrailers ? lastTrailers.message : lastHead.message }
}
