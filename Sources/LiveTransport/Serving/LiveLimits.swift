import CEpoll
import Glibc
public import HTTP2

/// How a live server uses the machine.
public struct LiveLimits: Sendable {
  /// The address to listen on.
  public var host = "0.0.0.0"

  /// The port; 0 for one that the system chooses.
  public var port = 0

  /// How many event loops share the connections.
  public var loops = 1

  /// How long an event loop stays awake at most while its waits are shorter than that, in
  /// nanoseconds; 0 for one that always sleeps.
  ///
  /// Nil is a tenth of a millisecond while loops leave a processor over, that is while fewer of them
  /// are awake than there are processors: who has a processor to lose answers faster, who has not would
  /// slow himself down.
  public var busyPollNanoseconds: Int64?

  /// What a `busyPollNanoseconds` of nil means where processors are left over.
  public static let busyPollDefaultNanoseconds: Int64 = 100_000

  /// How long loops stay awake, and the count that keeps them from it; nil where a time was asked for.
  func busyPoll(
    processors: Double = Self.processorsGranted
  ) -> (nanoseconds: Int64, awake: AwakeLoops?) {
    if let busyPollNanoseconds { return (busyPollNanoseconds, nil) }
    if processors <= 1 { return (0, nil) }
    return (Self.busyPollDefaultNanoseconds, AwakeLoops(processors: processors))
  }

  /// How long running calls may go on after a stop, in nanoseconds; then they are cut off.
  public var graceNanoseconds: Int64 = 30_000_000_000

  /// The certificate and key of TLS; nil serves in plain text.
  public var tls: TLSServer?

  /// How sockets behave.
  public var sockets = SocketSettings()

  /// The defaults.
  public init() {}

  /// What peers may make a live server wait for, at most; a simulation sets no such limits.
  public static var timeouts: HTTP2Timeouts {
    var timeouts = HTTP2Timeouts()
    timeouts.prefaceNanoseconds = 10_000_000_000
    timeouts.frameNanoseconds = 30_000_000_000
    timeouts.idleNanoseconds = 3_600_000_000_000
    timeouts.pingNanoseconds = 600_000_000_000
    timeouts.stallNanoseconds = 60_000_000_000
    return timeouts
  }

  /// Allows this process as many open files as the system lets it, and writes to peers that have
  /// gone to fail instead of ending it.
  public static func prepareProcess() {
    signal(SIGPIPE, SIG_IGN)
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// How many processors this process may use.
  public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// How many processors this process may keep busy: those that it may run on, and no more than its
  /// control group's limit, as a container has.
  static var processorsGranted: Double {
    let usable = Double(max(1, andruck_processors()))
    let limit = CPULimit.ofControlGroup { SmallFile.text(at: $0) }
    return min(usable, limit ?? usable)
  }
}
