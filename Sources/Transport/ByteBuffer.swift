/// Bytes in memory of their own that are appended at the end and taken from the front.
///
/// What arrays do, without their checks at each step, and with memory that is kept: the bytes of every
/// call pass through some of these.
public struct ByteBuffer: ~Copyable {
  @usableFromInline var memory: UnsafeMutableRawPointer?
  @usableFromInline var capacity = 0
  @usableFromInline var start = 0
  @usableFromInline var end = 0

  /// A buffer without bytes and without memory.
  @inlinable
  public init() {}

  deinit { memory?.deallocate() }

  /// How many bytes there are.
  @inlinable @inline(__always)
  public var count: Int { end &- start }

  /// Whether there are none.
  @inlinable @inline(__always)
  public var isEmpty: Bool { end == start }

  /// The bytes, until the buffer changes.
  @inlinable @inline(__always)
  public var bytes: UnsafeRawBufferPointer {
    guard let memory else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: memory + start, count: count)
  }

  /// Appends so many bytes, which the caller fills at once.
  @inlinable
  public mutating func extend(by added: Int) -> UnsafeMutableRawPointer {
    if let memory, added <= capacity &- end {
      let place = memory + end
      end &+= added
      return place
    }
    return grow(by: added)
  }

  /// Appends bytes of somewhere else.
  @inlinable
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    extend(by: bytes.count).copyMemory(from: source, byteCount: bytes.count)
  }

  /// Appends one byte.
  @inlinable @inline(__always)
  public mutating func append(_ byte: UInt8) {
    extend(by: 1).storeBytes(of: byte, as: UInt8.self)
  }

  /// Drops bytes that were appended last.
  @inlinable @inline(__always)
  public mutating func removeLast(_ count: Int) { end &-= count }

  /// Drops bytes from the front.
  @inlinable
  public mutating func removeFirst(_ count: Int) {
    precondition(count <= self.count, "\(count) of \(self.count) bytes are taken")
    start &+= count
    if start == end { (start, end) = (0, 0) }
  }

  /// Drops all bytes, and the memory where it is larger than what is worth keeping.
  @inlinable @inline(__always)
  public mutating func removeAll(keepingAtMost kept: Int) {
    (start, end) = (0, 0)
    if capacity > kept { free() }
  }

  @usableFromInline
  mutating func free() {
    memory?.deallocate()
    memory = nil
    capacity = 0
  }

  @usableFromInline
  mutating func grow(by added: Int) -> UnsafeMutableRawPointer {
    let count = self.count
    if let memory, count &+ added <= capacity, start >= count {
      // The front half is free: room enough, without the halves meeting.
      memory.copyMemory(from: memory + start, byteCount: count)
      (start, end) = (0, count + added)
      return memory + count
    }
    let room = max(64, 2 * count, count + added)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
    if let memory {
      larger.copyMemory(from: memory + start, byteCount: count)
      memory.deallocate()
    }
    memory = larger
    capacity = room
    (start, end) = (0, count + added)
    return larger + count
  }
}
