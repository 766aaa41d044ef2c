public import DruckerProtocol

/// What the dashboard asks of a model server, awaited; a failed call throws its `GRPCStatus`.
extension DruckerClient {
  /// Asks which service this is.
  public func serviceInfo(
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ServiceInfoResponse {
    try await reply { serviceInfo(options: options, completion: $0) }
  }

  /// Stores a model file under a bare file name, in parts of `uploadChunkBytes`.
  public func uploadModel(
    path: String, data: [UInt8], options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ModelResponse {
    try await reply { uploadModel(path: path, data: data, options: options, completion: $0) }
  }

  /// Assigns another model.
  public func switchModel(
    path: String, options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ModelResponse {
    try await reply { switchModel(path: path, options: options, completion: $0) }
  }

  /// Stores a file of evaluation data under a bare file name, in parts.
  public func uploadEvaluationData(
    path: String, data: [UInt8], options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.UploadEvaluationDataResponse {
    try await reply {
      uploadEvaluationData(path: path, data: data, options: options, completion: $0)
    }
  }

  /// Evaluates the loaded model on an uploaded file and saves the results.
  public func evaluateModel(
    dataPath: String, resultPath: String, options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.EvaluateModelResponse {
    try await reply {
      evaluateModel(dataPath: dataPath, resultPath: resultPath, options: options, completion: $0)
    }
  }

  /// Reads the results of an evaluation, in the server's parts.
  public func evaluationResult(
    dataPath: String, resultPath: String, options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.EvaluationResultResponse] {
    try await reply {
      evaluationResult(dataPath: dataPath, resultPath: resultPath, options: options, completion: $0)
    }
  }

  /// Asks whether a service serves; an empty name stands for the whole server.
  public func checkHealth(
    service: String = "", options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.HealthCheckResponse {
    try await reply { checkHealth(service: service, options: options, completion: $0) }
  }
}
