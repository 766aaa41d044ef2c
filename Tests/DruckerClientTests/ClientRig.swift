import DruckerClient
import DruckerProtocol
import GRPC
import Protobuf
import TestSupport
import Transport

/// A client and a scripted model server in memory.
final class ClientRig {
  let loop = ManualEventLoop()
  let network: MemoryNetwork
  let server: ScriptedServer
  let client: DruckerClient

  init(
    target: DruckerTarget = .host("10.0.0.1", port: 5000),
    settings: DruckerClientSettings = DruckerClientSettings(),
    onCall: ((GRPCServerCall) -> Bool)? = nil
  ) {
    network = MemoryNetwork(eventLoop: loop)
    server = ScriptedServer(loop: loop)
    if let onCall { server.onCall = onCall }
    client = DruckerClient(
      target: target, settings: settings, eventLoop: loop, connector: network,
      random: { 0.5 })
  }

  func listen(_ address: String = "10.0.0.1:5000") {
    network.listeners[address] = server.accept
  }

  func predict(_ input: DruckerInput = .string("a"), output: PayloadKind = .string) -> Outcome {
    let outcome = Outcome()
    outcome.call = client.predict(input, output: output) { outcome.reply = $0 }
    #if DEBUG
      precondition(outcome.reply == nil, "completed from within predict")
    #endif
    loop.run()
    return outcome
  }

  /// Awaits on the main actor while the event loop runs on it.
  @MainActor
  static func await_<Value: Sendable>(
    _ loop: ManualEventLoop, _ body: @escaping @MainActor () async throws -> Value
  ) async throws -> Value {
    var isDone = false
    let task = Task {
      defer { isDone = true }
      return try await body()
    }
    while !isDone {
      await Task.yield()
      loop.run()
    }
    return try await task.value
  }
}

/// What a callback got.
final class Outcome {
  var call: DruckerCall?
  var reply: DruckerReply<DruckerPrediction>?

  var code: GRPCStatusCode? { reply?.status.code }
  var output: DruckerOutput? { try? reply?.result.get().output }
}

/// Answers each method of the wire in a way that a test can predict.
final class ScriptedServer {
  var calls: [GRPCServerCall] = []
  var transports: [GRPCServerTransport] = []
  var received: [[UInt8]] = []
  lazy var onCall: (GRPCServerCall) -> Bool = { [unowned self] in answer($0) }
  private let loop: ManualEventLoop

  init(loop: ManualEventLoop) { self.loop = loop }

  func accept(_ stream: MemoryByteStream) {
    transports.append(
      GRPCServerTransport(stream: stream, eventLoop: loop) { [unowned self] call in
        calls.append(call)
        return onCall(call)
      })
  }

  func answer(_ call: GRPCServerCall) -> Bool {
    guard let method = DruckerMethod.find(path: call.path) else { return false }
    var messages: [[UInt8]] = []
    call.onMessage = { [unowned self] in
      messages.append($0)
      received.append($0)
    }
    call.onHalfClose = { [unowned call] in
      for message in Self.answers(method.call, messages) { call.sendMessage(message) }
      call.finish()
    }
    return true
  }

  static func answers(_ call: DruckerMethod.Call, _ messages: [[UInt8]]) -> [[UInt8]] {
    switch call {
    case .predict(let input, .bytes):
      let count = input == .bytes ? messages.count : 2
      return (0..<count).map { prediction(.bytes, UInt8($0 + 1)) }
    case .predict(_, let output): return [prediction(output, 1)]
    case .serviceInfo:
      return [Drucker.ServiceInfoResponse(applicationName: "digits").protobufBytes()]
    case .uploadModel, .switchModel:
      return [Drucker.ModelResponse(status: 1, message: "\(messages.count)").protobufBytes()]
    case .uploadEvaluationData:
      return [
        Drucker.UploadEvaluationDataResponse(status: 1, message: "\(messages.count)")
          .protobufBytes()
      ]
    case .evaluateModel:
      let metrics = Drucker.EvaluationMetrics(num: 3)
      return [Drucker.EvaluateModelResponse(metrics: metrics).protobufBytes()]
    case .evaluationResult:
      let metrics = Drucker.EvaluationMetrics(num: 3)
      let part = Drucker.EvaluationResultResponse(metrics: metrics).protobufBytes()
      return [part, part]
    case .healthCheck:
      return [Drucker.HealthCheckResponse(status: .serving).protobufBytes()]
    }
  }

  static func prediction(_ kind: PayloadKind, _ number: UInt8) -> [UInt8] {
    switch kind {
    case .string:
      Drucker.StringOutput(output: "\(number)", score: 0.5, option: Drucker.Option(val: "{}"))
        .protobufBytes()
    case .bytes: Drucker.BytesOutput(output: [number], score: 0.5).protobufBytes()
    case .arrInt: Drucker.ArrIntOutput(output: [Int32(number)], score: [0.5]).protobufBytes()
    case .arrFloat: Drucker.ArrFloatOutput(output: [Float(number)], score: [0.5]).protobufBytes()
    case .arrString: Drucker.ArrStringOutput(output: ["\(number)"], score: [0.5]).protobufBytes()
    }
  }
}
