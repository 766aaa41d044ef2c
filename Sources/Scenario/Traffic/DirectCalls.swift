package import DruckerClient
import DruckerProtocol
import GRPC
import SimulationKernel

/// The answer to a prediction that whoever drives a story made by hand.
package struct DirectAnswer {
  /// What was predicted.
  package var prediction: DruckerPrediction
  /// The model that answered, as the answering server said.
  package var model: String?
}

/// Predictions by hand: from the clients' host, through the ingress, and counted by no check.
final class DirectCalls {
  private let simulation: Simulation
  private let network: WorldNetwork
  private let domain: String
  private var clients: [ServiceReference: ServiceClient] = [:]
  private var models: [String: String] = [:]
  private(set) var callCount = 0

  init(simulation: Simulation, network: WorldNetwork, domain: String) {
    self.simulation = simulation
    self.network = network
    self.domain = domain
  }

  func answered(_ requestID: String, by model: String) {
    if requestID.hasPrefix("direct-") { models[requestID] = model }
  }

  func predict(
    _ service: ServiceReference, _ input: DruckerInput, as output: PayloadKind, option: String,
    deadline: Duration, _ done: @escaping (Result<DirectAnswer, GRPCStatus>) -> Void
  ) {
    callCount += 1
    let requestID = "direct-\(callCount)"
    let client =
      clients[service]
      ?? ServiceClient(service, domain: domain, simulation: simulation, network: network)
    clients[service] = client
    let message = input.message(option: option)
    simulation.trace.absorb(message)
    client.client.start(
      .predict(input: input.kind, output: output), messages: [message],
      options: ServiceClient.options(requestID, deadline)
    ) { [weak self] reply in
      guard let self else { return }
      let model = models.removeValue(forKey: requestID)
      let result = reply.result.flatMap { Self.decode($0, output) }.map {
        DirectAnswer(prediction: $0, model: model)
      }
      record(requestID, service, result)
      done(result)
    }
  }

  private func record(
    _ requestID: String, _ service: ServiceReference, _ result: Result<DirectAnswer, GRPCStatus>
  ) {
    var status = "OK"
    var model = ""
    switch result {
    case .success(let answer): model = answer.model ?? ""
    case .failure(let failure): status = failure.code.name
    }
    simulation.trace.record(
      "direct.ended", requestID,
      [
        ("service", .string(service.description)), ("status", .string(status)),
        ("model", .string(model)),
      ])
  }

  /// One message is the answer; of bytes, which are streamed, all of them together.
  private static func decode(
    _ messages: [[UInt8]], _ kind: PayloadKind
  ) -> Result<DruckerPrediction, GRPCStatus> {
    do {
      let parts = try messages.map { try DruckerPrediction($0, kind: kind) }
      guard var answer = parts.first, parts.count == 1 || kind == .bytes else {
        return .failure(
          GRPCStatus(.internal, "\(messages.count) messages where one is due"))
      }
      if kind == .bytes {
        answer.output = .bytes(
          parts.flatMap { part -> [UInt8] in
            if case .bytes(let bytes) = part.output { bytes } else { [] }
          })
      }
      return .success(answer)
    } catch {
      return .failure(GRPCStatus(.internal, "an answer that cannot be read: \(error)"))
    }
  }
}
