import Measurement
public import SimulationKernel

/// How arrivals of an open loop lie in time.
public enum ArrivalProcess: Hashable, Sendable {
  /// Evenly: the first at once, then one whenever the schedule has made up another.
  case constant
  /// As a Poisson process: independent of each other, with exponential gaps.
  case poisson
}

/// The times of arrivals of an open loop, one after the other.
///
/// With L(t) the integral of the rate up to t, arrival n of the constant process is where L is n, of
/// the Poisson process where L is the sum of n + 1 exponential gaps of mean 1.
/// Worked example: a ramp from 0 to 10 a second in 10 s has L(t) = t^2 / 2: constant arrivals come
/// at 0, sqrt(2) = 1.414213562 s, 2 s, sqrt(6) s, … 50 in all.
public struct Arrivals {
  private let process: ArrivalProcess
  private let pieces: [RateSchedule.Piece]
  private let random: RandomStream
  private var piece = 0
  /// Nanoseconds from the start to that of the piece.
  private var pieceStart: Int64 = 0
  /// L at the start of the piece, and at the next arrival.
  private var expectedBefore = 0.0
  private var expected = 0.0
  private var isFirst = true

  /// Makes the arrivals of a schedule; `random` is drawn from for `poisson` only.
  public init(_ process: ArrivalProcess, _ schedule: RateSchedule, random: RandomStream) {
    self.process = process
    self.random = random
    pieces = schedule.pieces
  }

  /// Nanoseconds from the start of the schedule to the next arrival; nil: there is none.
  public mutating func next() -> Int64? {
    switch process {
    case .constant: expected += isFirst ? 0 : 1
    case .poisson: expected += Self.exponential(random)
    }
    isFirst = false
    while piece < pieces.count {
      let current = pieces[piece]
      let rest = expected - expectedBefore
      guard let nanoseconds = current.nanoseconds else {
        return current.start > 0 ? pieceStart + Int64(rest * 1e9 / current.start) : nil
      }
      let total = (current.start + current.end) * 0.5 * Double(nanoseconds) / 1e9
      if rest < total {
        return pieceStart + min(Self.time(of: rest, in: current, nanoseconds), nanoseconds)
      }
      expectedBefore += total
      pieceStart += nanoseconds
      piece += 1
    }
    return nil
  }

  /// An exponentially distributed number of mean 1; at most 36.8.
  static func exponential(_ random: RandomStream) -> Double {
    0 - NaturalLogarithm.of(1 - random.double())
  }

  /// Where in a piece its integral reaches `rest`: start * t + (end - start) * t^2 / (2 * duration).
  private static func time(
    of rest: Double, in piece: RateSchedule.Piece, _ nanoseconds: Int64
  ) -> Int64 {
    if piece.start == piece.end { return Int64(rest * 1e9 / piece.start) }
    if rest <= 0 { return 0 }
    let slope = (piece.end - piece.start) * 1e9 / Double(nanoseconds)
    let root = max(0, piece.start * piece.start + 2 * slope * rest).squareRoot()
    return Int64(2 * rest * 1e9 / (piece.start + root))
  }
}
