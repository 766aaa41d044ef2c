import DruckerProtocol
import JSON

/// Takes one line of a log: JSON text without a line's end.
public typealias LogSink = (_ line: String) -> Void

/// The syslog numbers that log lines carry.
public enum LogLevel: Int, Hashable, Sendable {
  /// Something failed.
  case error = 3
  /// Something is not as it should be.
  case warning = 4
  /// Something happened.
  case info = 6
  /// For those who look for a fault.
  case debug = 7
}

/// The system log and the service log of one model server.
public struct ServingLog {
  private let system: LogSink
  private let service: LogSink?
  private let wallClock: () -> Int64
  private let start: String
  private let end: String

  /// The logs of a server.
  ///
  /// - Parameters:
  ///   - configuration: names the application and its level.
  ///   - host: the machine's or pod's name.
  ///   - wallClock: nanoseconds since 1970.
  ///   - system: takes what the server does.
  ///   - service: takes one line for each prediction; nil costs nothing.
  public init(
    configuration: ServingConfiguration, host: String, wallClock: @escaping () -> Int64,
    system: @escaping LogSink, service: LogSink? = nil
  ) {
    self.system = system
    self.service = service
    self.wallClock = wallClock
    let application = JSONValue.string(configuration.applicationName).text()
    start = "{\"host\":\(JSONValue.string(host).text()),\"short_message\":"
    end =
      ",\"service\":\"drucker\",\"ml_service\":\(application)"
      + ",\"service_level\":\"\(configuration.serviceLevel.rawValue)\""
  }

  /// Whether predictions are logged.
  var logsPredictions: Bool { service != nil }

  /// Writes a line to the system log.
  public func report(_ level: LogLevel, _ message: String) { system(level, message) }

  func system(_ level: LogLevel, _ message: String) {
    system(head(level, message) + "}")
  }

  /// One line for a prediction that was answered.
  func prediction(
    _ input: PredictInput, option: String, answer: Prediction, isSuppressed: Bool
  ) {
    guard let service else { return }
    var mlInput = ""
    var mlOutput = ""
    if !isSuppressed {
      mlInput = JSONValue.object(["option": .string(option), "input": JSONValue(input)]).text()
      mlOutput =
        JSONValue.object([
          "option": .string(answer.option.text), "output": JSONValue(answer.output),
          "score": .array(answer.scores.map { .number(Double($0)) }),
        ]).text()
    }
    service(
      head(.info, "prediction result.")
        + ",\"ml_input\":\(JSONValue.string(mlInput).text())"
        + ",\"ml_output\":\(JSONValue.string(mlOutput).text())}")
  }

  private func head(_ level: LogLevel, _ message: String) -> String {
    let milliseconds = wallClock() / 1_000_000
    let fraction = String(milliseconds % 1_000)
    let zeros = String(repeating: "0", count: 3 - fraction.count)
    return start + JSONValue.string(message).text()
      + ",\"timestamp\":\(milliseconds / 1_000).\(zeros)\(fraction),\"level\":\(level.rawValue)"
      + end
  }
}

extension JSONObject {
  /// The object as JSON text.
  var text: String { isEmpty ? "{}" : JSONValue.object(self).text() }
}

extension JSONValue {
  /// The input as the service log shows it; of bytes only their number.
  fileprivate init(_ input: PredictInput) {
    switch input {
    case .string(let text): self = .string(text)
    case .bytes(let bytes): self = .string("\(bytes.count) bytes")
    case .arrInt(let values): self = .array(values.map { .integer(Int64($0)) })
    case .arrFloat(let values): self = .array(values.map { .number(Double($0)) })
    case .arrString(let texts): self = .array(texts.map { .string($0) })
    }
  }

  /// The output as the service log shows it; of bytes only their number.
  fileprivate init(_ output: PredictOutput) {
    switch output {
    case .string(let text): self = .string(text)
    case .bytes(let bytes): self = .string("\(bytes.count) bytes")
    case .arrInt(let values): self = .array(values.map { .integer(Int64($0)) })
    case .arrFloat(let values): self = .array(values.map { .number(Double($0)) })
    case .arrString(let texts): self = .array(texts.map { .string($0) })
    }
  }
}
