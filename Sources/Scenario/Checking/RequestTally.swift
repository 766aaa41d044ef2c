package import Measurement
package import SimulationKernel

/// Counts the requests of a window as they end; each record is looked at once.
package struct RequestTally {
  private var cursor = 0

  package init() {}

  /// Requests that ended.
  package private(set) var ended = 0
  /// Requests that were answered.
  package private(set) var answered = 0
  /// Answers by a model that was not assigned.
  package private(set) var wrong = 0
  /// Answers that are the input's label.
  package private(set) var right = 0
  /// Requests that failed, by the gRPC status code's name.
  package private(set) var failedByStatus: [String: Int] = [:]
  /// The models that answered, in the order in which they first did.
  package private(set) var models: [String] = []
  /// From the intended send time to the answer.
  package private(set) var latency = LatencyHistogram()

  /// Requests that failed.
  package var failed: Int { ended - answered }

  /// Counts those of the new records that were to be sent in the window.
  package mutating func take(
    _ records: [RequestRecord], from start: SimulationTime, until end: SimulationTime
  ) {
    for record in records[cursor...] where record.intended >= start && record.intended < end {
      ended += record.count
      guard record.isAnswered else {
        failedByStatus[record.status, default: 0] += record.count
        continue
      }
      answered += record.count
      if !record.isAssignedModel { wrong += record.count }
      if record.isRight { right += record.count }
      if let model = record.model, !models.contains(model) { models.append(model) }
      latency.record(
        (record.ended - record.intended).wholeNanoseconds, times: Int64(record.count))
    }
    cursor = records.count
  }
}
