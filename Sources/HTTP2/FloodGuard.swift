/// Counts frames that cost the receiver more than the sender, forgiving some each second.
struct FloodGuard {
  private let burst: Int
  private let forgivenPerSecond: Int
  private var count = 0
  private var lastNanoseconds: Int64 = 0

  init(burst: Int, forgivenPerSecond: Int) {
    self.burst = burst
    self.forgivenPerSecond = forgivenPerSecond
  }

  /// Counts one frame; false when there are too many.
  ///
  /// With a burst of 1000 and 200 forgiven a second, 1000 frames pass at once, the next 200 a
  /// second later.
  mutating func admit(at now: Int64) -> Bool {
    let seconds = (now - lastNanoseconds) / 1_000_000_000
    if seconds > 0 {
      let forgiven = seconds > Int64(burst) ? burst : Int(seconds) * forgivenPerSecond
      count = max(0, count - forgiven)
      lastNanoseconds += seconds * 1_000_000_000
    }
    count += 1
    return count <= burst
  }
}
