import KubernetesAPI

/// Decides what becomes of an event: an object of its own, a higher count, or nothing.
///
/// Source of the rules: `client-go/tools/record/events_cache.go`. For one object, type and reason,
/// from the tenth different message within 600 s on there is one combined event. For one object a
/// writer has 25 events, then one more every 300 s. Of 4096 objects the one that was not spoken of
/// for the longest time is forgotten.
struct EventCorrelator {
  /// What to write.
  struct Outcome: Equatable {
    /// The message under which the event was first written, nil for a combined event.
    var key: String?
    var message: String
    var count: Int
    /// The event object that counts it, if there is one.
    var written: ObjectKey?
  }

  /// An event as it was written.
  private struct Written {
    /// The message under which it was first written, nil for a combined event.
    let key: String?
    var count = 0
    var name: ObjectKey?
  }

  /// The events of one type and reason.
  private struct Aggregate {
    let kind: String
    var messages: [String] = []
    /// How often a message had to go.
    var overflows = 0
    var lastNanoseconds: Int64
    /// What was written, a message or what is combined once each; mostly there is one.
    var written: [Written] = []

    /// Counts a message; returns what it is written as.
    mutating func take(_ message: String, _ now: Int64)
      -> (key: String?, text: String, count: Int, name: ObjectKey?)
    {
      if now - lastNanoseconds > intervalNanoseconds { messages = [] }
      lastNanoseconds = now
      if !messages.contains(message) { messages.append(message) }
      var key: String? = message
      var text = message
      if messages.count >= differentMessagesMax {
        // Upstream lets any one go, in the order of a Go map.
        messages.remove(at: (3 + 7 * overflows) % messages.count)
        overflows += 1
        key = nil
        text = "(combined from similar events): \(message)"
      }
      let index = index(of: key)
      written[index].count += 1
      return (key, text, written[index].count, written[index].name)
    }

    /// Where the event of a key is; made if there is none.
    mutating func index(of key: String?) -> Int {
      // What is said again was mostly said last.
      if let index = written.lastIndex(where: { $0.key == key }) { return index }
      written.append(Written(key: key))
      return written.count - 1
    }
  }

  /// What is remembered of one object.
  private final class Record {
    var aggregates: [Aggregate] = []
    var tokens = EventCorrelator.burst
    var lastNanoseconds: Int64
    /// The number of the last event about the object.
    var turn = 0

    init(nowNanoseconds: Int64) { lastNanoseconds = nowNanoseconds }
  }

  private static let objectsMax = 4096
  private static let differentMessagesMax = 10
  private static let intervalNanoseconds: Int64 = 600_000_000_000
  private static let burst = 25.0
  private static let refillNanoseconds = 300_000_000_000.0

  private var records: [String: Record] = [:]
  /// Who was spoken of at which turn, oldest first; entries of objects spoken of later are void.
  private var turns = FIFOQueue<(object: String, turn: Int)>()
  private var turn = 0

  /// The event to write now; nil if it is lost.
  ///
  /// - `object`: writer and object; `kind`: type and reason.
  mutating func record(
    object: String, kind: String, message: String, nowNanoseconds: Int64
  ) -> Outcome? {
    turn += 1
    let record: Record
    if let known = records[object] {
      record = known
    } else {
      record = Record(nowNanoseconds: nowNanoseconds)
      records[object] = record
    }
    record.turn = turn
    turns.append((object, turn))
    forgetOldest()
    return Self.correlate(record, kind, message, nowNanoseconds)
  }

  /// Remembers which event object was written for an outcome.
  mutating func wrote(_ name: ObjectKey, object: String, kind: String, _ outcome: Outcome) {
    guard let record = records[object],
      let index = record.aggregates.firstIndex(where: { $0.kind == kind })
    else { return }
    let written = record.aggregates[index].index(of: outcome.key)
    record.aggregates[index].written[written].name = name
  }

  private static func correlate(
    _ record: Record, _ kind: String, _ message: String, _ now: Int64
  ) -> Outcome? {
    let index =
      record.aggregates.firstIndex { $0.kind == kind }
      ?? {
        record.aggregates.append(Aggregate(kind: kind, lastNanoseconds: now))
        return record.aggregates.count - 1
      }()
    let written = record.aggregates[index].take(message, now)
    guard takeToken(record, now) else { return nil }
    return Outcome(
      key: written.key, message: written.text, count: written.count, written: written.name)
  }

  private static func takeToken(_ record: Record, _ now: Int64) -> Bool {
    let gained = Double(now - record.lastNanoseconds) / refillNanoseconds
    record.tokens = min(burst, record.tokens + gained)
    record.lastNanoseconds = now
    guard record.tokens >= 1 else { return false }
    record.tokens -= 1
    return true
  }

  private mutating func forgetOldest() {
    while records.count > Self.objectsMax, let oldest = turns.popFirst() {
      if records[oldest.object]?.turn == oldest.turn { records[oldest.object] = nil }
    }
    if turns.count > 2 * Self.objectsMax {
      turns.removeAll { records[$0.object]?.turn != $0.turn }
    }
  }
}
