/// A named stream of random numbers, split off the simulation's seed.
///
/// xoshiro256** by Blackman and Vigna, seeded by splitmix64 over the seed and the name, so that a
/// new consumer with a name of its own shifts no other stream.
public final class RandomStream {
  /// The stream's name, such as `network/loss`.
  public let name: String
  @exclusivity(unchecked) private var state: (UInt64, UInt64, UInt64, UInt64)

  /// Makes the stream that `name` has under `seed`.
  public init(seed: UInt64, name: String) {
    self.name = name
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var source = seed &+ (hash &* 0x9e37_79b9_7f4a_7c15)
    func splitmix() -> UInt64 {
      source &+= 0x9e37_79b9_7f4a_7c15
      var mixed = source
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
    state = (splitmix(), splitmix(), splitmix(), splitmix())
  }

  /// The next 64 random bits.
  public func next() -> UInt64 {
    let product = state.1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = (state.3 << 45) | (state.3 >> 19)
    return result
  }

  /// A number in `0..<1`, in steps of 2 to the power of -53.
  public func double() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in `0..<bound`, unbiased (Lemire's method); `bound` is positive.
  public func integer(below bound: Int) -> Int {
    precondition(bound > 0, "the bound of a random number is positive, not \(bound)")
    let range = UInt64(bound)
    var (high, low) = next().multipliedFullWidth(by: range)
    if low < range {
      let threshold = (0 &- range) % range
      while low < threshold { (high, low) = next().multipliedFullWidth(by: range) }
    }
    return Int(high)
  }

  /// A duration between the two ends, in whole nanoseconds.
  public func duration(in range: ClosedRange<Duration>) -> Duration {
    let low = range.lowerBound.wholeNanoseconds
    let width = range.upperBound.wholeNanoseconds - low
    return .nanoseconds(low + Int64(integer(below: Int(width) + 1)))
  }

  /// True with the given probability, 0 to 1.
  public func chance(_ probability: Double) -> Bool { double() < probability }
}
