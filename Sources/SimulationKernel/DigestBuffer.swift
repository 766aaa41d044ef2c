/// Bytes on their way into a digest, in memory of its own; its owner frees it.
struct DigestBuffer {
  /// From so many bytes on they should go into the digest.
  private static let flushBytes = 16_384

  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0

  init() {
    capacity = 2 * Self.flushBytes
    base = .allocate(capacity: capacity)
  }

  /// Gives the memory back; the buffer is of no more use.
  func free() { base.deallocate() }

  var isFull: Bool { count >= Self.flushBytes }

  mutating func append(byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  /// Appends eight bytes, the least first.
  mutating func append(_ number: UInt64) {
    reserve(8)
    UnsafeMutableRawPointer(base + count).storeBytes(of: number.littleEndian, as: UInt64.self)
    count += 8
  }

  /// Appends a text's length and its UTF-8.
  mutating func append(_ text: String) {
    append(UInt64(text.utf8.count))
    append(bytesOf: text)
  }

  /// Appends what `append(subject.description)` would.
  mutating func append(_ subject: TraceSubject) {
    let separator = subject.namespace.isEmpty ? 0 : 1
    append(
      UInt64(
        subject.prefix.utf8.count + subject.namespace.utf8.count + separator
          + subject.name.utf8.count))
    append(bytesOf: subject.prefix)
    if separator == 1 {
      append(bytesOf: subject.namespace)
      append(byte: UInt8(ascii: "/"))
    }
    append(bytesOf: subject.name)
  }

  mutating func append(contentsOf bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  private mutating func append(bytesOf text: String) {
    // A native text gives its bytes without a copy.
    var text = text
    text.withUTF8 { append($0) }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(count + more) }
  }

  private mutating func grow(_ wanted: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * wanted)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = 2 * wanted
  }

  /// Moves everything into a digest.
  mutating func flush(into digest: SHA256Digest) {
    digest.update(UnsafeRawBufferPointer(start: base, count: count))
    count = 0
  }
}
