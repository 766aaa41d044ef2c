import DruckerProtocol
import GRPC
import ModelStorage
import Protobuf

/// Evaluates the loaded model and keeps the results in a file beside the data.
final class EvaluateCall: GRPCServerCallHandler {
  private let server: ModelServer
  private let responder: GRPCServerCall
  private let package: DruckerPackage
  private let work = RunningWork()
  private var first: Drucker.EvaluateModelRequest?
  private var data: [UInt8] = []
  private var isFinished = false

  init(server: ModelServer, responder: GRPCServerCall, package: DruckerPackage) {
    self.server = server
    self.responder = responder
    self.package = package
  }

  func messageReceived(_ message: [UInt8]) {
    if isFinished { return }
    do {
      var part = try Drucker.EvaluateModelRequest(protobuf: message)
      data.append(contentsOf: part.data)
      part.data = []
      if first == nil { first = part }
    } catch {
      finish(GRPCStatus(.internal, "the request cannot be read: \(error)"))
    }
  }

  func requestsEnded() {
    if isFinished { return }
    guard let first else {
      finish(GRPCStatus(.invalidArgument, "the call has no request"))
      return
    }
    do throws(StorageError) {
      let paths = try EvaluationPaths(
        application: server.configuration.applicationName, dataPath: first.dataPath,
        resultPath: first.resultPath)
      if !data.isEmpty {
        evaluate(EvaluationData(name: first.dataPath, bytes: data), paths)
        return
      }
      let read = server.surroundings.evaluations.read(paths.data)
      server.after(read.delay, work) { [self] in
        switch read.result {
        case .success(let file):
          evaluate(EvaluationData(name: file.path.file, bytes: file.bytes), paths)
        case .failure(let error): finish(GRPCStatus(storage: error))
        }
      }
    } catch {
      finish(GRPCStatus(storage: error))
    }
  }

  func callCancelled(_ status: GRPCStatus) {
    isFinished = true
    work.cancel()
  }

  private func evaluate(_ data: EvaluationData, _ paths: EvaluationPaths) {
    guard let predictor = server.predictor else {
      finish(GRPCStatus(.unavailable, "no model is loaded"))
      return
    }
    server.spend(.evaluate(count: data.lineCount), work) { [self] in
      guard let asynchronous = predictor.asynchronous else {
        return keep(Result { try predictor.evaluate(data) }, paths)
      }
      work.cancelStep = server.bridge.run {
        try await asynchronous.evaluate(data)
      } completion: { [self] result in
        if !work.isCancelled { keep(result, paths) }
      }
    }
  }

  private func keep(_ result: Result<Evaluation, any Error>, _ paths: EvaluationPaths) {
    guard server.isAlive else { return }
    switch result {
    case .failure(let error):
      server.log.system(.error, "evaluation failed: \(error)")
      if server.configuration.legacyErrorResponses {
        answer(EvaluationMetrics())
      } else {
        finish(GRPCStatus(.internal, "the evaluation failed: \(error)"))
      }
    case .success(let evaluation):
      let file = Drucker.EvaluationResultResponse(
        metrics: evaluation.metrics, detail: evaluation.details)
      let written = server.surroundings.evaluations.write(paths.result, file.protobufBytes())
      server.after(written.delay, work) { [self] in
        switch written.result {
        case .success:
          server.log.system(.info, "evaluated \(paths.data.file) into \(paths.result.file)")
          answer(evaluation.metrics)
        case .failure(let error): finish(GRPCStatus(storage: error))
        }
      }
    }
  }

  private func answer(_ metrics: EvaluationMetrics) {
    if isFinished { return }
    let response = Drucker.EvaluateModelResponse(metrics: metrics)
    responder.sendMessage(response.restricted(to: package).protobufBytes())
    finish(.ok)
  }

  private func finish(_ status: GRPCStatus) {
    if isFinished { return }
    isFinished = true
    responder.finish(status)
  }
}

/// Where the data and the results of an evaluation are.
struct EvaluationPaths {
  let data: ModelPath
  let result: ModelPath

  /// Throws `StorageError` for a name that is no bare file name, or the same for both.
  init(application: String, dataPath: String, resultPath: String) throws(StorageError) {
    data = try ModelPath(application: application, file: dataPath)
    result = try ModelPath(
      application: application, file: resultPath.isEmpty ? dataPath + "_result" : resultPath)
    if data == result {
      throw StorageError(
        code: .invalidPath, message: "the results would replace the data \(dataPath)")
    }
  }
}

extension GRPCStatus {
  /// The status for a storage fault.
  init(storage error: StorageError) {
    let code: GRPCStatusCode =
      switch error.code {
      case .invalidPath: .invalidArgument
      case .missing: .notFound
      case .notMounted: .unavailable
      case .full: .resourceExhausted
      case .uploadEnded, .failed: .internal
      }
    self.init(code, error.message)
  }
}
