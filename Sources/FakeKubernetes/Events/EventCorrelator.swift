/// Decides what becomes of an event: an object of its own, a higher count, or nothing.
///
/// Source of the rules: `client-go/tools/record/events_cache.go`. For one object, type and reason,
/// from the tenth different message within 600 s on there is one combined event. For one object a
/// writer has 25 events, then one more every 300 s.
package struct EventCorrelator {
  /// What to write.
  package struct Outcome: Equatable {
    /// Tells the event objects apart.
    package var key: String
    package var message: String
    package var count: Int
  }

  private struct Aggregate {
    var messages: [String] = []
    var lastNanoseconds: Int64
  }

  private struct Bucket {
    var tokens: Double
    var lastNanoseconds: Int64
  }

  private static let differentMessagesMax = 10
  private static let intervalNanoseconds: Int64 = 600_000_000_000
  private static let burst = 25.0
  private static let refillNanoseconds = 300_000_000_000.0

  private var aggregates: [String: Aggregate] = [:]
  private var counts: [String: Int] = [:]
  private var buckets: [String: Bucket] = [:]

  package init() {}

  /// The event to write now; nil if it is lost.
  ///
  /// - `object`: writer and object; `kind`: type and reason.
  package mutating func record(
    object: String, kind: String, message: String, nowNanoseconds: Int64
  ) -> Outcome? {
    let aggregateKey = "\(object)|\(kind)"
    var aggregate = aggregates[aggregateKey] ?? Aggregate(lastNanoseconds: nowNanoseconds)
    if nowNanoseconds - aggregate.lastNanoseconds > Self.intervalNanoseconds {
      aggregate = Aggregate(lastNanoseconds: nowNanoseconds)
    }
    aggregate.lastNanoseconds = nowNanoseconds
    if !aggregate.messages.contains(message) { aggregate.messages.append(message) }
    var key = "\(aggregateKey)|\(message)"
    var text = message
    if aggregate.messages.count >= Self.differentMessagesMax {
      aggregate.messages.removeFirst()
      key = aggregateKey
      text = "(combined from similar events): \(message)"
    }
    aggregates[aggregateKey] = aggregate
    let count = (counts[key] ?? 0) + 1
    counts[key] = count
    guard takeToken(object, nowNanoseconds) else { return nil }
    return Outcome(key: key, message: text, count: count)
  }

  private mutating func takeToken(_ object: String, _ now: Int64) -> Bool {
    var bucket = buckets[object] ?? Bucket(tokens: Self.burst, lastNanoseconds: now)
    let gained = Double(now - bucket.lastNanoseconds) / Self.refillNanoseconds
    bucket.tokens = min(Self.burst, bucket.tokens + gained)
    bucket.lastNanoseconds = now
    defer { buckets[object] = bucket }
    guard bucket.tokens >= 1 else { return false }
    bucket.tokens -= 1
    return true
  }
}
