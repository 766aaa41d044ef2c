import KubernetesAPI

/// What may make a pod schedulable that was not.
struct SchedulingEvents: OptionSet {
  let rawValue: Int

  /// A node was added or changed.
  static let nodes = SchedulingEvents(rawValue: 1)
  /// A pod has left its node.
  static let podsGone = SchedulingEvents(rawValue: 2)
  /// A pod was put onto a node.
  static let podsPlaced = SchedulingEvents(rawValue: 4)
}

/// Pods that wait for a node: ready to be tried, backing off, or unschedulable for now.
///
/// Source: `pkg/scheduler/backend/queue/scheduling_queue.go`. Times are nanoseconds since the
/// simulation's start.
struct SchedulingQueue {
  final class Entry {
    let uid: String
    /// Where the store keeps the pod.
    let place: Int32
    var priority: Int
    /// When it was put in the queue.
    var timestamp: Int64
    let sequence: Int
    var attempts = 0
    /// Whether it waits to be tried.
    fileprivate var isActive = false
    /// What is waited for while it is unschedulable.
    var awaited: SchedulingEvents = .nodes

    init(uid: String, place: Int32, priority: Int, timestamp: Int64, sequence: Int) {
      self.uid = uid
      self.place = place
      self.priority = priority
      self.timestamp = timestamp
      self.sequence = sequence
    }

    /// Highest priority, then longest in the queue.
    func precedes(_ other: Entry) -> Bool {
      priority != other.priority
        ? priority > other.priority
        : (timestamp, sequence) < (other.timestamp, other.sequence)
    }
  }

  private static let second: Int64 = 1_000_000_000
  /// A binary heap; entries of pods that were removed are skipped when they come up.
  private var active: [Entry] = []
  /// The active entries by the pods' places, and how many there are.
  private var activeOfPlace: [Entry?] = []
  private var activeCount = 0
  private var backingOff: [Entry] = []
  private var unschedulable: [Entry] = []
  private var sequence = 0

  var isEmpty: Bool { activeCount == 0 }

  /// Back-off after so many attempts: 1 s doubling to 10 s.
  static func backOff(attempts: Int) -> Int64 {
    attempts <= 0
      ? 0
      : min(
        SchedulerDefaults.backOffMaxSeconds,
        SchedulerDefaults.backOffInitialSeconds << min(attempts - 1, 4)) * second
  }

  /// Adds a new pod, or one that changed.
  mutating func add(uid: String, place: Int32, priority: Int, now: Int64) {
    if active(place)?.uid == uid { return }
    let entry = take(uid) ?? next(uid, place, priority, now)
    entry.priority = priority
    activate(entry)
  }

  private func active(_ place: Int32) -> Entry? {
    Int(place) < activeOfPlace.count ? activeOfPlace[Int(place)] : nil
  }

  private mutating func next(
    _ uid: String, _ place: Int32, _ priority: Int, _ now: Int64
  ) -> Entry {
    sequence += 1
    return Entry(uid: uid, place: place, priority: priority, timestamp: now, sequence: sequence)
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

  mutating func remove(uid: String, place: Int32) {
    if let entry = active(place), entry.uid == uid { deactivate(entry) } else { _ = take(uid) }
  }

  /// The pod to try next.
  mutating func pop() -> Entry? {
    while let entry = popHeap() {
      if entry.isActive {
        deactivate(entry)
        return entry
      }
    }
    return nil
  }

  private mutating func activate(_ entry: Entry) {
    let place = Int(entry.place)
    while activeOfPlace.count <= place { activeOfPlace.append(nil) }
    activeOfPlace[place] = entry
    entry.isActive = true
    activeCount += 1
    active.append(entry)
    var index = active.count - 1
    while index > 0, active[index].precedes(active[(index - 1) / 2]) {
      active.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func deactivate(_ entry: Entry) {
    entry.isActive = false
    activeOfPlace[Int(entry.place)] = nil
    activeCount -= 1
  }

  private mutating func popHeap() -> Entry? {
    guard let first = active.first, let last = active.popLast() else { return nil }
    if active.isEmpty { return first }
    active[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < active.count && active[child].precedes(active[least]) {
        least = child
      }
      if least == index { return first }
      active.swapAt(index, least)
      index = least
    }
  }

  /// A pod found no node; it is tried again after one of the awaited events.
  mutating func failed(_ entry: Entry, now: Int64, awaiting awaited: SchedulingEvents) {
    entry.awaited = awaited
    entry.attempts += 1
    entry.timestamp = now
    unschedulable.append(entry)
  }

  /// Something changed that may help; returns when back-offs end that must be waited for.
  mutating func moveAll(now: Int64, after event: SchedulingEvents) -> [Int64] {
    if unschedulable.isEmpty { return [] }
    let moved = unschedulable.filter { !$0.awaited.isDisjoint(with: event) }
    if moved.isEmpty { return [] }
    unschedulable.removeAll { !$0.awaited.isDisjoint(with: event) }
    return move(moved, now)
  }

  /// Moves pods that have been unschedulable for more than 5 minutes.
  mutating func flush(now: Int64) -> [Int64] {
    let old = unschedulable.filter {
      now - $0.timestamp > SchedulerDefaults.unschedulableMaxSeconds * Self.second
    }
    unschedulable.removeAll {
      now - $0.timestamp > SchedulerDefaults.unschedulableMaxSeconds * Self.second
    }
    return move(old, now)
  }

  private mutating func move(_ entries: [Entry], _ now: Int64) -> [Int64] {
    var ends: [Int64] = []
    for entry in entries {
      let end = entry.timestamp + Self.backOff(attempts: entry.attempts)
      if end > now {
        backingOff.append(entry)
        if ends.last != end { ends.append(end) }
      } else {
        activate(entry)
      }
    }
    return ends
  }

  /// Activates pods whose back-off is over.
  mutating func endBackOffs(now: Int64) {
    var waiting: [Entry] = []
    for entry in backingOff {
      if entry.timestamp + Self.backOff(attempts: entry.attempts) <= now {
        activate(entry)
      } else {
        waiting.append(entry)
      }
    }
    backingOff = waiting
  }

  var hasUnschedulable: Bool { !unschedulable.isEmpty }
}
