public import ModelStorage

/// A model that was loaded and answers predictions: what a user of the platform writes.
///
/// A reload makes a new instance; a prediction keeps the instance it began with.
public protocol Predictor: Sendable {
  /// Makes a predictor of a model file; an error ends the process at start, or refuses a switch.
  static func load(_ model: ModelFile) async throws -> Self

  /// Predicts; an error is answered to the client as gRPC status `INTERNAL`.
  func predict(_ input: PredictInput, option: PredictOption) async throws -> Prediction

  /// Compares predictions with known answers.
  ///
  /// The default reads lines of JSON, see `EvaluationCase`.
  func evaluate(_ data: EvaluationData) async throws -> Evaluation
}

/// A predictor whose calls do not suspend; a prediction costs no task.
public protocol SynchronousPredictor: Predictor {
  /// Makes a predictor of a model file.
  static func load(_ model: ModelFile) throws -> Self

  /// Predicts.
  func predict(_ input: PredictInput, option: PredictOption) throws -> Prediction

  /// Compares predictions with known answers.
  func evaluate(_ data: EvaluationData) throws -> Evaluation
}

extension Predictor {
  /// Predicts every case of the data, which must be lines of JSON, and counts.
  public func evaluate(_ data: EvaluationData) async throws -> Evaluation {
    var tally = EvaluationTally()
    for evaluationCase in try EvaluationCase.parse(data) {
      let prediction = try await predict(evaluationCase.input, option: evaluationCase.option)
      tally.add(evaluationCase, prediction)
    }
    return tally.evaluation()
  }
}

extension SynchronousPredictor {
  /// Predicts every case of the data, which must be lines of JSON, and counts.
  public func evaluate(_ data: EvaluationData) throws -> Evaluation {
    var tally = EvaluationTally()
    for evaluationCase in try EvaluationCase.parse(data) {
      let prediction = try predict(evaluationCase.input, option: evaluationCase.option)
      tally.add(evaluationCase, prediction)
    }
    return tally.evaluation()
  }
}

/// An error of a predictor with a message for the client and the log.
public struct PredictorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong.
  public let message: String

  /// An error with a message.
  public init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}
