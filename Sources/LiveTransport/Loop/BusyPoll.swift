/// Tells an event loop when to look at its sockets again and again before it sleeps.
///
/// A processor that sleeps takes longer to wake than a call takes. So a loop that is called again
/// soon after each wait does better to stay awake: it does where its last waits were all shorter than
/// the limit. A wait that was longer makes it sleep at once until as many short ones have come again,
/// so that a limit's time is spent in vain at most once for `waitsMin` waits that were not.
///
/// Where another thread wants the processor, it gets it, and may keep it for its time slice: a loop that
/// sleeps would have been woken before that. What is lost so is held against what waits awake save: where
/// it is more, the loop sleeps for a number of waits, twice as many each time, up to a limit, and tries
/// again after them. A thread that takes a tenth of a millisecond now and then, as that of the service
/// log does, changes nothing: 0.1 ms in 10 ms, in which 300 waits have saved 0.6 ms.
struct BusyPoll {
  /// How long the loop stays awake at most, in nanoseconds; 0 for a loop that always sleeps.
  let limitNanoseconds: Int64

  private var shortWaits = 0
  /// Waits that are still to be slept, and how many it will be when the processor is kept again.
  private var pausedWaits = 0
  private var nextPause = Self.pauseMin
  private var waitsSincePause = 0
  /// How much longer other threads have kept the processor than waits saved since; never negative.
  private var lostNanoseconds: Int64 = 0

  /// How many waits in a row must have been short.
  static let waitsMin = 4

  /// What a wait awake saves at least: waking a processor takes 2 to 25 microseconds.
  static let savedNanoseconds: Int64 = 2_000

  /// How much may be lost; less than a time slice, which is a millisecond or more.
  static let lostNanosecondsMax: Int64 = 500_000

  /// For how many waits the loop sleeps after other threads have kept the processor, at first and at
  /// most; as many good ones make it the least again.
  static let pauseMin = 64
  static let pauseMax = 16_384

  init(limitNanoseconds: Int64) { self.limitNanoseconds = limitNanoseconds }

  /// How long to stay awake in the next wait; 0 to sleep at once.
  var nextNanoseconds: Int64 {
    shortWaits >= Self.waitsMin && pausedWaits == 0 ? limitNanoseconds : 0
  }

  /// Takes note of how long a wait took, asleep or awake.
  mutating func waited(_ nanoseconds: Int64) {
    let wasAwake = nextNanoseconds > 0
    shortWaits = nanoseconds <= limitNanoseconds ? min(shortWaits + 1, Self.waitsMin) : 0
    if wasAwake, shortWaits > 0 {
      lostNanoseconds = max(0, lostNanoseconds - Self.savedNanoseconds)
    }
    if pausedWaits > 0 {
      pausedWaits -= 1
    } else if nextPause > Self.pauseMin {
      waitsSincePause += 1
      if waitsSincePause >= nextPause { nextPause = Self.pauseMin }
    }
  }

  /// Takes note of how long another thread has kept the processor while the loop was awake.
  mutating func processorWasKept(forNanoseconds nanoseconds: Int64) {
    lostNanoseconds += nanoseconds
    guard lostNanoseconds > Self.lostNanosecondsMax else { return }
    lostNanoseconds = 0
    pausedWaits = nextPause
    nextPause = min(2 * nextPause, Self.pauseMax)
    waitsSincePause = 0
  }
}
