import Measurement

/// Ratios of what two targets did in turns of one run.
///
/// Each round measures both, and gives one ratio of each figure. Told are the geometric mean of the
/// ratios and its 95 % confidence interval by Student's distribution of their logarithms.
public struct Comparison: Sendable {
  /// A ratio, and where it lies with a probability of 95 %.
  public struct Ratio: Hashable, Sendable {
    /// The geometric mean of the rounds.
    public let mean: Double
    /// The lower end of the interval.
    public let low: Double
    /// The upper end of the interval.
    public let high: Double

    /// Whether the interval leaves 1 out, so that the two differ.
    public var isDifferent: Bool { low > 1 || high < 1 }
  }

  /// A figure, and the ratio of the first target's to the second's.
  public let figures: [(name: String, ratio: Ratio)]

  /// Compares slices of two targets, the n-th of one with the n-th of the other.
  public init(_ first: [LoadResult], _ second: [LoadResult]) {
    precondition(first.count == second.count, "\(first.count) rounds and \(second.count)")
    let values: [(String, (LoadResult) -> Double)] = [
      ("throughput", { $0.perSecond }), ("mean", { $0.latencies.mean }),
      ("p50", { Double($0.latencies.percentile(50)) }),
      ("p99", { Double($0.latencies.percentile(99)) }),
    ]
    figures = values.compactMap { name, value in
      Self.ratio(first.map(value), second.map(value)).map { (name, $0) }
    }
  }

  /// The ratio of pairs; nil with less than two of them, or where one is not positive.
  public static func ratio(_ first: [Double], _ second: [Double]) -> Ratio? {
    let pairs = zip(first, second)
    guard first.count > 1, pairs.allSatisfy({ $0 > 0 && $1 > 0 }) else { return nil }
    let logarithms = pairs.map { NaturalLogarithm.of($0) - NaturalLogarithm.of($1) }
    let count = Double(logarithms.count)
    let mean = logarithms.reduce(0, +) / count
    let squares = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (squares / (count - 1) / count).squareRoot()
    let width = error * student(freedom: logarithms.count - 1)
    return Ratio(
      mean: exponential(mean), low: exponential(mean - width), high: exponential(mean + width))
  }

  /// The 97.5th percentile of Student's distribution.
  static func student(freedom: Int) -> Double {
    let table = [
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
      2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
      2.052, 2.048, 2.045, 2.042,
    ]
    return freedom <= table.count ? table[freedom - 1] : 1.96 + 2.4 / Double(freedom)
  }

  /// e to a small power: the series, after halving until it converges fast.
  static func exponential(_ power: Double) -> Double {
    var halvings = 0
    var small = power
    while abs(small) > 0.5, halvings < 64 {
      small /= 2
      halvings += 1
    }
    var term = 1.0
    var sum = 1.0
    for index in 1...18 {
      term *= small / Double(index)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }
}
