import DruckerProtocol
import JSON

/// Takes one line of the system log: JSON text without a line's end.
public typealias LogSink = (_ line: String) -> Void

/// Takes one line of the service log: JSON text as UTF-8, without a line's end.
///
/// The bytes are overwritten by the next line: who keeps them copies them.
public typealias ServiceLogSink = (_ line: [UInt8]) -> Void

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
  private let service: ServiceLogSink?
  private let wallClock: () -> Int64
  private let start: [UInt8]
  private let end: [UInt8]
  private let scratch = Scratch()

  /// Text that is being written; kept, so that a line costs no memory.
  private final class Scratch {
    var line = JSONWriter()
    var nested = JSONWriter()
  }

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
    system: @escaping LogSink, service: ServiceLogSink? = nil
  ) {
    self.system = system
    self.service = service
    self.wallClock = wallClock
    var writer = JSONWriter()
    writer.raw("{\"host\":")
    writer.string(host)
    writer.raw(",\"short_message\":")
    start = writer.bytes
    writer.removeAll()
    writer.raw(",\"service\":\"drucker\",\"ml_service\":")
    writer.string(configuration.applicationName)
    writer.raw(",\"service_level\":")
    writer.string(configuration.serviceLevel.rawValue)
    end = writer.bytes
  }

  /// Whether predictions are logged.
  var logsPredictions: Bool { service != nil }

  /// Writes a line to the system log.
  public func report(_ level: LogLevel, _ message: String) { system(level, message) }

  func system(_ level: LogLevel, _ message: String) {
    var line = JSONWriter()
    head(level, message, &line)
    line.raw("}")
    system(String(decoding: line.bytes, as: UTF8.self))
  }

  /// One line for a prediction that was answered.
  func prediction(
    _ input: PredictInput, option: String, answer: Prediction, isSuppressed: Bool
  ) {
    guard let service else { return }
    scratch.line.removeAll()
    head(.info, "prediction result.", &scratch.line)
    scratch.line.raw(",\"ml_input\":")
    scratch.nested.removeAll()
    if !isSuppressed { Self.write(input, option: option, &scratch.nested) }
    scratch.line.string(utf8: scratch.nested.bytes)
    scratch.line.raw(",\"ml_output\":")
    scratch.nested.removeAll()
    if !isSuppressed { Self.write(answer, &scratch.nested) }
    scratch.line.string(utf8: scratch.nested.bytes)
    scratch.line.raw("}")
    service(scratch.line.bytes)
  }

  private func head(_ level: LogLevel, _ message: String, _ line: inout JSONWriter) {
    let milliseconds = wallClock() / 1_000_000
    line.raw(start)
    line.string(message)
    line.raw(",\"timestamp\":")
    line.integer(milliseconds / 1_000)
    line.raw(".")
    line.digits(UInt64(milliseconds % 1_000), width: 3)
    line.raw(",\"level\":")
    line.integer(Int64(level.rawValue))
    line.raw(end)
  }

  private static func write(_ input: PredictInput, option: String, _ writer: inout JSONWriter) {
    writer.raw("{\"option\":")
    writer.string(option)
    writer.raw(",\"input\":")
    switch input {
    case .string(let text): writer.string(text)
    case .bytes(let bytes): writer.string("\(bytes.count) bytes")
    case .arrInt(let values): writer.integers(values)
    case .arrFloat(let values): writer.array(values) { $0.number(Double($1)) }
    case .arrString(let texts): writer.array(texts) { $0.string($1) }
    }
    writer.raw("}")
  }

  private static func write(_ answer: Prediction, _ writer: inout JSONWriter) {
    writer.raw("{\"option\":")
    writer.string(answer.option.text)
    writer.raw(",\"output\":")
    switch answer.output {
    case .string(let text): writer.string(text)
    case .bytes(let bytes): writer.string("\(bytes.count) bytes")
    case .arrInt(let values): writer.integers(values)
    case .arrFloat(let values): writer.array(values) { $0.number(Double($1)) }
    case .arrString(let texts): writer.array(texts) { $0.string($1) }
    }
    writer.raw(",\"score\":")
    writer.array(answer.scores) { $0.number(Double($1)) }
    writer.raw("}")
  }
}

extension JSONWriter {
  /// Appends a list.
  fileprivate mutating func array<Element>(
    _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    raw(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { raw(UInt8(ascii: ",")) }
      write(&self, element)
    }
    raw(UInt8(ascii: "]"))
  }
}

extension JSONObject {
  /// The object as JSON text.
  var text: String { isEmpty ? "{}" : JSONValue.object(self).text() }
}
