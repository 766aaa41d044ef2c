/// Tells an event loop when to look at its sockets again and again before it sleeps.
///
/// A processor that sleeps takes longer to wake than a call takes. So a loop that is called again
/// soon after each wait does better to stay awake: it does where its last waits were all shorter than
/// the limit. A wait that was longer makes it sleep at once until as many short ones have come again,
/// so that a limit's time is spent in vain at most once for `waitsMin` waits that were not.
struct BusyPoll {
  /// How long the loop stays awake at most, in nanoseconds; 0 for a loop that always sleeps.
  let limitNanoseconds: Int64

  private var shortWaits = 0

  /// How many waits in a row must have been short.
  static let waitsMin = 4

  init(limitNanoseconds: Int64) { self.limitNanoseconds = limitNanoseconds }

  /// How long to stay awake in the next wait; 0 to sleep at once.
  var nextNanoseconds: Int64 { shortWaits >= Self.waitsMin ? limitNanoseconds : 0 }

  /// Takes note of how long a wait took, asleep or awake.
  mutating func waited(_ nanoseconds: Int64) {
    shortWaits = nanoseconds <= limitNanoseconds ? min(shortWaits + 1, Self.waitsMin) : 0
  }
}
