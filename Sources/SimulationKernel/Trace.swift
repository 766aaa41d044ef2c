/// The stream of typed events of a run; its SHA-256 is the run's digest.
///
/// Events and message bytes enter the digest, in order. Nothing that differs between machines may:
/// no HTTP/2 frame bytes, no addresses, no wall time.
public final class Trace {
  /// How many of the latest events are kept for reports of failures.
  public static let recentEventsMax = 64

  private unowned let clock: Simulation
  private var digest = SHA256Digest()
  @exclusivity(unchecked) private var buffer = DigestBuffer()
  @exclusivity(unchecked) private var observers: [(TraceEvent) -> Void] = []
  @exclusivity(unchecked) private var recent: [Recent] = []
  @exclusivity(unchecked) private var recentStart = 0

  /// An event that is kept; one about a numbered subject is put into words when somebody asks.
  private enum Recent {
    case event(TraceEvent)
    case numbered(
      sequence: Int, time: SimulationTime, kind: String, subject: TraceSubject, field: String,
      number: Int64)

    var event: TraceEvent {
      switch self {
      case .event(let event): event
      case .numbered(let sequence, let time, let kind, let subject, let field, let number):
        TraceEvent(
          sequence: sequence, time: time, kind: kind, subject: subject.description,
          fields: [(field, .integer(number))])
      }
    }
  }

  /// Number of events so far.
  @exclusivity(unchecked) public private(set) var count = 0

  /// The digest as 64 hexadecimal digits; nil until `finish`.
  public private(set) var hexDigest: String?

  /// Whether events are ignored from now on, as a world that is over is taken to pieces.
  private var isClosed = false

  init(clock: Simulation) { self.clock = clock }

  deinit { buffer.free() }

  /// Adds an event, now.
  public func record(_ kind: String, _ subject: String, _ fields: [(String, TraceValue)] = []) {
    if isClosed { return }
    precondition(hexDigest == nil, "an event \(kind) after the trace was finished")
    let event = TraceEvent(
      sequence: count, time: clock.now, kind: kind, subject: subject, fields: fields)
    count += 1
    encode(event)
    keep(.event(event))
    for observer in observers { observer(event) }
  }

  /// Adds an event about a subject with one number, now.
  ///
  /// The same as `record(kind, subject.description, [(field, .integer(number))])`, but no text is
  /// made of it before somebody looks.
  public func record(
    _ kind: String, _ subject: TraceSubject, _ field: String, _ number: Int64
  ) {
    if !observers.isEmpty {
      return record(kind, subject.description, [(field, .integer(number))])
    }
    if isClosed { return }
    precondition(hexDigest == nil, "an event \(kind) after the trace was finished")
    let time = clock.now
    keep(
      .numbered(
        sequence: count, time: time, kind: kind, subject: subject, field: field, number: number))
    count += 1
    buffer.append(UInt64(bitPattern: time.nanoseconds))
    buffer.append(kind)
    buffer.append(subject)
    buffer.append(field)
    buffer.append(byte: 2)
    buffer.append(UInt64(bitPattern: number))
    buffer.append(byte: 0xff)
    flushIfFull()
  }

  private func keep(_ event: Recent) {
    if recent.count < Self.recentEventsMax {
      recent.append(event)
    } else {
      recent[recentStart] = event
      recentStart = (recentStart + 1) % Self.recentEventsMax
    }
  }

  /// Adds bytes of a message to the digest, without an event.
  public func absorb(_ bytes: [UInt8]) {
    if isClosed { return }
    buffer.append(UInt64(bytes.count))
    buffer.append(contentsOf: bytes)
    flushIfFull()
  }

  /// Calls `observer` for each event from now on, as it happens.
  public func observe(_ observer: @escaping (TraceEvent) -> Void) { observers.append(observer) }

  /// The latest events, oldest first.
  public var recentEvents: [TraceEvent] {
    (recent[recentStart...] + recent[..<recentStart]).map(\.event)
  }

  /// Adds the unseed, closes the trace and returns the digest; later calls return it again.
  ///
  /// The unseed is one last draw from every random stream: two runs with the same events that drew
  /// different numbers differ in it.
  @discardableResult
  public func finish() -> String {
    if let hexDigest { return hexDigest }
    for (name, value) in clock.unseed() {
      record("simulation.unseed", name, [("draw", .integer(Int64(bitPattern: value)))])
    }
    buffer.flush(into: digest)
    let hex = digest.finish()
    hexDigest = hex
    return hex
  }

  /// Ignores whatever comes from now on, as a world that is over is taken to pieces.
  public func close() { isClosed = true }

  /// The SHA-256 of digests in order, for several runs that belong together.
  public static func digest(of digests: [String]) -> String {
    let whole = SHA256Digest()
    for digest in digests { whole.update(Array(digest.utf8)) }
    return whole.finish()
  }

  private func encode(_ event: TraceEvent) {
    buffer.append(UInt64(bitPattern: event.time.nanoseconds))
    buffer.append(event.kind)
    buffer.append(event.subject)
    for (name, value) in event.fields {
      buffer.append(name)
      switch value {
      case .string(let text):
        buffer.append(byte: 1)
        buffer.append(text)
      case .integer(let number):
        buffer.append(byte: 2)
        buffer.append(UInt64(bitPattern: number))
      case .number(let number):
        buffer.append(byte: 3)
        buffer.append(number.bitPattern)
      case .bool(let flag): buffer.append(byte: flag ? 5 : 4)
      }
    }
    buffer.append(byte: 0xff)
    flushIfFull()
  }

  private func flushIfFull() {
    if buffer.isFull { buffer.flush(into: digest) }
  }
}
