/// How sockets behave.
public struct SocketSettings: Hashable, Sendable {
  /// A stream is writable while fewer bytes than this wait beyond what the kernel holds.
  public var sendBufferBytes = 131_072

  /// What arrives at once on the only busy connection is handed over in pieces of this many bytes, so
  /// that the first answers are on their way while the others are made.
  ///
  /// Twenty small requests are one; a piece more costs a system call, and one that wakes the peer.
  public var pieceBytes = 2_048

  /// How long `close` waits for a peer that takes nothing, or that does not close, in nanoseconds.
  public var lingerNanoseconds: Int64 = 5_000_000_000

  /// How long a peer may leave bytes or probes unacknowledged, in seconds; then it has timed out.
  public var unacknowledgedSecondsMax: Int32 = 60

  /// How long a connection is silent before the kernel probes the peer, in seconds.
  public var keepAliveSeconds: Int32 = 60

  /// How long a client may take to send its first byte, in nanoseconds; then it is cut off.
  public var firstByteNanoseconds: Int64 = 10_000_000_000

  /// How many accepted connections may be open at once; others wait in the kernel's queue.
  public var connectionsMax = 20_000

  /// How many connections wait in the kernel to be accepted.
  public var backlog: Int32 = 4_096

  /// After how long the next address of a host is tried, in nanoseconds.
  public var nextAddressNanoseconds: Int64 = 2_000_000_000

  /// The defaults.
  public init() {}
}
