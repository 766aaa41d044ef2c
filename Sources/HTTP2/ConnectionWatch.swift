/// Tells when a connection's time-outs are due; a machine without a clock of its own.
struct ConnectionWatch {
  /// What is due.
  enum Due: Hashable {
    /// The peer has begun something and does not go on.
    case giveUp
    /// The peer is asked for a sign of life.
    case sendPing
    /// Nobody has used the connection for long.
    case sayGoodbye
    /// Streams are looked at for those that do not move.
    case lookAtStreams
  }

  private let timeouts: HTTP2Timeouts
  private var cursor: FrameCursor
  private var startNanoseconds: Int64
  /// Since when a unit of the peer is incomplete, and how many had come before it.
  private var withinSince: Int64?
  private var unitsBefore = 0
  private var receivedNanoseconds: Int64
  private var pingSentNanoseconds: Int64?
  /// Since when no stream is open; nil while one is, and after the goodbye.
  private var idleSince: Int64?
  private var hasSaidGoodbye = false
  private var lookNanoseconds: Int64?

  /// A watch on a connection that begins now; nil when there is no limit.
  init?(_ timeouts: HTTP2Timeouts, role: HTTP2Role, at now: Int64) {
    guard timeouts.isAnySet else { return nil }
    self.timeouts = timeouts
    cursor = FrameCursor(role: role)
    startNanoseconds = now
    receivedNanoseconds = now
    idleSince = now
  }

  /// The connection begins now, and not when it was made.
  mutating func begin(at now: Int64) {
    startNanoseconds = now
    receivedNanoseconds = now
    if idleSince != nil { idleSince = now }
  }

  mutating func received(_ bytes: UnsafeRawBufferPointer, at now: Int64) {
    receivedNanoseconds = now
    pingSentNanoseconds = nil
    cursor.receive(bytes)
    guard cursor.isWithinUnit else {
      withinSince = nil
      return
    }
    if withinSince == nil || cursor.unitCount != unitsBefore {
      withinSince = now
      unitsBefore = cursor.unitCount
    }
  }

  mutating func streamsChanged(areAnyOpen: Bool, at now: Int64) {
    if areAnyOpen {
      idleSince = nil
      if lookNanoseconds == nil, let stall = timeouts.stallNanoseconds {
        lookNanoseconds = now + stall
      }
    } else {
      if !hasSaidGoodbye { idleSince = now }
      lookNanoseconds = nil
    }
  }

  /// The earliest time at which something may be due.
  var nextNanoseconds: Int64? {
    var next = min(beginLimit ?? .max, frameLimit ?? .max, idleLimit ?? .max)
    next = min(next, pingLimit ?? .max, lookNanoseconds ?? .max)
    return next == .max ? nil : next
  }

  /// What is due now; to be asked until there is nothing.
  mutating func advance(to now: Int64) -> Due? {
    if let limit = beginLimit, now >= limit { return .giveUp }
    if let limit = frameLimit, now >= limit { return .giveUp }
    if let limit = idleLimit, now >= limit {
      idleSince = nil
      hasSaidGoodbye = true
      return .sayGoodbye
    }
    if let limit = pingLimit, now >= limit {
      if pingSentNanoseconds != nil { return .giveUp }
      pingSentNanoseconds = now
      return .sendPing
    }
    if let limit = lookNanoseconds, now >= limit {
      lookNanoseconds = timeouts.stallNanoseconds.map { now + $0 }
      return .lookAtStreams
    }
    return nil
  }

  private var beginLimit: Int64? {
    guard let limit = timeouts.prefaceNanoseconds, !cursor.hasBegun else { return nil }
    return startNanoseconds + limit
  }

  private var frameLimit: Int64? {
    guard let limit = timeouts.frameNanoseconds, let withinSince else { return nil }
    return withinSince + limit
  }

  private var idleLimit: Int64? {
    guard let limit = timeouts.idleNanoseconds, let idleSince else { return nil }
    return idleSince + limit
  }

  private var pingLimit: Int64? {
    guard let limit = timeouts.pingNanoseconds else { return nil }
    if let pingSentNanoseconds { return pingSentNanoseconds + timeouts.pingAnswerNanoseconds }
    return receivedNanoseconds + limit
  }
}
