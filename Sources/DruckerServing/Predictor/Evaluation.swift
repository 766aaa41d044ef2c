public import DruckerProtocol

/// A file of evaluation data.
public struct EvaluationData: Sendable, Equatable {
  /// The file's name; empty for data that came with the call.
  public var name: String

  /// Everything in it.
  public var bytes: [UInt8]

  /// Evaluation data.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// How many lines are not empty: the number of cases for the default format.
  public var lineCount: Int {
    bytes.split(separator: UInt8(ascii: "\n")).count
  }
}

/// The figures of an evaluation.
public typealias EvaluationMetrics = Drucker.EvaluationMetrics

/// One case of an evaluation.
public typealias EvaluationDetail = Drucker.EvaluationResultResponse.Detail

/// What an evaluation gives.
public struct Evaluation: Sendable, Equatable {
  /// The figures.
  public var metrics: EvaluationMetrics

  /// The cases.
  public var details: [EvaluationDetail]

  /// An evaluation's outcome.
  public init(metrics: EvaluationMetrics, details: [EvaluationDetail]) {
    self.metrics = metrics
    self.details = details
  }
}
