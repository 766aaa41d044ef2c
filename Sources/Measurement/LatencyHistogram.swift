/// Counts of latencies in nanoseconds, exact to three significant digits, up to 1000 seconds.
///
/// The buckets are those of HdrHistogram with lowest value 1, highest value 10^12 and 3 significant
/// digits: 2048 sub-buckets, of which each further bucket uses the upper half, twice as wide as
/// those of the bucket before. Worked example: 10,000 lies in bucket 3 (values 8192 to 16,383, sub-
/// buckets 8 wide); its equivalents are 10,000 to 10,007.
public struct LatencyHistogram: Sendable, Equatable {
  /// The highest value that is told apart from higher ones.
  public static let highestValue: Int64 = 1_000_000_000_000

  private static let subBucketHalfCountBits = 10
  private static let subBucketHalfCount = 1 << subBucketHalfCountBits
  private static let subBucketMask: Int64 = 2047

  private var counts: [Int64] = []

  /// Number of values recorded.
  public private(set) var count: Int64 = 0
  /// Number of values above `highestValue`, which were recorded as that.
  public private(set) var overflowCount: Int64 = 0
  /// The lowest value recorded, itself; 0 if there is none.
  public private(set) var min: Int64 = 0
  /// The highest value recorded, itself (at most `highestValue`); 0 if there is none.
  public private(set) var max: Int64 = 0

  /// Makes an empty histogram.
  public init() {}

  /// Records a latency, `times` times; negative ones count as zero.
  public mutating func record(_ nanoseconds: Int64, times: Int64 = 1) {
    precondition(times >= 0, "a value recorded \(times) times")
    if times == 0 { return }
    if nanoseconds > Self.highestValue { overflowCount += times }
    let value = Swift.min(Swift.max(nanoseconds, 0), Self.highestValue)
    let index = Self.index(of: value)
    grow(to: index + 1)
    counts[index] += times
    min = count == 0 ? value : Swift.min(min, value)
    max = Swift.max(max, value)
    count += times
  }

  /// Adds the values of another histogram.
  public mutating func merge(_ other: LatencyHistogram) {
    if other.count == 0 { return }
    grow(to: other.counts.count)
    for (index, number) in other.counts.enumerated() { counts[index] += number }
    min = count == 0 ? other.min : Swift.min(min, other.min)
    max = Swift.max(max, other.max)
    count += other.count
    overflowCount += other.overflowCount
  }

  /// The value that `percentile` of all values do not exceed, up to its equivalents; 0 if empty.
  ///
  /// As HdrHistogram has it: the highest value equivalent to the one of that rank, for percentile 0
  /// the lowest. The percentile is nudged down by one ulp, so that 90 of ten values is the ninth.
  public func percentile(_ percentile: Double) -> Int64 {
    if count == 0 { return 0 }
    let requested = Swift.min(Swift.max(percentile.nextDown, 0), 100)
    let fraction = requested * Double(count) / 100
    var rank = Int64(fraction)
    if Double(rank) < fraction { rank += 1 }
    rank = Swift.max(rank, 1)
    var total: Int64 = 0
    for (index, number) in counts.enumerated() {
      total += number
      if total >= rank {
        let value = Self.value(at: index)
        return percentile == 0 ? value : Self.highestEquivalent(of: value)
      }
    }
    return max
  }

  /// The mean of the values' equivalents, each in the middle of its sub-bucket; 0 if empty.
  public var mean: Double {
    if count == 0 { return 0 }
    var sum = 0.0
    for (index, number) in counts.enumerated() where number > 0 {
      let value = Self.value(at: index)
      sum += Double(value + Self.width(at: value) >> 1) * Double(number)
    }
    return sum / Double(count)
  }

  /// Number of values up to `nanoseconds` and its equivalents.
  public func count(upTo nanoseconds: Int64) -> Int64 {
    if nanoseconds < 0 { return 0 }
    let last = Self.index(of: Swift.min(nanoseconds, Self.highestValue))
    return counts.prefix(last + 1).reduce(0, +)
  }

  /// The sub-buckets with values in them, from low to high.
  public var buckets: [Bucket] {
    counts.indices.filter { counts[$0] > 0 }.map { index in
      let value = Self.value(at: index)
      return Bucket(
        lowest: value, highest: Self.highestEquivalent(of: value), count: counts[index])
    }
  }

  /// Values that are not told apart, and how often they were recorded.
  public struct Bucket: Sendable, Equatable {
    /// The lowest of the values.
    public let lowest: Int64
    /// The highest of the values.
    public let highest: Int64
    /// How many values were recorded.
    public let count: Int64
  }

  private mutating func grow(to length: Int) {
    if counts.count < length {
      counts.append(contentsOf: repeatElement(0, count: length - counts.count))
    }
  }

  private static func bucket(of value: Int64) -> Int {
    53 - (value | subBucketMask).leadingZeroBitCount
  }

  /// The position of a value's counter, as HdrHistogram numbers them.
  public static func index(of value: Int64) -> Int {
    let bucket = bucket(of: value)
    let subBucket = Int(value >> Int64(bucket))
    return (bucket + 1) << subBucketHalfCountBits + subBucket - subBucketHalfCount
  }

  private static func value(at index: Int) -> Int64 {
    let bucket = index >> subBucketHalfCountBits - 1
    let subBucket = index & (subBucketHalfCount - 1)
    if bucket < 0 { return Int64(subBucket) }
    return Int64(subBucket + subBucketHalfCount) << Int64(bucket)
  }

  private static func width(at value: Int64) -> Int64 { 1 << Int64(bucket(of: value)) }

  private static func highestEquivalent(of value: Int64) -> Int64 {
    let bucket = Int64(bucket(of: value))
    return (value >> bucket) << bucket + (1 << bucket) - 1
  }
}
