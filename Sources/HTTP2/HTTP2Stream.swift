import Transport

/// One stream of an `HTTP2Connection`: what its calls take and its events hand over.
///
/// Connections, streams and calls belong to one thread, and none of their properties is lent to code
/// that could reach it again; those that every call goes through are therefore not checked for that
/// at run time, which would cost a tenth of a call. A stream that has closed and that nobody holds is used
/// again for another one of its connection.
public final class HTTP2Stream {
  /// What is true of the stream by and by.
  private struct Flags {
    var isClosed = false
    var isClosing = false
    var isEndReceived = false
    var isEndSubmitted = false
    var isUnprocessed = false
    var isHeadersSubmitted = false
    var isHeadersSent = false
  }

  // Computed for other modules: their accesses to stored properties would be checked all the same.
  @exclusivity(unchecked) private var number: Int32
  @exclusivity(unchecked) private var owned: AnyObject?
  @exclusivity(unchecked) private var contextReference: Unmanaged<AnyObject>?
  @exclusivity(unchecked) private var isContextKept = false
  @exclusivity(unchecked) private var flags = Flags()

  /// The stream's number (RFC 9113 section 5.1.1).
  public var id: Int32 { number }

  /// Whatever the owner wants to find again in the stream's events.
  public var context: AnyObject? {
    get { owned }
    set {
      owned = newValue
      contextReference = newValue.map { Unmanaged.passUnretained($0) }
    }
  }

  /// The context without a reference of the caller's own, valid until another one is set.
  package var borrowedContext: Unmanaged<AnyObject>? { contextReference }

  /// Whether the context stays when the stream has closed, for the next one that this object becomes.
  package var keepsContext: Bool {
    get { isContextKept }
    set { isContextKept = newValue }
  }

  /// Whether nobody else holds the context.
  package func isContextUnique() -> Bool { isKnownUniquelyReferenced(&owned) }

  /// Whether the stream has ended in both directions, or was reset.
  public internal(set) var isClosed: Bool {
    get { flags.isClosed }
    set { flags.isClosed = newValue }
  }

  /// Whether the owner is being told that the stream has closed.
  var isClosing: Bool {
    get { flags.isClosing }
    set { flags.isClosing = newValue }
  }

  /// Whether the peer has ended its direction.
  public internal(set) var isEndReceived: Bool {
    get { flags.isEndReceived }
    set { flags.isEndReceived = newValue }
  }

  /// Whether this end has been told to end its direction; more sends are without effect.
  public internal(set) var isEndSubmitted: Bool {
    get { flags.isEndSubmitted }
    set { flags.isEndSubmitted = newValue }
  }

  /// Whether the peer cannot have processed the stream, so that the request may be tried again.
  ///
  /// Meaningful once the stream has closed: it was refused, lies above the last stream of a
  /// GOAWAY, or its request never left.
  public internal(set) var isUnprocessed: Bool {
    get { flags.isUnprocessed }
    set { flags.isUnprocessed = newValue }
  }

  /// Whether this end has submitted its first headers.
  public internal(set) var isHeadersSubmitted: Bool {
    get { flags.isHeadersSubmitted }
    set { flags.isHeadersSubmitted = newValue }
  }

  /// Whether the request's or response's headers have been taken by `takeOutput`.
  public internal(set) var isHeadersSent: Bool {
    get { flags.isHeadersSent }
    set { flags.isHeadersSent = newValue }
  }

  /// Bytes of data that wait to be sent.
  public var backlogBytes: Int { pending.count }

  /// What waits to be sent.
  @exclusivity(unchecked) var pending = ByteBuffer()
  @exclusivity(unchecked) var trailers: HTTP2Headers?
  /// Instead of `trailers`; kept alive by whoever submitted it.
  @exclusivity(unchecked) var preparedTrailers: Unmanaged<HTTP2PreparedHeaders>?
  /// Whether the trailers follow the data that is sent next; only while the library asks for it.
  @exclusivity(unchecked) var replaysTrailers = false
  @exclusivity(unchecked) var isDeferred = false
  @exclusivity(unchecked) var isAnnounced = false
  @exclusivity(unchecked) var isFinalHeadersReceived = false
  @exclusivity(unchecked) var isOverLimit = false
  /// Whether the peer's message broke the rules.
  @exclusivity(unchecked) var isMalformed = false
  /// The method of this end's request.
  @exclusivity(unchecked) var requestMethod = MessageHead.Method.other
  /// How many bytes of data the peer is still going to send, if it has said how many; else negative.
  @exclusivity(unchecked) var promisedBytes: Int64 = HTTP2Stream.nothingPromised
  @exclusivity(unchecked) var unconsumedBytes = 0
  /// Bytes of the stream's window that were consumed and are not given back yet.
  @exclusivity(unchecked) var consumedBytes = 0
  @exclusivity(unchecked) var tableIndex = 0
  /// When bytes were sent last, or began to wait.
  @exclusivity(unchecked) var movedNanoseconds: Int64 = 0

  static let nothingPromised = Int64.min

  /// How much memory a stream keeps for what waits while nothing does.
  private static let keptBytes = 1_024

  init(id: Int32) { number = id }

  /// A stream that is closed, to stand for one that is no more.
  package static func closed() -> HTTP2Stream {
    let stream = HTTP2Stream(id: 0)
    stream.isClosed = true
    stream.isEndSubmitted = true
    return stream
  }

  /// Begins anew as another stream.
  func begin(id: Int32) {
    number = id
    flags = Flags()
    isDeferred = false
    isAnnounced = false
    isFinalHeadersReceived = false
    isOverLimit = false
    replaysTrailers = false
    isMalformed = false
    promisedBytes = Self.nothingPromised
    unconsumedBytes = 0
    consumedBytes = 0
  }

  /// Queues bytes behind those that wait already.
  func enqueue(_ bytes: UnsafeRawBufferPointer) { pending.append(bytes) }

  /// Queues a message of gRPC, whose bytes `fill` writes: the compressed flag, the length, the bytes.
  @inline(__always)
  func enqueue(
    flag: UInt8, byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    let place = pending.extend(by: 5 + byteCount)
    place.storeBytes(of: flag, as: UInt8.self)
    (place + 1).storeBytes(of: UInt32(truncatingIfNeeded: byteCount).bigEndian, as: UInt32.self)
    if byteCount > 0 { fill(UnsafeMutableRawBufferPointer(start: place + 5, count: byteCount)) }
  }

  /// Forgets bytes that have been sent.
  func advance(by count: Int) {
    pending.removeFirst(count)
    if pending.isEmpty { pending.removeAll(keepingAtMost: 65_536) }
  }

  /// Forgets what waited, as the stream is over.
  func drop() {
    pending.removeAll(keepingAtMost: Self.keptBytes)
    if trailers != nil { trailers = nil }
    preparedTrailers = nil
  }
}
