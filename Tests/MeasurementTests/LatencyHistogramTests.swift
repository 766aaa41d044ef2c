import Measurement
import Testing

@Suite struct LatencyHistogramTests {
  /// Rows of HdrHistogram's own tests of equivalent values, for 3 digits, and the ends.
  @Test(arguments: [
    (0, 0, 0), (1, 1, 1), (2047, 2047, 2047), (2048, 2048, 2049), (4095, 4094, 4095),
    (4096, 4096, 4099), (8183, 8180, 8183), (10_000, 10_000, 10_007), (10_007, 10_000, 10_007),
    (10_008, 10_008, 10_015), (1_000_000, 999_936, 1_000_447),
  ])
  func `a value lies in the bucket that HdrHistogram puts it in`(
    value: Int64, lowest: Int64, highest: Int64
  ) {
    var histogram = LatencyHistogram()
    histogram.record(value)
    #expect(histogram.buckets.map { [$0.lowest, $0.highest, $0.count] } == [[lowest, highest, 1]])
    #expect(histogram.min == value)
    #expect(histogram.max == value)
    #expect(histogram.percentile(100) == highest)
    #expect(histogram.percentile(0) == lowest)
  }

  @Test func `percentiles are those of the ranks`() {
    var histogram = LatencyHistogram()
    for value in 1...1000 { histogram.record(Int64(value)) }
    let percentiles = [0, 0.1, 0.11, 50, 90, 99, 99.9, 99.91, 100]
    #expect(
      percentiles.map { histogram.percentile($0) } == [1, 1, 2, 500, 900, 990, 999, 1000, 1000])
    #expect(histogram.mean == 500.5)
    #expect(histogram.count(upTo: 250) == 250)
  }

  @Test func `every value is within a thousandth of what is reported`() {
    var value: Int64 = 1
    while value < LatencyHistogram.highestValue {
      var histogram = LatencyHistogram()
      histogram.record(value)
      let reported = histogram.percentile(50)
      #expect(reported >= value && reported - value <= value / 1000)
      value += value / 7 + 1
    }
  }

  @Test func `merging is the same as recording in one`() {
    var first = LatencyHistogram()
    var second = LatencyHistogram()
    var both = LatencyHistogram()
    for value in stride(from: Int64(1), to: 5_000_000, by: 7919) {
      first.record(value)
      both.record(value)
      second.record(value * 1000, times: 2)
      both.record(value * 1000, times: 2)
    }
    first.merge(second)
    #expect(first == both)
    second.merge(LatencyHistogram())
    #expect(second.count == first.count / 3 * 2)
  }

  @Test func `what is out of range is recorded at its end`() {
    var histogram = LatencyHistogram()
    histogram.record(-5)
    histogram.record(.max, times: 3)
    #expect(histogram.min == 0)
    #expect(histogram.max == LatencyHistogram.highestValue)
    #expect(histogram.overflowCount == 3)
    #expect(LatencyHistogram().percentile(99) == 0)
  }
}
