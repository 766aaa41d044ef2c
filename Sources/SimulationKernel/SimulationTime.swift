/// A point in virtual time: nanoseconds since the simulation's start.
public struct SimulationTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since the start; never negative for an event.
  public let nanoseconds: Int64

  /// Makes a point in time.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The simulation's start.
  public static let zero = SimulationTime(nanoseconds: 0)

  /// The last point that can be named, some 292 years after the start.
  public static let distantFuture = SimulationTime(nanoseconds: .max)

  /// Whole and fractional seconds since the start, for reports.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Earlier times are less.
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The time that lies `duration` after `time`; saturates.
  public static func + (time: Self, duration: Duration) -> Self {
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return Self(nanoseconds: overflow ? .max : sum)
  }

  /// The duration from the second to the first.
  public static func - (left: Self, right: Self) -> Duration {
    .nanoseconds(left.nanoseconds - right.nanoseconds)
  }
}

extension SimulationTime: CustomStringConvertible {
  /// `h:mm:ss.mmm`, for people.
  public var description: String {
    let milliseconds = nanoseconds / 1_000_000
    let seconds = milliseconds / 1000
    return "\(seconds / 3600):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      + ".\(padded(milliseconds % 1000, 3))"
  }

  private func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension Duration {
  /// The duration in nanoseconds, rounded toward zero; saturates at the ends of `Int64`.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carry ? .max : sum
  }
}
