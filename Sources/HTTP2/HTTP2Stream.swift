/// One stream of an `HTTP2Connection`: what its calls take and its events hand over.
///
/// Connections, streams and calls belong to one thread, and none of their properties is lent to code
/// that could reach it again; those that every call goes through are therefore not checked for that
/// at run time, which would cost a tenth of a call.
public final class HTTP2Stream {
  /// The stream's number (RFC 9113 section 5.1.1).
  public let id: Int32

  /// Whatever the owner wants to find again in the stream's events.
  @exclusivity(unchecked) public var context: AnyObject?

  /// Whether the stream has ended in both directions, or was reset.
  @exclusivity(unchecked) public internal(set) var isClosed = false

  /// Whether the peer has ended its direction.
  @exclusivity(unchecked) public internal(set) var isEndReceived = false

  /// Whether this end has been told to end its direction; more sends are without effect.
  @exclusivity(unchecked) public internal(set) var isEndSubmitted = false

  /// Whether the peer cannot have processed the stream, so that the request may be tried again.
  ///
  /// Meaningful once the stream has closed: it was refused, lies above the last stream of a
  /// GOAWAY, or its request never left.
  @exclusivity(unchecked) public internal(set) var isUnprocessed = false

  /// Whether this end has submitted its first headers.
  @exclusivity(unchecked) public internal(set) var isHeadersSubmitted = false

  /// Whether the request's or response's headers have been taken by `takeOutput`.
  @exclusivity(unchecked) public internal(set) var isHeadersSent = false

  /// Bytes of data that wait to be sent.
  public var backlogBytes: Int { pending.count - pendingOffset }

  @exclusivity(unchecked) var pending: [UInt8] = []
  @exclusivity(unchecked) var pendingOffset = 0
  @exclusivity(unchecked) var trailers: HTTP2Headers?
  @exclusivity(unchecked) var isDeferred = false
  @exclusivity(unchecked) var isAnnounced = false
  @exclusivity(unchecked) var isHeadersTooLarge = false
  @exclusivity(unchecked) var isFinalHeadersReceived = false
  @exclusivity(unchecked) var isOverLimit = false
  @exclusivity(unchecked) var unconsumedBytes = 0
  @exclusivity(unchecked) var tableIndex = 0
  /// When bytes were sent last, or began to wait.
  @exclusivity(unchecked) var movedNanoseconds: Int64 = 0

  init(id: Int32) { self.id = id }

  /// Queues bytes behind those that wait already.
  func enqueue(_ bytes: [UInt8]) {
    if pending.isEmpty {
      pending = bytes
      pendingOffset = 0
    } else {
      compact()
      pending.append(contentsOf: bytes)
    }
  }

  /// Queues a message of gRPC: the compressed flag, the length and the bytes, in one copy.
  func enqueue(flag: UInt8, message: [UInt8]) {
    compact()
    let length = UInt32(truncatingIfNeeded: message.count)
    pending.reserveCapacity(pending.count + 5 + message.count)
    pending.append(flag)
    pending.append(UInt8(truncatingIfNeeded: length >> 24))
    pending.append(UInt8(truncatingIfNeeded: length >> 16))
    pending.append(UInt8(truncatingIfNeeded: length >> 8))
    pending.append(UInt8(truncatingIfNeeded: length))
    pending.append(contentsOf: message)
  }

  /// Forgets bytes that have been sent.
  func advance(by count: Int) {
    pendingOffset += count
    if pendingOffset == pending.count {
      pending.removeAll(keepingCapacity: pending.capacity <= 65_536)
      pendingOffset = 0
    }
  }

  private func compact() {
    if pendingOffset > 65_536, pendingOffset > pending.count / 2 {
      pending.removeSubrange(..<pendingOffset)
      pendingOffset = 0
    }
  }
}
