import Measurement
import Scenario
import SimulationKernel
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ArrivalsTests {
  @Test func `the logarithm is within two units in the last place of libm's`() {
    let random = RandomStream(seed: 1, name: "test")
    var numbers = (0..<100_000).map { _ in 1 - random.double() }
    numbers += (0..<100_000).map { _ in
      Double(bitPattern: 1 + random.next() % 0x7fef_ffff_ffff_fffe)
    }
    numbers += (0..<20_000).map { 0.5 + Double($0) / 10_000 }
    numbers += [1, 2, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0x1p-53]
    numbers += [(1.0).nextUp, (1.0).nextDown, 2.0.squareRoot(), 0.5.squareRoot()]
    var worst = 0.0
    for number in numbers where number != 1 {
      let expected = log(number)
      worst = max(worst, abs(NaturalLogarithm.of(number) - expected) / expected.ulp)
    }
    #expect(worst <= 2)
    #expect(NaturalLogarithm.of(1) == 0)
  }

  @Test func `the logarithm has the same bits everywhere`() {
    let numbers = [0.1, 0.5, 0.7, 0.999, 1.5, 3.0, 10, 1e-300]
    let bits = numbers.map { String(NaturalLogarithm.of($0).bitPattern, radix: 16) }
    #expect(bits == Self.goldenBits)
  }

  private static let goldenBits = [
    "c0026bb1bbb55515", "bfe62e42fefa39ef", "bfd6d3c324e13f50", "bf5064670d979b73",
    "3fd9f323ecbf984c", "3ff193ea7aad030a", "40026bb1bbb55516", "c085963447f87fb5",
  ]

  private func times(
    _ process: ArrivalProcess, _ pieces: [RateSchedule.Piece], max count: Int = .max
  ) -> [Int64] {
    let random = RandomStream(seed: 1, name: "traffic/test")
    var arrivals = Arrivals(process, RateSchedule(pieces), random: random)
    var times: [Int64] = []
    while times.count < count, let time = arrivals.next() { times.append(time) }
    return times
  }

  @Test func `constant arrivals are exact and do not drift`() {
    let times = times(.constant, [.constant(300, for: .seconds(1000))])
    #expect(times.count == 300_000)
    #expect(times[1] == 3_333_333)
    #expect(times[3] == 10_000_000)
    #expect(times[299_999] == 999_996_666_666)
  }

  @Test func `pieces follow each other`() {
    let times = times(
      .constant,
      [
        .constant(2, for: .seconds(1)), .constant(0, for: .seconds(5)),
        .constant(4, for: .milliseconds(500)), .constant(1, for: nil),
      ], max: 6)
    #expect(
      times == [0, 500_000_000, 6_000_000_000, 6_250_000_000, 6_500_000_000, 7_500_000_000])
  }

  @Test func `ramps make as many arrivals as the area under them`() {
    let up = times(.constant, [.ramp(from: 0, to: 10, for: .seconds(10))])
    #expect(up.count == 50)
    #expect(up[1] == 1_414_213_562)
    #expect(up[2] == 2_000_000_000)
    let down = times(.constant, [.ramp(from: 10, to: 0, for: .seconds(10))])
    #expect(down.count == 50)
    // The last but n come as long before the end as the first n come after the start.
    #expect(down[48] == 8_000_000_000)
  }

  @Test func `Poisson arrivals have exponential gaps and the right rate`() {
    let times = times(.poisson, [.constant(1000, for: .seconds(100))])
    #expect(abs(times.count - 100_000) < 1000)
    #expect(times == times.sorted())
    let gaps = zip(times.dropFirst(), times).map { Double($0 - $1) / 1e6 }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(gaps.count)
    #expect(abs(mean - 1) < 0.01)
    #expect(abs(variance - 1) < 0.03)
    let long = Double(gaps.count { $0 > 2 }) / Double(gaps.count)
    #expect(abs(long - 0.1353) < 0.005)
  }

  @Test func `steps are constant pieces of one length`() {
    let schedule = RateSchedule.steps([1, 2], each: .seconds(3))
    let pieces: [RateSchedule.Piece] = [
      .constant(1, for: .seconds(3)), .constant(2, for: .seconds(3)),
    ]
    #expect(schedule.pieces == pieces)
    #expect(times(.constant, schedule.pieces).count == 9)
  }
}
