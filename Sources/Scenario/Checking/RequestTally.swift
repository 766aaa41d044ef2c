import SimulationKernel

/// Counts the requests of a window as they end; each record is looked at once.
struct RequestTally {
  private var cursor = 0
  /// Requests that ended.
  private(set) var ended = 0
  /// Requests that were answered.
  private(set) var answered = 0
  /// Answers by a model that was not assigned.
  private(set) var wrong = 0
  /// Answers that are the input's label.
  private(set) var right = 0
  /// From the intended send time to the answer.
  private(set) var latency = LatencyHistogram()

  /// Requests that failed.
  var failed: Int { ended - answered }

  /// Counts those of the new records that were to be sent in the window.
  mutating func take(
    _ records: [RequestRecord], from start: SimulationTime, until end: SimulationTime
  ) {
    for record in records[cursor...] where record.intended >= start && record.intended < end {
      ended += 1
      guard record.isAnswered else { continue }
      answered += 1
      if !record.isAssignedModel { wrong += 1 }
      if record.isRight { right += 1 }
      latency.record((record.ended - record.intended).wholeNanoseconds)
    }
    cursor = records.count
  }
}
