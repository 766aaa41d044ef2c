import JSON

/// Writes the lines of the service log, from records of predictions.
///
/// A line takes a tenth of what a prediction does, a record a tenth of that: so a server makes records, and
/// another thread writes lines. For one thread at a time.
public final class PredictionLines {
  /// A line up to its time, and from there to its input.
  private let start: [UInt8]
  private let end: [UInt8]
  /// Text that is being written; kept, so that a line costs no memory.
  @exclusivity(unchecked) private var text = LogLine()
  /// How lines of a millisecond begin.
  @exclusivity(unchecked) private var head = JSONWriter()
  @exclusivity(unchecked) private var headMilliseconds = Int64.min

  /// Lines of a server.
  ///
  /// - Parameters:
  ///   - configuration: names the application and its level.
  ///   - host: the machine's or pod's name.
  public init(configuration: ServingConfiguration, host: String) {
    start = ServingLog.start(host: host, message: "prediction result.")
    var writer = JSONWriter()
    writer.raw(",\"level\":")
    writer.integer(Int64(LogLevel.info.rawValue))
    writer.raw(ServingLog.end(configuration))
    writer.raw(",\"ml_input\":\"")
    end = writer.bytes
  }

  /// After how many lines a caller that stands back lets others have the processor: some ten microseconds.
  private static let linesBetweenPauses = 64

  /// Lines of records, each with a line feed, as UTF-8; the bytes are overwritten by the next call.
  ///
  /// `pause` is called now and then.
  public func lines(
    ofRecords records: UnsafeRawBufferPointer, pause: () -> Void = {}
  ) -> UnsafeRawBufferPointer {
    text.removeAll()
    var untilPause = Self.linesBetweenPauses
    PredictionRecord.forEach(records) { record, parts in
      if record.milliseconds != headMilliseconds { makeHead(record.milliseconds) }
      text.raw(head.bytes)
      if record.isSuppressed {
        text.raw("\",\"ml_output\":\"")
      } else {
        text.input(option: parts.next(), parts.next())
        text.raw("\",\"ml_output\":\"")
        text.output(option: parts.next(), parts.next(), scores: parts.next())
      }
      text.raw("\"}\n")
      untilPause -= 1
      if untilPause == 0 {
        untilPause = Self.linesBetweenPauses
        pause()
      }
    }
    return text.bytes
  }

  private func makeHead(_ milliseconds: Int64) {
    headMilliseconds = milliseconds
    head.removeAll()
    head.raw(start)
    ServingLog.time(milliseconds, &head)
    head.raw(end)
  }
}
