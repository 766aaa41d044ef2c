/// The numbers of the simulated TCP; the defaults are those of Linux where it has one.
public struct NetworkLimits: Hashable, Sendable {
  /// Bytes that may wait for the peer's window before a stream is not writable.
  public var sendBufferBytesMax = 262_144
  /// Bytes that may be under way to, or unread at, one end; the window that it offers.
  public var receiveBufferBytesMax = 262_144
  /// Bytes that one segment carries at most: an IPv4 packet less its headers.
  public var segmentBytesMax = 65_495
  /// Bytes of a packet's payload on the wire, for timing and loss (MSS).
  public var packetBytesMax = 1460

  /// The shortest time until a lost segment is sent again (TCP_RTO_MIN); doubles with each loss.
  public var retransmissionTimeout = Duration.milliseconds(200)
  /// The longest time until a lost segment is sent again (TCP_RTO_MAX).
  public var retransmissionTimeoutMax = Duration.seconds(120)
  /// How often a segment is sent again before the stream times out (net.ipv4.tcp_retries2).
  ///
  /// Worked example: with the defaults a stream whose peer has gone silent times out
  /// 0.2 + 0.4 + … + 102.4 + 6 * 120 = 924.6 seconds after the first segment that was lost.
  public var retransmissionsMax = 15

  /// Time until an unanswered SYN is sent again (RFC 6298); doubles each time.
  public var connectTimeout = Duration.seconds(1)
  /// How often a SYN is sent again (net.ipv4.tcp_syn_retries).
  ///
  /// Worked example: with the defaults a connect times out after 1 + 2 + … + 64 = 127 seconds.
  public var connectRetransmissionsMax = 6

  /// How long an idle stream outlives the way to its peer; nil: for ever.
  ///
  /// The default is Go's keep-alive: 15 seconds idle, then 9 probes in 15 seconds each.
  public var keepAliveTimeout: Duration? = .seconds(150)
  /// When, after the way is whole again, a keep-alive finds out that the peer has no state.
  public var keepAliveInterval = Duration.seconds(15)

  /// The defaults.
  public init() {}
}

/// What the way from one host to another is like.
public struct LinkProfile: Hashable, Sendable {
  /// Time that a packet takes from one host to the other.
  public var latency: Duration
  /// Up to this much is added to the latency, evenly distributed; the order of bytes stays.
  public var jitter: Duration
  /// Bits a second that one sending host gets through; nil: no limit.
  public var bitsPerSecond: Int64?
  /// Probability that a packet is lost, 0 to 1.
  public var loss: Double

  /// Makes a profile.
  public init(
    latency: Duration, jitter: Duration = .zero, bitsPerSecond: Int64? = nil, loss: Double = 0
  ) {
    precondition(latency >= .zero && jitter >= .zero, "a negative latency or jitter")
    precondition(bitsPerSecond.map { $0 > 0 } ?? true, "a bandwidth of \(bitsPerSecond ?? 0)")
    precondition(loss >= 0 && loss <= 1, "a probability of loss of \(loss)")
    self.latency = latency
    self.jitter = jitter
    self.bitsPerSecond = bitsPerSecond
    self.loss = loss
  }

  /// Between two hosts of one data centre: 250 µs, 10 Gbit/s.
  public static let dataCentre = LinkProfile(
    latency: .microseconds(250), bitsPerSecond: 10_000_000_000)

  /// Between processes of one host: 15 µs.
  public static let loopback = LinkProfile(latency: .microseconds(15))
}
