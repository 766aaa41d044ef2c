import Measurement
import Testing

@testable import LoadGenerator

@Suite struct ScheduleTests {
  @Test func `constant calls are due where the rate has them, also after a million`() {
    var times = IntendedTimes(ratePerSecond: 3, .constant, seed: 1)
    #expect(times.next == 0)
    for _ in 0..<3_000_000 { times.advance() }
    #expect(times.next == 1_000_000_000_000_000)
  }

  @Test func `Poisson calls have the rate and the spread of their process`() {
    var times = IntendedTimes(ratePerSecond: 1_000, .poisson, seed: 7)
    var gaps: [Double] = []
    var last: Int64 = 0
    for _ in 0..<100_000 {
      gaps.append(Double(times.next - last) / 1e6)
      last = times.next
      times.advance()
    }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    #expect(abs(mean - 1) < 0.02)
    #expect(abs(variance - 1) < 0.04)
    // One in e gaps is longer than the mean.
    #expect(abs(Double(gaps.count { $0 > 1 }) / Double(gaps.count) - 0.3679) < 0.01)
  }

  @Test func `a seed gives the same times again, and another one others`() {
    func times(_ seed: UInt64) -> [Int64] {
      var times = IntendedTimes(ratePerSecond: 50, .poisson, seed: seed)
      return (0..<20).map { _ in
        defer { times.advance() }
        return times.next
      }
    }
    #expect(times(1) == times(1))
    #expect(times(1) != times(2))
  }

  @Test func `answers wait for the end of a stall`() {
    let service = ServiceTime(
      answerNanoseconds: 100, stallNanoseconds: 1_000, everyNanoseconds: 10_000)
    #expect(service.answerTime(arrival: 0) == 100)
    #expect(service.answerTime(arrival: 9_899) == 9_999)
    #expect(service.answerTime(arrival: 9_950) == 11_000)
    #expect(service.answerTime(arrival: 10_200) == 11_100)
    #expect(service.answerTime(arrival: 11_000) == 11_100)
  }

  @Test func `a ratio has a mean and an interval`() throws {
    let ratio = try #require(Comparison.ratio([2, 4, 2, 4], [1, 2, 1, 2]))
    #expect(abs(ratio.mean - 2) < 1e-12 && abs(ratio.low - 2) < 1e-12)
    // Logarithms ln 2 and ln 8 a half each: the mean is 4, the interval 4 / e^w to 4 * e^w.
    let spread = try #require(Comparison.ratio([2, 8, 2, 8], [1, 1, 1, 1]))
    #expect(abs(spread.mean - 4) < 1e-12)
    #expect(abs(spread.low * spread.high - 16) < 1e-9)
    // The deviation is ln 4 / 2 * sqrt(4 / 3), the error half of that, times 3.182.
    #expect(abs(NaturalLogarithm.of(spread.high / 4) - 1.273_3) < 0.001)
    #expect(Comparison.ratio([1], [1]) == nil)
    #expect(Comparison.ratio([1, 0], [1, 1]) == nil)
  }
}
