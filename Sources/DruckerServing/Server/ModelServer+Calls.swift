import DruckerProtocol
import GRPC

extension ModelServer {
  /// Gives a call its handler; false when the path names no method.
  func begin(_ call: GRPCServerCall) -> Bool {
    if call.pathNote > 0, beginPrediction(call) { return true }
    let path = call.path
    if let method = DruckerMethod.find(path: path) {
      begin(method, call)
      return true
    }
    switch path {
    case "/grpc.health.v1.Health/Check":
      call.handler = UnaryCall<HealthV1.HealthCheckRequest>(call) { self.check($0, $1) }
    case "/grpc.health.v1.Health/Watch":
      call.handler = HealthWatch(server: self, responder: call)
    // The two versions have the same messages on the wire.
    case "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo":
      call.handler = ReflectionCall(responder: call)
    default: return false
    }
    return true
  }

  /// Most calls of a connection are predictions: a call keeps what handles them.
  private func beginPrediction(_ call: GRPCServerCall) -> Bool {
    if let kept = call.handler as? PredictCall, kept.begin(note: call.pathNote) { return true }
    guard let kind = PredictKind(note: call.pathNote) else { return false }
    call.keepHandler(PredictCall(server: self, kind, call))
    return true
  }

  private func begin(_ method: DruckerMethod, _ call: GRPCServerCall) {
    let package = method.package
    switch method.call {
    case .predict(let input, let output):
      let kind = PredictKind(input: input, output: output)
      call.pathNote = kind.note
      call.keepHandler(PredictCall(server: self, kind, call))
    case .serviceInfo:
      call.handler = UnaryCall<Drucker.ServiceInfoRequest>(call) { _, call in
        call.answer(
          Drucker.ServiceInfoResponse(
            applicationName: self.configuration.applicationName,
            serviceName: self.configuration.serviceName,
            serviceLevel: self.configuration.serviceLevel.rawValue))
      }
    case .uploadModel:
      call.handler = UploadCall(server: self, responder: call, purpose: .model)
    case .switchModel:
      call.handler = UnaryCall<Drucker.SwitchModelRequest>(call) { self.switchModel($0, $1) }
    case .uploadEvaluationData:
      call.handler = UploadCall(server: self, responder: call, purpose: .evaluationData)
    case .evaluateModel:
      call.handler = EvaluateCall(server: self, responder: call, package: package)
    case .evaluationResult:
      call.handler = UnaryCall<Drucker.EvaluationResultRequest>(call) {
        self.evaluationResult($0, package: package, $1)
      }
    case .healthCheck:
      call.handler = UnaryCall<Drucker.HealthCheckRequest>(call) { self.check($0, $1) }
    }
  }
}
