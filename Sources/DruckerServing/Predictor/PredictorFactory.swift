import ModelStorage

/// A type of predictor, without its name: how the server makes instances of it.
public struct PredictorFactory: Sendable {
  enum Load: Sendable {
    case synchronous(@Sendable (ModelFile) throws -> LoadedPredictor)
    case asynchronous(@Sendable (ModelFile) async throws -> LoadedPredictor)
  }

  let load: Load

  /// A factory of predictors that may suspend.
  public init<Type: Predictor>(_ type: Type.Type) {
    load = .asynchronous { model in
      LoadedPredictor(asynchronous: try await Type.load(model), file: model.path.file)
    }
  }

  /// A factory of predictors that do not suspend.
  public init<Type: SynchronousPredictor>(_ type: Type.Type) {
    load = .synchronous { model in
      LoadedPredictor(synchronous: try Type.load(model), file: model.path.file)
    }
  }
}

/// A predictor instance and the model file that it was made of.
final class LoadedPredictor: Sendable {
  enum Calls: Sendable {
    case synchronous(
      predict: @Sendable (PredictInput, PredictOption) throws -> Prediction,
      evaluate: @Sendable (EvaluationData) throws -> Evaluation)
    case asynchronous(any Predictor)
  }

  let calls: Calls
  let file: String

  init(synchronous predictor: some SynchronousPredictor, file: String) {
    calls = .synchronous(
      predict: { try predictor.predict($0, option: $1) },
      evaluate: { try predictor.evaluate($0) })
    self.file = file
  }

  init(asynchronous predictor: some Predictor, file: String) {
    calls = .asynchronous(predictor)
    self.file = file
  }
}
