import SimulationKernel

/// How many arrivals there are a second, over time: pieces of constant or evenly changing rate.
public struct RateSchedule: Sendable, Equatable {
  /// A time during which the rate goes evenly from one value to another.
  public struct Piece: Sendable, Equatable {
    /// How long it lasts, in nanoseconds; nil: for ever, at `start`.
    public let nanoseconds: Int64?
    /// Arrivals a second at its start.
    public let start: Double
    /// Arrivals a second at its end.
    public let end: Double

    /// A rate that stays the same; nil: for ever.
    public static func constant(_ perSecond: Double, for duration: Duration?) -> Piece {
      Piece(nanoseconds: duration?.wholeNanoseconds, start: perSecond, end: perSecond)
    }

    /// A rate that changes evenly.
    public static func ramp(
      from start: Double, to end: Double, for duration: Duration
    ) -> Piece {
      Piece(nanoseconds: duration.wholeNanoseconds, start: start, end: end)
    }

    private init(nanoseconds: Int64?, start: Double, end: Double) {
      precondition(nanoseconds.map { $0 >= 0 } ?? true, "a piece of \(nanoseconds ?? 0) ns")
      precondition(start >= 0 && start.isFinite, "\(start) arrivals a second")
      precondition(end >= 0 && end.isFinite, "\(end) arrivals a second")
      self.nanoseconds = nanoseconds
      self.start = start
      self.end = end
    }
  }

  /// The pieces, one after the other; after the last nothing arrives.
  public let pieces: [Piece]

  /// Makes a schedule of pieces.
  public init(_ pieces: [Piece]) { self.pieces = pieces }

  /// Steps of constant rate, each for the same time.
  public static func steps(_ rates: [Double], each duration: Duration) -> RateSchedule {
    RateSchedule(rates.map { .constant($0, for: duration) })
  }
}
