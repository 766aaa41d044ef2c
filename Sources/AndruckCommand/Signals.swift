#if canImport(Glibc)
  import Glibc
#endif

/// The signals that a server's process waits for.
enum Signals {
  /// Keeps them from ending the process; called before any thread is started.
  static func hold() {
    var set = heldSet()
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// What a signal asks a server for.
  enum Request {
    /// SIGHUP: to read files again.
    case reload
    /// SIGTERM or SIGINT: to end.
    case stop
  }

  /// Waits on the main thread for the next signal.
  ///
  /// A stop that comes after `stopsBefore` others ends the process at once.
  static func next(stopsBefore: Int) -> Request {
    var set = heldSet()
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      if number == SIGHUP { return .reload }
      if stopsBefore > 0 { exit(128 + number) }
      return .stop
    }
  }

  private static func heldSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
    return set
  }
}
