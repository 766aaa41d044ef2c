package import JSON

/// The calls that the dashboard makes on workers.
///
/// Every completion is called once, later or at once, on the thread of the call. The assembly
/// implements this on the gRPC client.
package protocol WorkerCalling: AnyObject {
  /// `ServiceInfo`.
  func serviceInfo(
    of target: WorkerTarget, _ done: @escaping (Result<WorkerInfo, WorkerCallError>) -> Void)

  /// `UploadModel`, in as many chunks as the message limit wants.
  func uploadModel(
    to target: WorkerTarget, path: String, bytes: [UInt8],
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void)

  /// `SwitchModel`.
  func switchModel(
    of target: WorkerTarget, path: String,
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void)

  /// `UploadEvaluationData`, in as many chunks as the message limit wants.
  func uploadEvaluationData(
    to target: WorkerTarget, dataPath: String, bytes: [UInt8],
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void)

  /// `EvaluateModel`.
  func evaluateModel(
    on target: WorkerTarget, dataPath: String, resultPath: String,
    _ done: @escaping (Result<EvaluationMetrics, WorkerCallError>) -> Void)

  /// `EvaluationResult`, its stream put together.
  func evaluationResult(
    on target: WorkerTarget, dataPath: String, resultPath: String,
    _ done: @escaping (Result<[EvaluationDetail], WorkerCallError>) -> Void)
}

/// Which worker a call is for.
///
/// Services of one application and level share their ingress host; where the Kubernetes Service
/// can be reached, that is the way to one of them.
package struct WorkerTarget: Sendable, Equatable {
  /// The application, for the request metadata.
  package var applicationName: String
  /// The service level, for the request metadata.
  package var serviceLevel: String
  /// The service's own name; empty while it is not known.
  package var serviceName: String
  /// The host that the ingress routes, or `host:port` of a worker outside Kubernetes.
  package var host: String
  /// The Kubernetes Service; nil for a worker outside Kubernetes.
  package var kubernetesService: KubernetesService?

  /// Where a Kubernetes Service is.
  package struct KubernetesService: Sendable, Equatable {
    /// The dashboard's number of the cluster.
    package var clusterID: Int
    /// Its namespace, the service level.
    package var namespace: String
    /// Its name, `<service>-service`.
    package var name: String
  }
}

/// What a worker says of itself.
package struct WorkerInfo: Sendable, Equatable {
  package var applicationName: String
  package var serviceName: String
  package var serviceLevel: String

  package init(applicationName: String, serviceName: String, serviceLevel: String) {
    self.applicationName = applicationName
    self.serviceName = serviceName
    self.serviceLevel = serviceLevel
  }
}

/// `ModelResponse` and `UploadEvaluationDataResponse`.
package struct WorkerAnswer: Sendable, Equatable {
  /// 1 for success, 0 for an error.
  package var status: Int32
  package var message: String

  package init(status: Int32, message: String) {
    self.status = status
    self.message = message
  }
}

/// A call that no answer came to.
package struct WorkerCallError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name of the gRPC status, such as `UNAVAILABLE`.
  package var status: String
  package var message: String

  package init(status: String, message: String) {
    self.status = status
    self.message = message
  }

  package var description: String { "\(status): \(message)" }
}

/// One item of an evaluation, with its parts as the JSON of their messages.
package struct EvaluationDetail: Sendable, Equatable {
  package var input: JSONValue
  package var label: JSONValue
  package var output: JSONValue
  package var score: [Double]
  package var isCorrect: Bool

  package init(
    input: JSONValue, label: JSONValue, output: JSONValue, score: [Double], isCorrect: Bool
  ) {
    self.input = input
    self.label = label
    self.output = output
    self.score = score
    self.isCorrect = isCorrect
  }
}
