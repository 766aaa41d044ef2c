public import DruckerClient
public import DruckerProtocol

/// The calls of a model server, for any task; a failed call throws its `GRPCStatus`.
extension LiveDruckerClient {
  /// Predicts from one input; of a stream of outputs the first counts.
  ///
  /// `option` is JSON text.
  public func predict(
    _ input: DruckerInput, output: PayloadKind, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> DruckerPrediction {
    try await run { try await $0.predict(input, output: output, option: option, options: options) }
  }

  /// Asks which service this is.
  public func serviceInfo(
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ServiceInfoResponse {
    try await run { try await $0.serviceInfo(options: options) }
  }

  /// Stores a model file under a bare file name.
  public func uploadModel(
    path: String, data: [UInt8], options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ModelResponse {
    try await run { try await $0.uploadModel(path: path, data: data, options: options) }
  }

  /// Assigns another model.
  public func switchModel(
    path: String, options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ModelResponse {
    try await run { try await $0.switchModel(path: path, options: options) }
  }

  /// Stores a file of evaluation data under a bare file name.
  public func uploadEvaluationData(
    path: String, data: [UInt8], options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.UploadEvaluationDataResponse {
    try await run { try await $0.uploadEvaluationData(path: path, data: data, options: options) }
  }

  /// Evaluates the loaded model on an uploaded file and saves the results.
  public func evaluateModel(
    dataPath: String, resultPath: String, options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.EvaluateModelResponse {
    try await run {
      try await $0.evaluateModel(dataPath: dataPath, resultPath: resultPath, options: options)
    }
  }

  /// Reads the results of an evaluation, in the server's parts.
  public func evaluationResult(
    dataPath: String, resultPath: String, options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.EvaluationResultResponse] {
    try await run {
      try await $0.evaluationResult(dataPath: dataPath, resultPath: resultPath, options: options)
    }
  }

  /// Asks whether a service serves; an empty name stands for the whole server.
  public func checkHealth(
    service: String = "", options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.HealthCheckResponse {
    try await run { try await $0.checkHealth(service: service, options: options) }
  }
}
