import CBenchmarks

/// Measures benchmarks in rounds that take turns, each between two runs of the reference loop.
///
/// Time is CPU time, so that other processes count little; what they still do to caches and clock
/// rates, they do to the reference loop beside it as well.
struct Measuring {
  var rounds = 9
  /// CPU time of one benchmark in one round, about.
  var roundNanoseconds: Int64 = 60_000_000

  static let referenceSteps: UInt64 = 2_000_000

  private final class Series {
    let benchmark: Benchmark
    let work: Benchmark.Work
    var units = 1
    var nanoseconds: [Double] = []
    var ratios: [Double] = []
    var allocations: [Double] = []

    init(_ benchmark: Benchmark) throws {
      self.benchmark = benchmark
      work = try benchmark.prepare()
      units = benchmark.unitsMin
    }
  }

  func findings(of benchmarks: [Benchmark]) throws -> [Finding] {
    let series = try benchmarks.map { benchmark in
      do {
        let series = try Series(benchmark)
        try chooseUnits(series)
        return series
      } catch {
        throw BenchmarkError("\(benchmark.name): \(error)")
      }
    }
    for _ in 0..<rounds {
      for one in series { try round(one) }
    }
    return series.map { one in
      Finding(
        name: one.benchmark.name, unit: one.benchmark.unit,
        nanoseconds: Self.median(one.nanoseconds), ratio: Self.median(one.ratios),
        ratioRange: (one.ratios.min() ?? 0)...(one.ratios.max() ?? 0),
        allocations: one.allocations.min() ?? 0)
    }
  }

  /// Doubles the units until a round takes long enough; warms up on the way.
  private func chooseUnits(_ series: Series) throws {
    while true {
      let spent = try cost(series, series.work.perform).nanoseconds
      if spent >= roundNanoseconds { return }
      if spent >= roundNanoseconds / 8 {
        series.units = Int(Double(series.units) * Double(roundNanoseconds) / Double(spent)) + 1
        return
      }
      series.units *= 2
    }
  }

  private func round(_ series: Series) throws {
    let before = Self.referenceNanoseconds()
    var (nanoseconds, allocations) = try cost(series, series.work.perform)
    if let surroundings = series.work.surroundings {
      let around = try cost(series, surroundings)
      nanoseconds -= around.nanoseconds
      allocations -= around.allocations
    }
    let after = Self.referenceNanoseconds()
    let each = Double(nanoseconds) / Double(series.units)
    let thousandSteps = (before + after) / 2 * 1_000 / Double(Self.referenceSteps)
    series.nanoseconds.append(each)
    series.ratios.append(each / thousandSteps)
    series.allocations.append(Double(allocations) / Double(series.units))
  }

  private func cost(
    _ series: Series, _ perform: (Int) throws -> Void
  ) throws -> (nanoseconds: Int64, allocations: Int64) {
    let clock =
      switch series.benchmark.clock {
      case .thread: bench_thread_nanoseconds
      case .process: bench_process_nanoseconds
      }
    let allocations = bench_allocations()
    let start = clock()
    try perform(series.units)
    return (clock() - start, Int64(bench_allocations() - allocations))
  }

  /// CPU time of one run of the reference loop.
  static func referenceNanoseconds() -> Double {
    let start = bench_thread_nanoseconds()
    let state = bench_reference(referenceSteps)
    let spent = bench_thread_nanoseconds() - start
    // Keeps the optimiser from leaving the loop out.
    if state == 1 { print(state) }
    return Double(spent)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    if sorted.isEmpty { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
