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
    var count = 0
    var name: ObjectKey?
  }

  private struct Aggregate {
    var messages: [String] = []
    var lastNanoseconds: Int64
    /// How often each message was written, and what is combined (nil).
    var written: [String?: Written] = [:]
  }

  /// What is remembered of one object.
  private struct Record {
    var aggregates: [(kind: String, aggregate: Aggregate)] = []
    var tokens: Double
    var lastNanoseconds: Int64
    /// The number of the last event about the object.
    var turn: Int
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
    var record =
      records.removeValue(forKey: object)
      ?? Record(tokens: Self.burst, lastNanoseconds: nowNanoseconds, turn: turn)
    record.turn = turn
    let outcome = Self.correlate(&record, kind, message, nowNanoseconds)
    records[object] = record
    turns.append((object, turn))
    forgetOldest()
    return outcome
  }

  /// Remembers which event object was written for an outcome.
  mutating func wrote(_ name: ObjectKey, object: String, kind: String, _ outcome: Outcome) {
    guard let index = records[object]?.aggregates.firstIndex(where: { $0.kind == kind }) else {
      return
    }
    records[object]?.aggregates[index].aggregate.written[outcome.key]?.name = name
  }

  private static func correlate(
    _ record: inout Record, _ kind: String, _ message: String, _ now: Int64
  ) -> Outcome? {
    let index =
      record.aggregates.firstIndex { $0.kind == kind }
      ?? {
        record.aggregates.append((kind, Aggregate(lastNanoseconds: now)))
        return record.aggregates.count - 1
      }()
    var aggregate = record.aggregates[index].aggregate
    if now - aggregate.lastNanoseconds > intervalNanoseconds { aggregate.messages = [] }
    aggregate.lastNanoseconds = now
    if !aggregate.messages.contains(message) { aggregate.messages.append(message) }
    var key: String? = message
    var text = message
    if aggregate.messages.count >= differentMessagesMax {
      aggregate.messages.removeFirst()
      key = nil
      text = "(combined from similar events): \(message)"
    }
    var written = aggregate.written[key] ?? Written()
    written.count += 1
    aggregate.written[key] = written
    record.aggregates[index].aggregate = aggregate
    guard takeToken(&record, now) else { return nil }
    return Outcome(key: key, message: text, count: written.count, written: written.name)
  }

  private static func takeToken(_ record: inout Record, _ now: Int64) -> Bool {
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
