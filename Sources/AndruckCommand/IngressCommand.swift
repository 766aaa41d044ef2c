import Files
import Ingress
import LiveTransport
import YAML

/// `andruck ingress`: a reverse proxy on a real port.
struct IngressCommand {
  private let arguments: LiveArguments
  private let file: String

  init(_ arguments: [String]) throws {
    self.arguments = try LiveArguments(arguments, .ingress, others: ["--config"])
    guard let file = self.arguments.others["--config"] else {
      throw UsageError(message: "andruck ingress needs --config FILE")
    }
    guard self.arguments.hasPort else {
      throw UsageError(message: "andruck ingress needs --port PORT")
    }
    self.file = file
  }

  func perform() throws -> ExitCode {
    Signals.hold()
    LiveLimits.prepareProcess()
    let ingress: LiveIngress
    let limits = arguments.settings.limits
    do {
      ingress = try LiveIngress(
        routes: try routes(), limits: limits, settings: arguments.settings.ingress)
    } catch {
      Console.error("andruck ingress: \(error)")
      return .badInput
    }
    Console.error(
      "andruck: ingress on \(limits.host):\(ingress.port),"
        + " event loops: \(limits.loops); \(arguments.transport)")
    waitForSignals(ingress)
  }

  private func waitForSignals(_ ingress: LiveIngress) -> Never {
    var stops = 0
    while true {
      switch Signals.next(stopsBefore: stops) {
      case .reload:
        reload(ingress)
        arguments.reloadCertificate("andruck ingress")
      case .stop:
        stops += 1
        ingress.stop { Console.exit(.success) }
      }
    }
  }

  private func reload(_ ingress: LiveIngress) {
    do {
      ingress.update(routes: try routes())
      Console.error("andruck ingress: \(file) was read again")
    } catch {
      Console.error("andruck ingress: the old routes stay: \(error)")
    }
  }

  private func routes() throws -> [IngressRoute] {
    guard let bytes = FileReader.bytes(file) else {
      throw UsageError(message: "\(file) cannot be read")
    }
    return try IngressFile.routes(String(decoding: bytes, as: UTF8.self), file: file)
  }
}
