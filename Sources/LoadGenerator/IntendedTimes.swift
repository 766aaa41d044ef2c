import Measurement

/// The intended beginnings of an open load's calls, in nanoseconds from its start, one by one.
///
/// The n-th of a constant load is n / rate; that of a Poisson load is the sum of n exponential gaps
/// over the rate. Neither accumulates roundings of single gaps: at 3 calls a second, call 3,000,000
/// is due after 1,000,000 s.
struct IntendedTimes {
  private let ratePerSecond: Double
  private let arrivals: LoadArrivals
  private var random: UInt64
  /// Expected calls until the next one, whole ones apart.
  private var whole: Int64 = 0
  private var fraction = 0.0

  /// The next intended time.
  private(set) var next: Int64 = 0

  init(ratePerSecond: Double, _ arrivals: LoadArrivals, seed: UInt64) {
    precondition(ratePerSecond > 0, "a rate of \(ratePerSecond) calls a second")
    self.ratePerSecond = ratePerSecond
    self.arrivals = arrivals
    random = seed
    if arrivals == .poisson { advance() }
  }

  mutating func advance() {
    switch arrivals {
    case .constant: whole += 1
    case .poisson:
      fraction += exponential()
      let carried = fraction.rounded(.down)
      whole += Int64(carried)
      fraction -= carried
    }
    next = Int64(((Double(whole) + fraction) * 1e9 / ratePerSecond).rounded())
  }

  /// An exponential number of mean 1.
  private mutating func exponential() -> Double {
    // SplitMix64; the upper 53 bits, and never zero.
    random &+= 0x9e37_79b9_7f4a_7c15
    var bits = random
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    bits ^= bits >> 31
    return -NaturalLogarithm.of((Double(bits >> 11) + 0.5) * 0x1p-53)
  }
}
