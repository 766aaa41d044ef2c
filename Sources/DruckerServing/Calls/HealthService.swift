import DruckerProtocol
import GRPC
import Protobuf

/// The services whose health is known; the empty name is the server.
private let knownServices = Set([""] + ProtobufFile.all.flatMap { $0.services.map(\.name) })

extension ModelServer {
  /// The check of `grpc.health.v1`.
  func check(
    _ request: HealthV1.HealthCheckRequest, _ call: UnaryCall<HealthV1.HealthCheckRequest>
  ) {
    guard knownServices.contains(request.service) else {
      call.finish(GRPCStatus(.notFound, "unknown service \(request.service)"))
      return
    }
    call.answer(HealthV1.HealthCheckResponse(status: isReady ? .serving : .notServing))
  }

  /// The check of the packages' own health service.
  func check(
    _ request: Drucker.HealthCheckRequest, _ call: UnaryCall<Drucker.HealthCheckRequest>
  ) {
    guard knownServices.contains(request.service) else {
      call.answer(Drucker.HealthCheckResponse(status: .unknown))
      return
    }
    call.answer(Drucker.HealthCheckResponse(status: isReady ? .serving : .notServing))
  }
}

/// A watch of `grpc.health.v1`: tells the state, and the end of it when the server stops.
final class HealthWatch: GRPCServerCallHandler {
  private let server: ModelServer
  private let responder: GRPCServerCall
  private var service: String?

  init(server: ModelServer, responder: GRPCServerCall) {
    self.server = server
    self.responder = responder
  }

  func messageReceived(_ message: [UInt8]) {
    guard service == nil else { return }
    do {
      let service = try HealthV1.HealthCheckRequest(protobuf: message).service
      self.service = service
      guard knownServices.contains(service) else {
        send(.serviceUnknown)
        server.watches.append(self)
        return
      }
      send(server.isReady ? .serving : .notServing)
      if server.isReady {
        server.watches.append(self)
      } else {
        finish()
      }
    } catch {
      responder.finish(GRPCStatus(.internal, "the request cannot be read: \(error)"))
    }
  }

  func requestsEnded() {
    if service == nil { responder.finish(GRPCStatus(.internal, "the call has no request")) }
  }

  func callCancelled(_ status: GRPCStatus) {
    server.watches.removeAll { $0 === self }
  }

  func serverStopping() {
    if let service, knownServices.contains(service) { send(.notServing) }
    finish()
  }

  /// A watch has no end of its own; without one the server could not stop.
  private func finish() {
    responder.finish(GRPCStatus(.unavailable, "the server is stopping"))
  }

  private func send(_ status: HealthV1.HealthCheckResponse.ServingStatus) {
    responder.sendMessage(HealthV1.HealthCheckResponse(status: status).protobufBytes())
  }
}
