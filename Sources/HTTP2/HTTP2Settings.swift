/// The limits of one end of an HTTP/2 connection.
public struct HTTP2Settings: Hashable, Sendable {
  /// Streams that the peer may have open at once.
  public var maxConcurrentStreams = 1024

  /// Bytes that the peer may send on one stream before they are consumed.
  public var initialWindowBytes = 1_048_576

  /// Bytes that the peer may send on all streams together before they are consumed.
  public var connectionWindowBytes = 4_194_304

  /// Size of a header block, counted as RFC 9113 section 6.5.2 does: name, value and 32 a field.
  public var maxHeaderListBytes = 16_384

  /// Largest frame that the peer may send (RFC 9113 allows 16,384 to 16,777,215).
  public var maxFrameBytes = 16_384

  /// A stream is writable while fewer bytes than this wait to be sent on it.
  public var backlogLimitBytes = 65_536

  /// Streams that the peer may reset at once before the connection is ended (rapid reset).
  public var resetBurst = 1000

  /// Resets a second that are forgiven.
  public var resetsPerSecond = 200

  /// PING, SETTINGS, PRIORITY and empty DATA frames that the peer may send at once.
  public var controlFrameBurst = 10_000

  /// Such frames a second that are forgiven.
  public var controlFramesPerSecond = 1000

  /// Whether bytes that are not consumed count against the window of all streams, too.
  ///
  /// Without it one stream that nobody reads does not stop the others; what may wait is then
  /// bounded by the windows of all streams together.
  public var holdsConnectionWindow = true

  /// How long the peer may let this end wait.
  public var timeouts = HTTP2Timeouts()

  /// The defaults.
  public init() {}
}
