/// A predictor instance and the model file that it was made of.
///
/// A subclass knows the predictor's type, so that a call of one that does not suspend is a call and
/// nothing else: no closure or existential is copied for it. Nothing changes after it is made.
class LoadedPredictor: @unchecked Sendable {
  let file: String

  fileprivate init(file: String) { self.file = file }

  /// The predictor where its calls may suspend; then `predict` and `evaluate` must not be called.
  var asynchronous: (any Predictor)? { nil }

  func predict(_ input: PredictInput, _ option: PredictOption) throws -> Prediction {
    preconditionFailure("the predictor of \(file) may suspend")
  }

  func evaluate(_ data: EvaluationData) throws -> Evaluation {
    preconditionFailure("the predictor of \(file) may suspend")
  }

  /// Another object for the same instance.
  func shared() -> LoadedPredictor { self }
}

/// A predictor that does not suspend.
final class LoadedSynchronousPredictor<Type: SynchronousPredictor>: LoadedPredictor,
  @unchecked Sendable
{
  private let predictor: Type

  init(_ predictor: Type, file: String) {
    self.predictor = predictor
    super.init(file: file)
  }

  override func predict(_ input: PredictInput, _ option: PredictOption) throws -> Prediction {
    try predictor.predict(input, option: option)
  }

  override func evaluate(_ data: EvaluationData) throws -> Evaluation {
    try predictor.evaluate(data)
  }

  override func shared() -> LoadedPredictor {
    LoadedSynchronousPredictor(predictor, file: file)
  }
}

/// A predictor that may suspend.
final class LoadedAsynchronousPredictor: LoadedPredictor, @unchecked Sendable {
  private let predictor: any Predictor

  init(_ predictor: any Predictor, file: String) {
    self.predictor = predictor
    super.init(file: file)
  }

  override var asynchronous: (any Predictor)? { predictor }
}
