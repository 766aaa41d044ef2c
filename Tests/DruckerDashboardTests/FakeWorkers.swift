import DruckerDashboard
import JSON

/// Workers that write down what they are asked and answer as told, at once.
final class FakeWorkers: WorkerCalling {
  /// What was asked, in order: call, service, path.
  private(set) var calls: [String] = []
  /// Files by path, as the shared storage has them.
  private(set) var files: [String: [UInt8]] = [:]
  /// Services that no call reaches.
  var unreachable: Set<String> = []
  /// What every upload and switch answers.
  var answer = WorkerAnswer(status: 1, message: "Success.")
  var info = WorkerInfo(
    applicationName: "letters", serviceName: "letters-beta-1", serviceLevel: "beta")
  let metrics = EvaluationMetrics(
    count: 4, accuracy: 0.75, precision: [1, 0.5], recall: [0.5, 1], fvalue: [0.6, 0.7],
    option: ["loss": 0.5])

  func serviceInfo(
    of target: WorkerTarget, _ done: @escaping (Result<WorkerInfo, WorkerCallError>) -> Void
  ) {
    done(reach("info", target, target.host).map { info })
  }

  func uploadModel(
    to target: WorkerTarget, path: String, bytes: [UInt8],
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
  ) {
    done(
      reach("upload", target, path).map {
        files[path] = bytes
        return answer
      })
  }

  func switchModel(
    of target: WorkerTarget, path: String,
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
  ) {
    done(reach("switch", target, path).map { answer })
  }

  func uploadEvaluationData(
    to target: WorkerTarget, dataPath: String, bytes: [UInt8],
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
  ) {
    done(reach("upload data", target, dataPath).map { answer })
  }

  func evaluateModel(
    on target: WorkerTarget, dataPath: String, resultPath: String,
    _ done: @escaping (Result<EvaluationMetrics, WorkerCallError>) -> Void
  ) {
    done(reach("evaluate", target, dataPath).map { metrics })
  }

  func evaluationResult(
    on target: WorkerTarget, dataPath: String, resultPath: String,
    _ done: @escaping (Result<[EvaluationDetail], WorkerCallError>) -> Void
  ) {
    let detail = EvaluationDetail(
      input: "a", label: "b", output: "b", score: [0.5], isCorrect: true)
    done(reach("result", target, resultPath).map { [detail] })
  }

  private func reach(
    _ call: String, _ target: WorkerTarget, _ path: String
  ) -> Result<Void, WorkerCallError> {
    calls.append("\(call) \(target.serviceName) \(path)")
    if unreachable.contains(target.serviceName) {
      return .failure(WorkerCallError(status: "UNAVAILABLE", message: "connection refused"))
    }
    return .success(())
  }
}
