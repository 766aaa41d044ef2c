/// A change of a rate, at once or evenly over a time.
struct RateStep {
  /// Since the story's start.
  var from: Duration
  var perSecond: Double
  var over: Duration
}

extension RateSchedule {
  /// The rate from a source's own start to its end, step by step.
  init(steps: [RateStep], from: Duration, until end: Duration) {
    var pieces: [Piece] = []
    var now = from
    var rate = 0.0
    for step in steps.sorted(by: { $0.from < $1.from }) {
      let change = min(max(step.from, now), max(end, now))
      if change > now { pieces.append(.constant(rate, for: change - now)) }
      now = change
      let rampEnd = min(now + step.over, max(end, now))
      if rampEnd > now {
        let share = (rampEnd - now).inSeconds / step.over.inSeconds
        let reached = rate + (step.perSecond - rate) * share
        pieces.append(.ramp(from: rate, to: reached, for: rampEnd - now))
        now = rampEnd
      }
      rate = step.perSecond
    }
    if end > now { pieces.append(.constant(rate, for: end - now)) }
    self.init(pieces)
  }

  /// A sine around a mean, highest at `peak`, as 96 even pieces a period.
  ///
  /// Between the pieces' ends, which lie on the sine, the rate goes evenly; it is never off by more
  /// than 0.06 % of the amplitude.
  init(mean: Double, amplitude: Double, period: Duration, peak: Duration, for duration: Duration) {
    let step = period / Self.piecesAPeriod
    func rate(_ time: Duration) -> Double {
      let turns = (time - peak).inSeconds / period.inSeconds
      return max(0, mean + amplitude * Sine.of(turns: turns + 0.25))
    }
    var pieces: [Piece] = []
    var now = Duration.zero
    while now < duration {
      let next = min(now + step, duration)
      pieces.append(.ramp(from: rate(now), to: rate(next), for: next - now))
      now = next
    }
    self.init(pieces)
  }

  private static let piecesAPeriod = 96
}

extension Duration {
  /// In seconds, as near as a `Double` can.
  fileprivate var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
