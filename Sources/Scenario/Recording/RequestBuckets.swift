import Measurement
import SimulationKernel

/// The requests of a service, counted in buckets of equal length by their intended send times.
///
/// A request counts where the schedule wanted it sent, whenever it ended, so that those of one
/// bucket belong together and no slow answer hides another.
package struct RequestBuckets {
  /// Latencies of answers from the intended send time; nil where nothing was answered.
  package struct Latency {
    /// The percentiles that are kept, and the name of each; `max` is the highest value itself.
    package static let percentiles: [(name: String, value: Double)] = [
      ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100),
    ]

    /// Nanoseconds, in the order of `percentiles`.
    package var nanoseconds: [Int64?]

    init(_ histogram: LatencyHistogram) {
      nanoseconds = Self.percentiles.map { percentile in
        if histogram.count == 0 { return nil }
        return percentile.value == 100
          ? histogram.max : histogram.percentile(percentile.value)
      }
    }
  }

  /// What was counted, in a bucket or in all.
  package struct Counts {
    /// Requests that were to be sent.
    package var sent = 0
    /// Requests that were answered.
    package var answered = 0
    /// Answers by a model that was not assigned.
    package var wrong = 0
    /// Failures, in the order of `RequestBuckets.statuses`.
    package var failures: [Int] = []
    /// Answers, in the order of `RequestBuckets.models`.
    package var answers: [Int] = []
    /// From the intended send times to the answers.
    package var latency = Latency(LatencyHistogram())

    /// Requests that failed.
    package var failed: Int { failures.reduce(0, +) }
    /// Requests that had not ended when the run did.
    package var open: Int { sent - answered - failed }
  }

  /// The length of a bucket.
  package var length = Duration.seconds(1)
  /// gRPC status codes with which requests failed, by name, in alphabetical order.
  package var statuses: [String] = []
  /// Models that answered, in the order in which they first did.
  package var models: [String] = []
  /// The buckets from the run's start on.
  package var buckets: [Counts] = []
  /// All requests.
  package var total = Counts()
}

extension RequestBuckets {
  /// Lengths of buckets to choose from, in milliseconds.
  private static let lengths: [Int64] = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
    900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
  ]

  /// The shortest length that needs no more than `RecordingLimits.bucketsMax` buckets.
  ///
  /// Worked example: 30 minutes are 1,800 s; 2 s would make 900 buckets, so it is 5 s and 360.
  static func length(of run: Duration) -> Duration {
    let most = Int64(RecordingLimits.bucketsMax)
    let milliseconds = (run.wholeNanoseconds + 999_999) / 1_000_000
    let fitting = lengths.first { (milliseconds + $0 - 1) / $0 <= most }
    return .milliseconds(fitting ?? (milliseconds + most - 1) / most)
  }

  /// Counts the requests of a service.
  ///
  /// - Parameters:
  ///   - ended: Requests that ended.
  ///   - open: Requests that have not ended.
  ///   - end: When the run ended.
  init(
    ended: [RequestRecord], open: [(intended: SimulationTime, count: Int)],
    until end: SimulationTime
  ) {
    length = Self.length(of: end - .zero)
    statuses = Set(ended.lazy.filter { !$0.isAnswered }.map(\.status)).sorted()
    models = Self.models(of: ended)
    var empty = Counts()
    empty.failures = statuses.map { _ in 0 }
    empty.answers = models.map { _ in 0 }
    total = empty
    buckets = []
    let nanoseconds = length.wholeNanoseconds
    let count = Int((end.nanoseconds + nanoseconds - 1) / nanoseconds)
    buckets = Array(repeating: empty, count: max(1, count))
    var places = [[Int32]](repeating: [], count: buckets.count)
    for (index, record) in ended.enumerated() {
      let place = place(of: record.intended)
      places[place].append(Int32(index))
      add(record, to: &buckets[place])
      add(record, to: &total)
    }
    for request in open where request.intended <= end {
      buckets[place(of: request.intended)].sent += request.count
      total.sent += request.count
    }
    measure(ended, places)
  }

  private func place(of time: SimulationTime) -> Int {
    min(Int(time.nanoseconds / length.wholeNanoseconds), buckets.count - 1)
  }

  private static func models(of records: [RequestRecord]) -> [String] {
    var models: [String] = []
    for record in records {
      if let model = record.model, record.isAnswered, models.last != model,
        !models.contains(model)
      {
        models.append(model)
      }
    }
    return models
  }

  private func add(_ record: RequestRecord, to counts: inout Counts) {
    counts.sent += record.count
    guard record.isAnswered else {
      if let place = statuses.firstIndex(of: record.status) {
        counts.failures[place] += record.count
      }
      return
    }
    counts.answered += record.count
    if !record.isAssignedModel { counts.wrong += record.count }
    if let place = record.model.flatMap(models.firstIndex) { counts.answers[place] += record.count }
  }

  /// One histogram at a time, as each may take some hundred kilobytes.
  private mutating func measure(_ records: [RequestRecord], _ places: [[Int32]]) {
    var all = LatencyHistogram()
    for place in places.indices {
      var histogram = LatencyHistogram()
      for index in places[place] where records[Int(index)].isAnswered {
        let record = records[Int(index)]
        histogram.record(
          (record.ended - record.intended).wholeNanoseconds, times: Int64(record.count))
      }
      buckets[place].latency = Latency(histogram)
      all.merge(histogram)
    }
    total.latency = Latency(all)
  }
}
