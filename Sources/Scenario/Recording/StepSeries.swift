package import SimulationKernel

/// A value that keeps until it changes.
package struct StepSeries<Value: Equatable> {
  /// A change, and the value from then on; nil: there is none.
  package struct Point {
    /// When it changed.
    package var time: SimulationTime
    /// What it became.
    package var value: Value?
  }

  /// The changes, in order; several at one time if one event led to another at that time.
  package private(set) var points: [Point] = []
  /// Changes that the limit left out.
  package private(set) var leftOut = 0

  /// Makes a series of which nothing is known.
  package init() {}

  /// The value after the last change.
  package var last: Value? { points.last?.value }

  /// Notes the value at a time, which is not before that of the call before.
  ///
  /// Beyond `limit` changes the last one takes the place of the one before it.
  package mutating func note(
    _ value: Value?, at time: SimulationTime, limit: Int = RecordingLimits.changesMax
  ) {
    if points.isEmpty ? value == nil : points[points.count - 1].value == value { return }
    if points.count >= limit {
      points[points.count - 1] = Point(time: time, value: value)
      leftOut += 1
    } else {
      points.append(Point(time: time, value: value))
    }
  }

  /// The value at a time; nil before the first change.
  package func value(at time: SimulationTime) -> Value? {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].time <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : points[low - 1].value
  }
}
