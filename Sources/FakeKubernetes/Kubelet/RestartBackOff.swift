/// A delay for each key that doubles from 10 s to 300 s (`client-go/util/flowcontrol/backoff.go`).
///
/// Times are nanoseconds since the simulation's start.
package struct RestartBackOff: Sendable {
  private struct Entry: Sendable {
    var delay: Int64
    var updated: Int64
  }

  package let initialNanoseconds: Int64
  package let maxNanoseconds: Int64
  private var entries: [String: Entry] = [:]

  package init(
    initialNanoseconds: Int64 = 10_000_000_000, maxNanoseconds: Int64 = 300_000_000_000
  ) {
    self.initialNanoseconds = initialNanoseconds
    self.maxNanoseconds = maxNanoseconds
  }

  /// The present delay of a key, nanoseconds.
  package func delay(_ key: String) -> Int64 { entries[key]?.delay ?? 0 }

  /// Whether less than the delay has passed since an event (a container's end).
  ///
  /// Forgets keys whose event comes more than twice the maximum after the last update.
  package func isBackingOff(_ key: String, since event: Int64, now: Int64) -> Bool {
    guard let entry = entries[key], !hasExpired(entry, event) else { return false }
    return now - event < entry.delay
  }

  /// Whether less than the delay has passed since the last update (a failed pull).
  package func isBackingOffSinceUpdate(_ key: String, now: Int64) -> Bool {
    guard let entry = entries[key], !hasExpired(entry, now) else { return false }
    return now - entry.updated < entry.delay
  }

  /// Starts or doubles the delay.
  ///
  /// Example: 10 s, 20, 40, 80, 160, 300, 300.
  package mutating func next(_ key: String, event: Int64, now: Int64) {
    if var entry = entries[key], !hasExpired(entry, event) {
      entry.delay = min(entry.delay * 2, maxNanoseconds)
      entry.updated = now
      entries[key] = entry
    } else {
      entries[key] = Entry(delay: initialNanoseconds, updated: now)
    }
  }

  /// Forgets the keys whose last update was more than twice the maximum before a look at all.
  ///
  /// So a delay of 300 s after a run of 400 s ends 600 s after the container's start.
  package mutating func collectGarbage(at look: Int64) {
    entries = entries.filter { !hasExpired($0.value, look) }
  }

  /// Forgets a key.
  package mutating func remove(_ key: String) { entries[key] = nil }

  private func hasExpired(_ entry: Entry, _ event: Int64) -> Bool {
    event - entry.updated > maxNanoseconds * 2
  }

  /// A delay as Go prints it: `10s`, `1m20s`, `5m0s`.
  package static func text(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
  }
}
