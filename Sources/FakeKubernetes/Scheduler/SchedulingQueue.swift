import KubernetesAPI

/// Pods that wait for a node: ready to be tried, backing off, or unschedulable for now.
///
/// Source: `pkg/scheduler/backend/queue/scheduling_queue.go`. Times are nanoseconds since the
/// simulation's start.
struct SchedulingQueue {
  struct Entry: Equatable {
    var key: ObjectKey
    var uid: String
    var priority: Int
    /// When it was put in the queue.
    var timestamp: Int64
    var sequence: Int
    var attempts: Int
  }

  private static let second: Int64 = 1_000_000_000
  private var active: [Entry] = []
  private var backingOff: [Entry] = []
  private var unschedulable: [Entry] = []
  private var sequence = 0

  var isEmpty: Bool { active.isEmpty }

  /// Back-off after so many attempts: 1 s doubling to 10 s.
  static func backOff(attempts: Int) -> Int64 {
    attempts <= 0 ? 0 : min(10, 1 << min(attempts - 1, 4)) * second
  }

  /// Adds a new pod, or one that changed.
  mutating func add(_ key: ObjectKey, uid: String, priority: Int, now: Int64) {
    if active.contains(where: { $0.uid == uid }) { return }
    var entry = take(uid) ?? next(key, uid, priority, now)
    entry.priority = priority
    active.append(entry)
  }

  private mutating func next(
    _ key: ObjectKey, _ uid: String, _ priority: Int, _ now: Int64
  ) -> Entry {
    sequence += 1
    return Entry(
      key: key, uid: uid, priority: priority, timestamp: now, sequence: sequence, attempts: 0)
  }

  private mutating func take(_ uid: String) -> Entry? {
    if let index = unschedulable.firstIndex(where: { $0.uid == uid }) {
      return unschedulable.remove(at: index)
    }
    if let index = backingOff.firstIndex(where: { $0.uid == uid }) {
      return backingOff.remove(at: index)
    }
    return nil
  }

  mutating func remove(uid: String) {
    active.removeAll { $0.uid == uid }
    _ = take(uid)
  }

  /// The pod to try next: highest priority, then longest in the queue.
  mutating func pop() -> Entry? {
    var best: Int?
    for index in active.indices {
      guard let current = best else {
        best = index
        continue
      }
      let left = active[index]
      let right = active[current]
      if left.priority != right.priority
        ? left.priority > right.priority
        : (left.timestamp, left.sequence) < (right.timestamp, right.sequence)
      {
        best = index
      }
    }
    return best.map { active.remove(at: $0) }
  }

  /// A pod found no node.
  mutating func failed(_ entry: Entry, now: Int64) {
    var entry = entry
    entry.attempts += 1
    entry.timestamp = now
    unschedulable.append(entry)
  }

  /// Something changed that may help; returns when back-offs end that must be waited for.
  mutating func moveAll(now: Int64) -> [Int64] {
    let moved = unschedulable
    unschedulable = []
    return move(moved, now)
  }

  /// Moves pods that have been unschedulable for more than 5 minutes.
  mutating func flush(now: Int64) -> [Int64] {
    let old = unschedulable.filter { now - $0.timestamp > 300 * Self.second }
    unschedulable.removeAll { old.contains($0) }
    return move(old, now)
  }

  private mutating func move(_ entries: [Entry], _ now: Int64) -> [Int64] {
    var ends: [Int64] = []
    for entry in entries {
      let end = entry.timestamp + Self.backOff(attempts: entry.attempts)
      if end > now {
        backingOff.append(entry)
        ends.append(end)
      } else {
        active.append(entry)
      }
    }
    return ends
  }

  /// Activates pods whose back-off is over.
  mutating func endBackOffs(now: Int64) {
    let over = backingOff.filter { $0.timestamp + Self.backOff(attempts: $0.attempts) <= now }
    backingOff.removeAll { over.contains($0) }
    active += over
  }

  var hasUnschedulable: Bool { !unschedulable.isEmpty }
}
