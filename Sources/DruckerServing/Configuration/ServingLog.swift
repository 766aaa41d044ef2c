import DruckerProtocol
import JSON
import Transport

/// Takes one line of the system log: JSON text without a line's end.
public typealias LogSink = (_ line: String) -> Void

/// Takes one line of the service log: JSON text as UTF-8, without a line's end.
///
/// The bytes are overwritten by the next line: who keeps them copies them.
public typealias ServiceLogSink = (_ line: UnsafeRawBufferPointer) -> Void

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
///
/// A class, since a call of its own would otherwise take a reference to each of its parts.
public final class ServingLog {
  private let system: LogSink
  private let service: ServiceLogSink?
  private let wallClock: () -> Int64
  private let start: [UInt8]
  private let end: [UInt8]
  /// A prediction's line up to its time, and from there to its input.
  private let predictionStart: [UInt8]
  private let predictionEnd: [UInt8]
  /// Text that is being written; kept, so that a line costs no memory.
  @exclusivity(unchecked) private var line = LogLine()
  /// How lines of a millisecond begin.
  @exclusivity(unchecked) private var head = JSONWriter()
  @exclusivity(unchecked) private var headMilliseconds = Int64.min

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
    writer.string("prediction result.")
    writer.raw(",\"timestamp\":")
    predictionStart = writer.bytes
    writer.removeAll()
    writer.raw(",\"service\":\"drucker\",\"ml_service\":")
    writer.string(configuration.applicationName)
    writer.raw(",\"service_level\":")
    writer.string(configuration.serviceLevel.rawValue)
    end = writer.bytes
    writer.removeAll()
    writer.raw(",\"level\":")
    writer.integer(Int64(LogLevel.info.rawValue))
    writer.raw(end)
    writer.raw(",\"ml_input\":\"")
    predictionEnd = writer.bytes
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
  ///
  /// Input and output are JSON within a text; they are written with the text's escapes at once.
  func prediction(
    _ input: PredictInput, option: String, answer: Prediction, isSuppressed: Bool
  ) {
    guard let service else { return }
    line.removeAll()
    let milliseconds = wallClock() / 1_000_000
    if milliseconds != headMilliseconds {
      headMilliseconds = milliseconds
      head.removeAll()
      head.raw(predictionStart)
      Self.time(milliseconds, &head)
      head.raw(predictionEnd)
    }
    line.raw(head.bytes)
    if !isSuppressed { line.input(input, option: option) }
    line.raw("\",\"ml_output\":\"")
    if !isSuppressed { line.output(answer) }
    line.raw("\"}")
    service(line.bytes)
  }

  private func head(_ level: LogLevel, _ message: String, _ line: inout JSONWriter) {
    line.raw(start)
    line.string(message)
    line.raw(",\"timestamp\":")
    Self.time(wallClock() / 1_000_000, &line)
    line.raw(",\"level\":")
    line.integer(Int64(level.rawValue))
    line.raw(end)
  }

  /// Seconds with three digits after the point.
  private static func time(_ milliseconds: Int64, _ line: inout JSONWriter) {
    line.integer(milliseconds / 1_000)
    line.raw(UInt8(ascii: "."))
    line.digits(UInt64(milliseconds % 1_000), width: 3)
  }
}

extension JSONObject {
  /// The object as JSON text.
  var text: String { isEmpty ? "{}" : JSONValue.object(self).text() }
}
