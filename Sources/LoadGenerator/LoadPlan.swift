/// How a load is made: who waits for whom, how much of it, for how long.
public struct LoadPlan: Sendable {
  /// When the next call begins.
  public enum Shape: Hashable, Sendable {
    /// A call begins when another one ends, so that a number of them runs all the time.
    case closed(concurrency: Int)
    /// Calls begin at times of a schedule, whatever became of those before.
    case open(ratePerSecond: Double, LoadArrivals)
  }

  /// When a slice of the load ends.
  public enum End: Hashable, Sendable {
    /// After a time, in nanoseconds.
    case time(Int64)
    /// After a number of calls.
    case count(Int)
  }

  /// When the next call begins.
  public var shape: Shape

  /// When the measurement ends.
  public var end: End

  /// How long calls are made before they are measured, in nanoseconds.
  public var warmUpNanoseconds: Int64 = 0

  /// How many connections share the calls.
  public var connections = 1

  /// How many calls run on one connection at once, at most.
  public var streamsPerConnection = 100

  /// How long a call may take, in nanoseconds; of an open load from its intended beginning.
  public var deadlineNanoseconds: Int64?

  /// How long calls that still run are waited for in the end, in nanoseconds.
  public var drainNanoseconds: Int64 = 30_000_000_000

  /// The seed of the gaps between calls.
  public var seed: UInt64 = 1

  /// A plan of a shape and an end.
  public init(_ shape: Shape, until end: End) {
    self.shape = shape
    self.end = end
  }
}

/// How the intended times of an open load lie.
public enum LoadArrivals: String, CaseIterable, Hashable, Sendable {
  /// Evenly.
  case constant
  /// As a Poisson process: with independent, exponential gaps.
  case poisson
}
