package import JSON
import KubernetesAPI
import SimulationKernel

/// Plays a recording on a new API server and judges the answers.
package final class ExchangeRunner {
  private let recording: ExchangeRecording
  private let server: APIServer
  private var bindings: ExchangeBindings
  /// What was asked, wanted and answered so far.
  package private(set) var played: [Played] = []

  /// One exchange: the request as it was sent, and both answers.
  package struct Played {
    package var method: String
    package var path: String
    package var body: JSONValue?
    package var wantedStatus: Int
    /// Nil if the answer is no JSON.
    package var wanted: JSONValue?
    package var status: Int
    package var answer: JSONValue
  }

  /// Makes a runner with a server of its own.
  package init(_ recording: ExchangeRecording, seed: UInt64 = 1) {
    self.recording = recording
    let simulation = Simulation(seed: seed)
    var configuration = APIServer.Configuration()
    configuration.tracesWrites = false
    server = APIServer(simulation: simulation, configuration: configuration)
    let stream = simulation.randomStream("exchanges/namespace")
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    let name = (0..<8).map { _ in letters[stream.integer(below: letters.count)] }
    bindings = ExchangeBindings(namespace: "g-" + String(name))
  }

  /// Plays a recording of a file; returns the first difference, nil if there is none.
  package static func difference(_ json: JSONValue) throws -> String? {
    ExchangeRunner(try ExchangeRecording(json: json)).run()
  }

  /// The first difference, nil if there is none.
  package func run() -> String? {
    do throws(ExchangeDifference) {
      for name in recording.namespaces {
        var request = APIRequest(.create)
        request.resource = "namespaces"
        request.body = [
          "apiVersion": "v1", "kind": "Namespace",
          "metadata": ["name": .string(bindings.fill(text: name))],
        ]
        _ = server.respond(to: request)
      }
      for (index, exchange) in recording.exchanges.enumerated() {
        do throws(ExchangeDifference) {
          try run(exchange)
        } catch {
          throw ExchangeDifference(
            "exchanges[\(index)] \(exchange.method) \(exchange.path): \(error.description)")
        }
      }
      return nil
    } catch {
      return error.description
    }
  }

  /// Whether a value of an answer is the wanted one, with the placeholders bound so far.
  package func agrees(_ wanted: JSONValue, _ seen: JSONValue) -> Bool {
    var copy = bindings
    do throws(ExchangeDifference) {
      try copy.compare(wanted, seen, "")
      return true
    } catch {
      return false
    }
  }

  private func run(_ exchange: ExchangeRecording.Exchange) throws(ExchangeDifference) {
    let path = bindings.fill(text: exchange.path)
    guard var request = APIRequest(method: exchange.method, path: path) else {
      throw ExchangeDifference("no place of the API")
    }
    request.body = exchange.body.map { bindings.fill($0) }
    if let text = exchange.headers["Content-Type"]?.stringValue, exchange.method == "PATCH" {
      guard let type = PatchType(rawValue: text) else {
        throw ExchangeDifference("no patch of type \(text)")
      }
      request.patchType = type
    }
    request.accept = exchange.headers["Accept"]?.stringValue
    let response = server.respond(to: request)
    let body = recording.comparesManagedFields ? response.body : cleaned(response.body)
    played.append(
      Played(
        method: exchange.method, path: path, body: request.body, wantedStatus: exchange.status,
        wanted: exchange.answer, status: response.code, answer: body))
    if response.code != exchange.status {
      throw ExchangeDifference(
        "status: expected \(exchange.status), seen \(response.code) \(response.body.text())")
    }
    try bindings.compare(
      exchange.warnings,
      .array(response.warnings.map { .string("299 - \(JSONValue.string($0).text())") }), "warnings")
    if let wanted = exchange.answer {
      try bindings.compare(wanted, body, "body", isContained: exchange.isContained)
    }
    if exchange.isBare, body != .null {
      throw ExchangeDifference("body: expected nothing, seen \(body.text())")
    }
  }

  /// Leaves out `metadata.managedFields` everywhere.
  private func cleaned(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      var result = JSONObject()
      for (key, member) in object {
        var member = cleaned(member)
        if key == "metadata", member.objectValue != nil { member["managedFields"] = nil }
        result[key] = member
      }
      return .object(result)
    case .array(let elements): return .array(elements.map { cleaned($0) })
    case .null, .bool, .integer, .number, .string: return value
    }
  }
}
