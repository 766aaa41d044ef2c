import DigitsPredictor
import DruckerServing
import LiveTransport

/// The options that `andruck serve` and `andruck ingress` have in common, and others by name.
struct LiveArguments {
  var settings: LiveSettings
  private(set) var hasPort = false
  private(set) var others: [String: String] = [:]

  init(_ arguments: [String], _ kind: LiveSettings.Kind, others known: [String]) throws {
    settings = LiveSettings(kind)
    let flags = LimitFlag.all(kind)
    var rest = arguments[...]
    while let option = rest.popFirst() {
      let flag = flags.first { $0.name == option }
      let isKnown =
        flag != nil || known.contains(option)
        || ["--host", "--port", "--tls-certificate", "--tls-key"].contains(option)
      guard isKnown else {
        throw UsageError(
          message: "unknown argument \(option) of andruck \(kind.rawValue);"
            + " andruck \(kind.rawValue) --help lists all")
      }
      guard let value = rest.popFirst(), value.count < 3 || !value.hasPrefix("--") else {
        throw UsageError(message: "\(option) needs a value")
      }
      switch option {
      case "--host": settings.limits.host = value
      case "--port":
        guard let port = Int(value), (0...65_535).contains(port) else {
          throw UsageError(message: "--port: expected 0 to 65535, found \"\(value)\"")
        }
        settings.limits.port = port
        hasPort = true
      default:
        if let flag {
          try flag.apply(value, to: &settings)
        } else {
          others[option] = value
        }
      }
    }
    settings.limits.tls = try tls()
  }

  /// The certificate and key, which only make sense together.
  private func tls() throws -> TLSServer? {
    switch (others["--tls-certificate"], others["--tls-key"]) {
    case (nil, nil): return nil
    case (let certificate?, let key?):
      return try TLSServer(certificateFile: certificate, keyFile: key)
    case (nil, _?): throw UsageError(message: "--tls-key needs --tls-certificate as well")
    case (_?, nil): throw UsageError(message: "--tls-certificate needs --tls-key as well")
    }
  }

  /// How a listening server is described.
  var transport: String { settings.limits.tls == nil ? "plaintext HTTP/2" : "HTTP/2 over TLS" }

  /// Reads the certificate again, where there is one.
  func reloadCertificate(_ command: String) {
    guard let tls = settings.limits.tls else { return }
    do throws(TLSError) {
      try tls.reload()
    } catch {
      Console.error("\(command): the old certificate stays: \(error)")
    }
  }
}

/// The predictors that the command line can serve, by name.
enum KnownPredictors {
  /// - Parameter busyFor: CPU time that each prediction spends beside, as a duration's text.
  static func find(_ name: String, busyFor: String?) throws -> PredictorFactory {
    switch name {
    case "digits":
      guard let busyFor else { return PredictorFactory(DigitsPredictor.self) }
      let nanoseconds = try BenchUnits.nanoseconds(busyFor, "--busy-for")
      BusyDigits.spend(nanoseconds)
      return PredictorFactory(BusyDigits.self)
    default: throw UsageError(message: "unknown predictor \"\(name)\"; expected digits")
    }
  }
}
