import DruckerClient
import DruckerDashboard
import DruckerProtocol
import GRPC
import JSON
import SimulationKernel

/// The dashboard's calls on workers: the SDK, through the ingress.
final class WorkerCalls: WorkerCalling {
  /// How long the dashboard waits for an answer.
  static let timeout = Duration.seconds(10)

  private let simulation: Simulation
  private let network: WorldNetwork
  private let domain: String
  private var clients: [ServiceReference: ServiceClient] = [:]
  private(set) var callCount = 0

  init(simulation: Simulation, network: WorldNetwork, domain: String) {
    self.simulation = simulation
    self.network = network
    self.domain = domain
  }

  func serviceInfo(
    of target: WorkerTarget, _ done: @escaping (Result<WorkerInfo, WorkerCallError>) -> Void
  ) {
    client(target).serviceInfo(options: nextOptions()) { reply in
      done(
        self.answered(reply) {
          WorkerInfo(
            applicationName: $0.applicationName, serviceName: $0.serviceName,
            serviceLevel: $0.serviceLevel)
        })
    }
  }

  func uploadModel(
    to target: WorkerTarget, path: String, bytes: [UInt8],
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
  ) {
    client(target).uploadModel(path: path, data: bytes, options: nextOptions()) { reply in
      done(self.answered(reply) { WorkerAnswer(status: $0.status, message: $0.message) })
    }
  }

  func switchModel(
    of target: WorkerTarget, path: String,
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
  ) {
    client(target).switchModel(path: path, options: nextOptions()) { reply in
      done(self.answered(reply) { WorkerAnswer(status: $0.status, message: $0.message) })
    }
  }

  func uploadEvaluationData(
    to target: WorkerTarget, dataPath: String, bytes: [UInt8],
    _ done: @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
  ) {
    client(target).uploadEvaluationData(
      path: dataPath, data: bytes, options: nextOptions()
    ) { reply in
      done(self.answered(reply) { WorkerAnswer(status: $0.status, message: $0.message) })
    }
  }

  func evaluateModel(
    on target: WorkerTarget, dataPath: String, resultPath: String,
    _ done: @escaping (Result<EvaluationMetrics, WorkerCallError>) -> Void
  ) {
    client(target).evaluateModel(
      dataPath: dataPath, resultPath: resultPath, options: nextOptions()
    ) { reply in
      done(self.answered(reply) { EvaluationMetrics($0.metrics ?? Drucker.EvaluationMetrics()) })
    }
  }

  func evaluationResult(
    on target: WorkerTarget, dataPath: String, resultPath: String,
    _ done: @escaping (Result<[EvaluationDetail], WorkerCallError>) -> Void
  ) {
    client(target).evaluationResult(
      dataPath: dataPath, resultPath: resultPath, options: nextOptions()
    ) { reply in
      done(self.answered(reply) { $0.flatMap { $0.detail.map(EvaluationDetail.init) } })
    }
  }

  private func client(_ target: WorkerTarget) -> DruckerClient {
    let service = ServiceReference(
      application: target.applicationName, level: target.serviceLevel)
    if let known = clients[service] { return known.client }
    let client = ServiceClient(
      service, domain: domain, simulation: simulation, network: network)
    clients[service] = client
    return client.client
  }

  private func nextOptions() -> DruckerCallOptions {
    callCount += 1
    return ServiceClient.options("dashboard-\(callCount)", Self.timeout)
  }

  private func answered<Message, Value>(
    _ reply: DruckerReply<Message>, _ transform: (Message) -> Value
  ) -> Result<Value, WorkerCallError> {
    simulation.trace.record(
      "dashboard.call", "worker", [("status", .string(reply.status.code.name))])
    return reply.result.map(transform).mapError {
      WorkerCallError(status: $0.code.name, message: $0.message)
    }
  }
}

extension EvaluationMetrics {
  /// The dashboard's record of what a worker measured.
  fileprivate init(_ message: Drucker.EvaluationMetrics) {
    self.init(
      count: Int(message.num), accuracy: Double(message.accuracy),
      precision: message.precision.map { Double($0) }, recall: message.recall.map { Double($0) },
      fvalue: message.fvalue.map { Double($0) },
      option: JSONObject(
        message.option.sorted { $0.key < $1.key }.map { ($0.key, .number(Double($0.value))) }))
  }
}

extension EvaluationDetail {
  /// The dashboard's record of one evaluated item.
  fileprivate init(_ message: Drucker.EvaluationResultResponse.Detail) {
    self.init(
      input: JSONValue(message.input), label: JSONValue(message.label),
      output: JSONValue(message.output), score: message.score.map { Double($0) },
      isCorrect: message.isCorrect)
  }
}

extension JSONValue {
  /// A tensor as shape and values, strings as a list.
  fileprivate init(_ message: Drucker.IO?) {
    switch message?.ioOneof {
    case .tensor(let tensor):
      self = [
        "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
        "val": .array(tensor.val.map { .number($0) }),
      ]
    case .str(let texts): self = .array(texts.val.map { .string($0) })
    case nil: self = .null
    }
  }
}
