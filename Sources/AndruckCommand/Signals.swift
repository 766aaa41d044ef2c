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

  /// Waits on the main thread: a first SIGTERM or SIGINT calls `stop`, a second ends the process
  /// at once; SIGHUP calls `reload`.
  static func wait(reload: () -> Void, stop: () -> Void) -> Never {
    var set = heldSet()
    var isStopping = false
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      if number == SIGHUP {
        reload()
      } else if isStopping {
        exit(128 + number)
      } else {
        isStopping = true
        stop()
      }
    }
  }

  private static func heldSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
    return set
  }
}
