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
  private let records: PredictionRecordSink?
  private let wallClock: () -> Int64
  private let start: [UInt8]
  private let end: [UInt8]
  private let lines: PredictionLines
  /// The record that a line is being made of; kept, so that it costs no memory.
  @exclusivity(unchecked) private var scratch = ByteBuffer()
  private static let keptBytes = 65_536

  /// The logs of a server.
  ///
  /// - Parameters:
  ///   - configuration: names the application and its level.
  ///   - host: the machine's or pod's name.
  ///   - wallClock: nanoseconds since 1970.
  ///   - system: takes what the server does.
  ///   - service: takes one line for each prediction; nil costs nothing.
  ///   - records: takes each prediction as bytes that a `PredictionLines` makes the line of later, on
  ///     any thread; instead of `service`.
  public init(
    configuration: ServingConfiguration, host: String, wallClock: @escaping () -> Int64,
    system: @escaping LogSink, service: ServiceLogSink? = nil,
    records: PredictionRecordSink? = nil
  ) {
    self.system = system
    self.service = service
    self.records = records
    self.wallClock = wallClock
    start = Self.start(host: host, message: nil)
    end = Self.end(configuration)
    lines = PredictionLines(configuration: configuration, host: host)
  }

  /// A line up to its message, or up to its time where the message is always the same.
  static func start(host: String, message: String?) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw("{\"host\":")
    writer.string(host)
    writer.raw(",\"short_message\":")
    if let message {
      writer.string(message)
      writer.raw(",\"timestamp\":")
    }
    return writer.bytes
  }

  /// What follows a line's level.
  static func end(_ configuration: ServingConfiguration) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw(",\"service\":\"drucker\",\"ml_service\":")
    writer.string(configuration.applicationName)
    writer.raw(",\"service_level\":")
    writer.string(configuration.serviceLevel.rawValue)
    return writer.bytes
  }

  /// Whether predictions are logged.
  var logsPredictions: Bool { service != nil || records != nil }

  /// Writes a line to the system log.
  public func report(_ level: LogLevel, _ message: String) { system(level, message) }

  func system(_ level: LogLevel, _ message: String) {
    var line = JSONWriter()
    head(level, message, &line)
    line.raw("}")
    system(String(decoding: line.bytes, as: UTF8.self))
  }

  /// One line for a prediction that was answered.
  func prediction(_ request: PredictRequest, _ answer: Prediction, isSuppressed: Bool) {
    if let records {
      PredictionRecord.write(
        request, answer, milliseconds: milliseconds, isSuppressed: isSuppressed, records)
    } else if let service {
      PredictionRecord.write(
        request, answer, milliseconds: milliseconds, isSuppressed: isSuppressed
      ) { scratch.extend(by: $0) }
      let line = lines.lines(ofRecords: scratch.bytes)
      scratch.removeAll(keepingAtMost: Self.keptBytes)
      service(UnsafeRawBufferPointer(rebasing: line.dropLast()))
    }
  }

  private var milliseconds: Int64 { wallClock() / 1_000_000 }

  private func head(_ level: LogLevel, _ message: String, _ line: inout JSONWriter) {
    line.raw(start)
    line.string(message)
    line.raw(",\"timestamp\":")
    Self.time(milliseconds, &line)
    line.raw(",\"level\":")
    line.integer(Int64(level.rawValue))
    line.raw(end)
  }

  /// Seconds with three digits after the point.
  static func time(_ milliseconds: Int64, _ line: inout JSONWriter) {
    line.integer(milliseconds / 1_000)
    line.raw(UInt8(ascii: "."))
    line.digits(UInt64(milliseconds % 1_000), width: 3)
  }
}

extension JSONObject {
  /// The object as JSON text.
  var text: String { isEmpty ? "{}" : JSONValue.object(self).text() }
}
