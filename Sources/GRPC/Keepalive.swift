/// When a client pings, and when it gives up (gRPC proposal A8).
struct Keepalive {
  /// What is due.
  enum OnAdvance {
    /// Nothing.
    case nothing
    /// Ask the server for a sign of life.
    case sendPing
    /// The server did not answer in time.
    case giveUp
  }

  private let intervalNanoseconds: Int64
  private let timeoutNanoseconds: Int64
  private var dueNanoseconds: Int64
  private var isPingSent = false

  init?(_ settings: GRPCClientSettings, now: Int64) {
    guard let interval = settings.keepaliveIntervalNanoseconds else { return nil }
    intervalNanoseconds = interval
    timeoutNanoseconds = settings.keepaliveTimeoutNanoseconds
    dueNanoseconds = now + interval
  }

  /// When `advance` has something to do.
  var nextDeadlineNanoseconds: Int64 { dueNanoseconds }

  /// Anything that arrives is a sign of life.
  mutating func received(at now: Int64) {
    isPingSent = false
    dueNanoseconds = now + intervalNanoseconds
  }

  mutating func advance(to now: Int64, isAllowed: Bool) -> OnAdvance {
    guard now >= dueNanoseconds else { return .nothing }
    if isPingSent { return .giveUp }
    guard isAllowed else {
      dueNanoseconds = now + intervalNanoseconds
      return .nothing
    }
    isPingSent = true
    dueNanoseconds = now + timeoutNanoseconds
    return .sendPing
  }
}
