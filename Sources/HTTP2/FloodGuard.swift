/// Counts frames that cost the receiver more than the sender, forgiving some each second.
package struct FloodGuard {
  private let burst: Int
  private let forgivenPerSecond: Int
  private var count = 0
  private var lastNanoseconds: Int64 = 0

  /// A guard that has counted nothing.
  package init(burst: Int, forgivenPerSecond: Int) {
    self.burst = burst
    self.forgivenPerSecond = forgivenPerSecond
  }

  /// Counts one frame; false when there are too many.
  ///
  /// With a burst of 1000 and 200 forgiven a second, 1000 frames pass at once, the next 200 a
  /// second later.
  mutating func admit(at now: Int64) -> Bool {
    forgive(until: now)
    count += 1
    return count <= burst
  }

  /// Counts one frame if there is room for it, so that a peer's guard of the same size admits it.
  package mutating func take(at now: Int64) -> Bool {
    forgive(until: now)
    guard count < burst else { return false }
    count += 1
    return true
  }

  private mutating func forgive(until now: Int64) {
    let seconds = (now - lastNanoseconds) / 1_000_000_000
    guard seconds > 0 else { return }
    let forgiven = seconds > Int64(burst) ? burst : Int(seconds) * forgivenPerSecond
    count = max(0, count - forgiven)
    lastNanoseconds += seconds * 1_000_000_000
  }
}
