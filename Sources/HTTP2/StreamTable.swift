/// The streams of a connection: those that are open, in no order, then some that have closed and are
/// used again where nobody holds them.
///
/// Both are one piece of memory, so that a stream that opens or closes changes its place at most, and no
/// count of references.
struct StreamTable: ~Copyable {
  /// How many streams are open.
  private(set) var openCount = 0

  private var streams: UnsafeMutablePointer<HTTP2Stream>
  private var capacity = 4
  private var count = 0

  private static let closedMax = 32

  init() { streams = .allocate(capacity: capacity) }

  deinit {
    streams.deinitialize(count: count)
    streams.deallocate()
  }

  /// The streams that are open.
  var open: [HTTP2Stream] { Array(UnsafeBufferPointer(start: streams, count: openCount)) }

  /// A stream for a number, which `opened` makes one of those that are open.
  ///
  /// Valid without a reference until another one is asked for, and while it is open.
  mutating func prepare(id: Int32) -> Unmanaged<HTTP2Stream> {
    // The first may be held by whoever is being told that it has closed: then there are two in turns.
    for index in openCount..<min(count, openCount + 2)
    where !streams[index].isClosing && isKnownUniquelyReferenced(&streams[index]) {
      swap(index, openCount)
      streams[openCount].begin(id: id)
      return Unmanaged.passUnretained(streams[openCount])
    }
    insert(HTTP2Stream(id: id))
    return Unmanaged.passUnretained(streams[openCount])
  }

  private mutating func insert(_ stream: HTTP2Stream) {
    if count == capacity {
      let larger = UnsafeMutablePointer<HTTP2Stream>.allocate(capacity: 2 * capacity)
      larger.moveInitialize(from: streams, count: count)
      streams.deallocate()
      streams = larger
      capacity *= 2
    }
    (streams + count).initialize(to: stream)
    count += 1
    swap(count - 1, openCount)
  }

  /// The stream that was prepared last is open now.
  mutating func opened() {
    streams[openCount].tableIndex = openCount
    openCount += 1
  }

  /// The stream is not open any more; it stays valid without a reference until it is not closing either.
  mutating func closed(_ stream: HTTP2Stream) {
    openCount -= 1
    if stream.tableIndex != openCount {
      streams[openCount].tableIndex = stream.tableIndex
      swap(stream.tableIndex, openCount)
    }
    guard count - openCount > Self.closedMax else { return }
    count -= 1
    (streams + count).deinitialize(count: 1)
  }

  /// Lets go of what the owner keeps with streams, open or not.
  func dropContexts() {
    for stream in UnsafeBufferPointer(start: streams, count: count) { stream.context = nil }
  }

  /// Changes places of streams as plain memory.
  private func swap(_ one: Int, _ other: Int) {
    guard one != other else { return }
    let moved = (streams + one).move()
    (streams + one).moveInitialize(from: streams + other, count: 1)
    (streams + other).initialize(to: moved)
  }
}
