import Synchronization

/// How many event loops of a process are not asleep, to tell whether one more processor may be kept
/// from sleeping.
///
/// A loop that waits awake takes a processor from whoever else could use it: the peer on this machine, or
/// the loop's own siblings. So it does only while fewer loops are awake, itself included, than there are
/// processors.
final class AwakeLoops: Sendable {
  private let count = Atomic<Int>(0)
  private let processors: Double

  /// Loops that share so many processors.
  init(processors: Double) { self.processors = processors }

  /// A loop begins to run, or has slept.
  func wokeUp() { count.add(1, ordering: .relaxed) }

  /// A loop is about to sleep, or has ended.
  func fellAsleep() { count.subtract(1, ordering: .relaxed) }

  /// Whether a loop that is awake may stay so while it waits.
  var leavesProcessorOver: Bool { Double(count.load(ordering: .relaxed)) < processors }
}
