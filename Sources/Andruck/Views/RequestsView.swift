import DruckerClient
import Measurement
import Scenario

/// What became of the requests of a window.
public struct RequestsView: Sendable, CustomStringConvertible {
  /// Requests that ended.
  public let ended: Int
  /// Requests that were answered.
  public let answered: Int
  /// Requests that ended, by the gRPC status code's name, `OK` for an answer.
  public let byStatus: [String: Int]
  /// Answers by a model that was not assigned, or not what that model says.
  public let wrongAnswers: Int
  /// The models that answered, in the order in which they first did.
  public let models: [String]
  /// Right answers as a fraction of all answers, against the labelled set; nil: no answers.
  public let accuracy: Double?
  /// Answers a second.
  public let throughput: Double
  private let histogram: LatencyHistogram

  /// Requests that failed.
  public var failed: Int { ended - answered }

  /// A percentile of the time from the intended sending to the answer; nil: no answers.
  ///
  /// - Parameter percentile: From 0 to 100, such as 99.
  public func latency(_ percentile: Double) -> Duration? {
    answered == 0 ? nil : .nanoseconds(histogram.percentile(percentile))
  }

  /// The requests in one line.
  public var description: String {
    let failures = byStatus.filter { $0.key != "OK" }.sorted { $0.key < $1.key }
      .map { "\($0.value) \($0.key)" }
    return "\(ended) requests, \(answered) answered"
      + (failures.isEmpty ? "" : ", \(failures.joined(separator: ", "))")
      + (latency(99).map { ", p99 \(Units.text($0))" } ?? "")
  }

  init(_ tally: RequestTally, over length: Duration) {
    ended = tally.ended
    answered = tally.answered
    var counts = tally.failedByStatus
    if tally.answered > 0 { counts["OK"] = tally.answered }
    byStatus = counts
    wrongAnswers = tally.wrong
    models = tally.models
    accuracy = tally.answered > 0 ? Double(tally.right) / Double(tally.answered) : nil
    let (seconds, attoseconds) = length.components
    let time = Double(seconds) + Double(attoseconds) / 1e18
    throughput = time > 0 ? Double(tally.answered) / time : 0
    histogram = tally.latency
  }
}

/// The answer to one prediction.
public struct Answer: Sendable, Hashable {
  /// What was predicted.
  public let output: PredictOutput
  /// How sure the predictor is: one number for a text or bytes, else one for each output.
  public let scores: [Float]
  /// What the predictor says besides, as JSON text; empty when it said nothing.
  public let option: String
  /// The model that answered, as the answering server said.
  public let model: String?
  /// From the call to the answer, in virtual time.
  public let latency: Duration

  /// The integers that were predicted; empty for an answer of another type.
  public var integers: [Int32] { if case .arrInt(let values) = output { values } else { [] } }

  init(_ answer: DirectAnswer, latency: Duration) {
    output = PredictOutput(answer.prediction.output)
    scores = answer.prediction.score
    option = answer.prediction.option
    model = answer.model
    self.latency = latency
  }
}

extension PredictOutput {
  fileprivate init(_ output: DruckerOutput) {
    switch output {
    case .string(let value): self = .string(value)
    case .bytes(let value): self = .bytes(value)
    case .arrInt(let values): self = .arrInt(values)
    case .arrFloat(let values): self = .arrFloat(values)
    case .arrString(let values): self = .arrString(values)
    }
  }
}

extension DruckerInput {
  init(_ input: PredictInput) {
    switch input {
    case .string(let value): self = .string(value)
    case .bytes(let value): self = .bytes(value)
    case .arrInt(let values): self = .arrInt(values)
    case .arrFloat(let values): self = .arrFloat(values)
    case .arrString(let values): self = .arrString(values)
    }
  }
}
