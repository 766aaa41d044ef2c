/// The stream of typed events of a run; its SHA-256 is the run's digest.
///
/// Events and message bytes enter the digest, in order. Nothing that differs between machines may:
/// no HTTP/2 frame bytes, no addresses, no wall time.
public final class Trace {
  /// How many of the latest events are kept for reports of failures.
  public static let recentEventsMax = 64

  private unowned let clock: Simulation
  private var digest = SHA256Digest()
  private var buffer: [UInt8] = []
  private var observers: [(TraceEvent) -> Void] = []
  private var recent: [TraceEvent] = []
  private var recentStart = 0

  /// Number of events so far.
  public private(set) var count = 0

  /// The digest as 64 hexadecimal digits; nil until `finish`.
  public private(set) var hexDigest: String?

  /// Whether events are ignored from now on, as a world that is over is taken to pieces.
  private var isClosed = false

  init(clock: Simulation) {
    self.clock = clock
    buffer.reserveCapacity(Self.bufferBytes)
  }

  private static let bufferBytes = 16_384

  /// Adds an event, now.
  public func record(_ kind: String, _ subject: String, _ fields: [(String, TraceValue)] = []) {
    if isClosed { return }
    precondition(hexDigest == nil, "an event \(kind) after the trace was finished")
    let event = TraceEvent(
      sequence: count, time: clock.now, kind: kind, subject: subject, fields: fields)
    count += 1
    encode(event)
    if recent.count < Self.recentEventsMax {
      recent.append(event)
    } else {
      recent[recentStart] = event
      recentStart = (recentStart + 1) % Self.recentEventsMax
    }
    for observer in observers { observer(event) }
  }

  /// Adds bytes of a message to the digest, without an event.
  public func absorb(_ bytes: [UInt8]) {
    if isClosed { return }
    append(UInt64(bytes.count))
    buffer.append(contentsOf: bytes)
    flushIfFull()
  }

  /// Calls `observer` for each event from now on, as it happens.
  public func observe(_ observer: @escaping (TraceEvent) -> Void) { observers.append(observer) }

  /// The latest events, oldest first.
  public var recentEvents: [TraceEvent] {
    Array(recent[recentStart...] + recent[..<recentStart])
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
    digest.update(buffer)
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
    append(UInt64(bitPattern: event.time.nanoseconds))
    append(event.kind)
    append(event.subject)
    for (name, value) in event.fields {
      append(name)
      switch value {
      case .string(let text):
        buffer.append(1)
        append(text)
      case .integer(let number):
        buffer.append(2)
        append(UInt64(bitPattern: number))
      case .number(let number):
        buffer.append(3)
        append(number.bitPattern)
      case .bool(let flag): buffer.append(flag ? 5 : 4)
      }
    }
    buffer.append(0xff)
    flushIfFull()
  }

  private func append(_ text: String) {
    append(UInt64(text.utf8.count))
    buffer.append(contentsOf: text.utf8)
  }

  private func append(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
  }

  private func flushIfFull() {
    if buffer.count < Self.bufferBytes { return }
    digest.update(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
