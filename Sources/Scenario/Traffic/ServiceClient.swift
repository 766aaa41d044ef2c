import DruckerClient
import DruckerProtocol
import GRPC
import SimulationKernel

/// The SDK as a client on the simulated network uses it: by application and level, through the
/// ingress.
final class ServiceClient {
  let client: DruckerClient

  init(
    _ service: ServiceReference, domain: String, simulation: Simulation, network: WorldNetwork
  ) {
    let jitter = simulation.randomStream("client/\(service)/backoff")
    client = DruckerClient(
      target: .service(
        application: service.application, level: service.level, domain: domain,
        ingress: DruckerAddress(
          host: network.ingressName, port: WorldNetwork.ingressPort),
        form: .v04),
      eventLoop: SimulationEventLoop(simulation), connector: network.client,
      random: { jitter.double() })
  }

  /// Makes a call that takes one message and answers with one.
  func call(
    _ call: DruckerMethod.Call, _ message: [UInt8], requestID: String, timeout: Duration,
    _ done: @escaping (Result<[UInt8], GRPCStatus>) -> Void
  ) {
    client.start(call, messages: [message], options: Self.options(requestID, timeout)) { reply in
      done(
        reply.result.flatMap { messages in
          guard let first = messages.first, messages.count == 1 else {
            return .failure(
              GRPCStatus(.internal, "\(messages.count) messages where one is due"))
          }
          return .success(first)
        })
    }
  }

  /// A request id, by which answers are traced to models, and a time limit.
  static func options(_ requestID: String, _ timeout: Duration) -> DruckerCallOptions {
    var metadata = GRPCMetadata()
    metadata.append("x-request-id", requestID)
    return DruckerCallOptions(
      metadata: metadata, timeoutNanoseconds: timeout.wholeNanoseconds)
  }
}
