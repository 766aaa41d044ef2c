/// One thing that is measured, in units of which each round performs many.
struct Benchmark {
  /// Whose CPU time counts.
  enum Clock {
    /// That of the thread that performs it: everything happens there.
    case thread
    /// That of the whole process: other threads take part.
    case process
  }

  /// What performs units.
  struct Work {
    /// Performs so many units.
    let perform: (Int) throws -> Void
    /// Performs all that surrounds so many units, but none of them; what it costs is taken off.
    var surroundings: ((Int) throws -> Void)?
    /// What must live as long.
    var held: [AnyObject] = []
  }

  let name: String
  /// What one unit is, such as `event`.
  let unit: String
  var clock = Clock.thread
  /// The fewest units that are worth a round.
  var unitsMin = 1
  /// Makes the work ready; called once.
  let prepare: () throws -> Work
}

/// What was found about a benchmark.
struct Finding {
  let name: String
  let unit: String
  /// Median of the rounds, in nanoseconds of CPU a unit.
  let nanoseconds: Double
  /// Median of the rounds: a unit's cost in thousands of steps of the reference loop.
  let ratio: Double
  /// The lowest and highest ratio of a round.
  let ratioRange: ClosedRange<Double>
  /// Fewest of all rounds.
  let allocations: Double

  /// How many units a second of one processor performs.
  var perSecond: Double { 1e9 / nanoseconds }
}
