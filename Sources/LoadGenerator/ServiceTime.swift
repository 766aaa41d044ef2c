/// How long a server of known service time takes, so that what a load generator says can be checked.
public struct ServiceTime: Hashable, Sendable {
  /// From a request's arrival to its answer, in nanoseconds.
  public var answerNanoseconds: Int64

  /// How long the server does nothing at all, in nanoseconds; 0 for never.
  public var stallNanoseconds: Int64

  /// How often it does nothing, in nanoseconds: at this time after its start, and again and again.
  public var everyNanoseconds: Int64

  /// A service time, with or without stalls.
  public init(
    answerNanoseconds: Int64, stallNanoseconds: Int64 = 0, everyNanoseconds: Int64 = 0
  ) {
    precondition(
      stallNanoseconds == 0 || stallNanoseconds < everyNanoseconds,
      "a stall of \(stallNanoseconds) ns every \(everyNanoseconds) ns")
    self.answerNanoseconds = answerNanoseconds
    self.stallNanoseconds = stallNanoseconds
    self.everyNanoseconds = everyNanoseconds
  }

  /// When a request that arrives at a time after the server's start is answered.
  ///
  /// With answers after 100 ms and a stall of 1 s every 10 s, a request of 10.2 s is taken up at 11 s
  /// and answered at 11.1 s; the answer to one of 9.95 s, due at 10.05 s, goes out at 11 s.
  public func answerTime(arrival: Int64) -> Int64 {
    afterStall(afterStall(arrival) + answerNanoseconds)
  }

  private func afterStall(_ time: Int64) -> Int64 {
    guard stallNanoseconds > 0, time >= everyNanoseconds else { return time }
    let within = time % everyNanoseconds
    return within < stallNanoseconds ? time - within + stallNanoseconds : time
  }
}
