/// How long a peer may let a connection wait; nil is for ever, which is the default of each.
public struct HTTP2Timeouts: Hashable, Sendable {
  /// From the connection's beginning to the end of the peer's preface and first frame.
  public var prefaceNanoseconds: Int64?

  /// From the first byte of a frame, or of a header block, to its last.
  public var frameNanoseconds: Int64?

  /// How long a connection may be without streams; it then ends with GOAWAY.
  public var idleNanoseconds: Int64?

  /// How long a peer may be silent before it is sent a PING.
  public var pingNanoseconds: Int64?

  /// How long a PING may stay unanswered; the connection is then given up.
  public var pingAnswerNanoseconds: Int64 = 20_000_000_000

  /// How long a peer may take nothing of what waits for it.
  ///
  /// A stream that waits for its window is then reset, a connection whose byte stream is full given
  /// up; both are found after at most twice this time.
  public var stallNanoseconds: Int64?

  /// No limits.
  public init() {}

  var isAnySet: Bool {
    prefaceNanoseconds != nil || frameNanoseconds != nil || idleNanoseconds != nil
      || pingNanoseconds != nil || stallNanoseconds != nil
  }
}
