import DigitsPredictor
import DruckerServing
import LiveTransport

/// The options that `andruck serve` and `andruck ingress` have in common, and others by name.
struct LiveArguments {
  var limits = LiveLimits()
  var hasPort = false
  private(set) var others: [String: String] = [:]

  init(_ arguments: [String], command: String, others known: [String]) throws {
    limits.loops = LiveLimits.processors
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard
        ["--host", "--port", "--loops", "--grace", "--connections"].contains(option)
          || known.contains(option)
      else { throw UsageError(message: "unknown argument \(option) of andruck \(command)") }
      guard let value = rest.popFirst(), value.count < 3 || !value.hasPrefix("--") else {
        throw UsageError(message: "\(option) needs a value")
      }
      switch option {
      case "--host": limits.host = value
      case "--port":
        limits.port = try Self.number(value, option, 0...65_535)
        hasPort = true
      case "--loops": limits.loops = try Self.number(value, option, 1...256)
      case "--grace":
        limits.graceNanoseconds =
          Int64(try Self.number(value, option, 0...86_400)) * 1_000_000_000
      case "--connections":
        limits.sockets.connectionsMax = try Self.number(value, option, 1...1_000_000)
      default: others[option] = value
      }
    }
  }

  private static func number(
    _ text: String, _ option: String, _ range: ClosedRange<Int>
  ) throws -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        message: "\(option): expected a whole number from \(range.lowerBound) to"
          + " \(range.upperBound), found \"\(text)\"")
    }
    return number
  }
}

/// The predictors that the command line can serve, by name.
enum KnownPredictors {
  static func find(_ name: String) throws -> PredictorFactory {
    switch name {
    case "digits": return PredictorFactory(DigitsPredictor.self)
    default: throw UsageError(message: "unknown predictor \"\(name)\"; expected digits")
    }
  }
}
