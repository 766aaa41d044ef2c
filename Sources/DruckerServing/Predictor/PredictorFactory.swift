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
      LoadedAsynchronousPredictor(try await Type.load(model), file: model.path.file)
    }
  }

  /// A factory of predictors that do not suspend.
  public init<Type: SynchronousPredictor>(_ type: Type.Type) {
    load = .synchronous { model in
      LoadedSynchronousPredictor(try Type.load(model), file: model.path.file)
    }
  }
}
