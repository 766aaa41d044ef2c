public import DruckerProtocol
import Protobuf

/// What the dashboard asks of a model server.
extension DruckerClient {
  /// Asks which service this is.
  @discardableResult
  public func serviceInfo(
    options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Drucker.ServiceInfoResponse>) -> Void
  ) -> DruckerCall {
    single(
      .serviceInfo, [Drucker.ServiceInfoRequest()], options: options, completion: completion)
  }

  /// Stores a model file under a bare file name, in parts of `uploadChunkBytes`.
  @discardableResult
  public func uploadModel(
    path: String, data: [UInt8], options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Drucker.ModelResponse>) -> Void
  ) -> DruckerCall {
    let parts = chunks(data).map { Drucker.UploadModelRequest(path: path, data: $0) }
    return single(.uploadModel, parts, options: options, completion: completion)
  }

  /// Assigns another model.
  @discardableResult
  public func switchModel(
    path: String, options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Drucker.ModelResponse>) -> Void
  ) -> DruckerCall {
    single(
      .switchModel, [Drucker.SwitchModelRequest(path: path)], options: options,
      completion: completion)
  }

  /// Stores a file of evaluation data under a bare file name, in parts of `uploadChunkBytes`.
  @discardableResult
  public func uploadEvaluationData(
    path: String, data: [UInt8], options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Drucker.UploadEvaluationDataResponse>) -> Void
  ) -> DruckerCall {
    let parts = chunks(data).map {
      Drucker.UploadEvaluationDataRequest(data: $0, dataPath: path)
    }
    return single(.uploadEvaluationData, parts, options: options, completion: completion)
  }

  /// Evaluates the loaded model on an uploaded file and saves the results under a name.
  @discardableResult
  public func evaluateModel(
    dataPath: String, resultPath: String, options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Drucker.EvaluateModelResponse>) -> Void
  ) -> DruckerCall {
    let request = Drucker.EvaluateModelRequest(
      data: [], dataPath: dataPath, resultPath: resultPath)
    return single(.evaluateModel, [request], options: options, completion: completion)
  }

  /// Reads the results of an evaluation, in the server's parts.
  @discardableResult
  public func evaluationResult(
    dataPath: String, resultPath: String, options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<[Drucker.EvaluationResultResponse]>) -> Void
  ) -> DruckerCall {
    let request = Drucker.EvaluationResultRequest(dataPath: dataPath, resultPath: resultPath)
    return stream(.evaluationResult, [request], options: options, completion: completion)
  }

  /// Asks whether a service serves; an empty name stands for the whole server.
  @discardableResult
  public func checkHealth(
    service: String = "", options: DruckerCallOptions = DruckerCallOptions(),
    completion: @escaping (DruckerReply<Drucker.HealthCheckResponse>) -> Void
  ) -> DruckerCall {
    single(
      .healthCheck, [Drucker.HealthCheckRequest(service: service)], options: options,
      completion: completion)
  }

  /// The parts of a file; an empty file has one empty part, which carries the name.
  private func chunks(_ data: [UInt8]) -> [[UInt8]] {
    if data.isEmpty { return [[]] }
    return stride(from: 0, to: data.count, by: settings.uploadChunkBytes).map {
      Array(data[$0..<min($0 + settings.uploadChunkBytes, data.count)])
    }
  }
}
