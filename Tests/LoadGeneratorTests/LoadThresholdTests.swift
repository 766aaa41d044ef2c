import GRPC
import LoadGenerator
import Measurement
import Testing

@Suite struct LoadThresholdTests {
  /// 99 answers after 1 ms, one after 1 s, one call that failed; 50 a second.
  private static let result: LoadResult = {
    var result = LoadResult()
    result.latencies.record(1_000_000, times: 99)
    result.latencies.record(1_000_000_000)
    result.statuses = [.ok: 100, .unavailable: 1]
    result.windowNanoseconds = 2_000_000_000
    result.endedInWindow = 100
    return result
  }()

  @Test(arguments: [
    ("p50>5ms", false), ("p50<5ms", true), ("p99.9>999ms", true), ("max >= 1s", true),
    ("max>1s", false), ("mean>10ms", true), ("mean>20ms", false), ("errors>0", true),
    ("errors>1", false), ("errors>=1", true), ("error-rate>0.5%", true), ("error-rate>1%", false),
    ("rate<60/s", true), ("rate<50", false), ("rate<=50", true),
  ])
  func `a condition is held against what was measured`(text: String, holds: Bool) throws {
    let threshold = try #require(LoadThreshold(text))
    #expect(threshold.holds(Self.result) == holds)
    #expect(threshold.text == text)
  }

  @Test(arguments: ["", "p99", "p99>", "p99>5", "p101>5ms", "speed>5", "errors>many", "p99=5ms"])
  func `what is no condition is refused`(text: String) {
    #expect(LoadThreshold(text) == nil)
  }

  @Test(
    arguments: [
      ("3", 3_000_000_000), ("1.5s", 1_500_000_000), ("20ms", 20_000_000), ("7us", 7_000),
      ("9ns", 9), ("2min", 120_000_000_000), ("1h", 3_600_000_000_000), ("0", 0),
    ] as [(String, Int64)])
  func `times are read with their units`(text: String, nanoseconds: Int64) {
    #expect(LoadTime.parse(text) == nanoseconds)
  }

  @Test(arguments: ["", "s", "-1s", "5 days", "1e300s", "x"])
  func `what is no time is refused`(text: String) { #expect(LoadTime.parse(text) == nil) }

  @Test(
    arguments: [
      (999, "999 ns"), (1_000, "1.00 us"), (12_345, "12.3 us"), (9_990_000, "9.99 ms"),
      (100_000_000, "100 ms"), (2_500_000_000, "2.50 s"), (123_456_000_000, "123 s"),
    ] as [(Double, String)])
  func `times are told with three digits`(nanoseconds: Double, text: String) {
    #expect(LoadTime.text(nanoseconds) == text)
  }
}
