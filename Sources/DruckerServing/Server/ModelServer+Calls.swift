import DruckerProtocol
import GRPC

extension ModelServer {
  /// Gives a call its handler; false when the path names no method.
  func begin(_ call: GRPCServerCall) -> Bool {
    if let kind = PredictKind(note: call.pathNote) {
      call.handler = PredictCall(server: self, kind, call)
      return true
    }
    let path = call.path
    if let method = DruckerMethod.find(path: path) {
      call.handler = handler(method, call)
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

  private func handler(_ method: DruckerMethod, _ call: GRPCServerCall) -> any GRPCServerCallHandler
  {
    let package = method.package
    switch method.call {
    case .predict(let input, let output):
      let kind = PredictKind(input: input, output: output)
      call.pathNote = kind.note
      return PredictCall(server: self, kind, call)
    case .serviceInfo:
      return UnaryCall<Drucker.ServiceInfoRequest>(call) { _, call in
        call.answer(
          Drucker.ServiceInfoResponse(
            applicationName: self.configuration.applicationName,
            serviceName: self.configuration.serviceName,
            serviceLevel: self.configuration.serviceLevel.rawValue))
      }
    case .uploadModel: return UploadCall(server: self, responder: call, purpose: .model)
    case .switchModel:
      return UnaryCall<Drucker.SwitchModelRequest>(call) { self.switchModel($0, $1) }
    case .uploadEvaluationData:
      return UploadCall(server: self, responder: call, purpose: .evaluationData)
    case .evaluateModel: return EvaluateCall(server: self, responder: call, package: package)
    case .evaluationResult:
      return UnaryCall<Drucker.EvaluationResultRequest>(call) {
        self.evaluationResult($0, package: package, $1)
      }
    case .healthCheck:
      return UnaryCall<Drucker.HealthCheckRequest>(call) { self.check($0, $1) }
    }
  }
}
