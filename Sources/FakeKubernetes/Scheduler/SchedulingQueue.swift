import KubernetesAPI

/// Pods that wait for a node: ready to be tried, backing off, or unschedulable for now.
///
/// Sources: `pkg/scheduler/backend/queue/scheduling_queue.go` and `backoff_queue.go`, with feature
/// SchedulerPopFromBackoffQ (on in v1.34): who backs off is tried early where nobody else waits,
/// unless an error and no plug-in rejected it. Times are nanoseconds since the simulation's start.
struct SchedulingQueue {
  final class Entry {
    /// Where it waits.
    fileprivate enum State {
      /// Nowhere: it is being tried, or its pod is gone.
      case none
      /// To be tried.
      case active
      /// For the end of its back-off, or until nobody else is to be tried.
      case backingOff
      /// For the end of its back-off, after an error.
      case erring
      /// For something that may help.
      case unschedulable
    }

    let uid: String
    /// Where the store keeps the pod.
    let place: Int32
    var priority: Int
    /// When it was put in the queue.
    var timestamp: Int64
    let sequence: Int
    var attempts = 0
    fileprivate var state = State.none
    /// In which second the back-off ends; 0 for one that is to be tried.
    fileprivate var window: Int64 = 0
    /// What rejected the pod at the last try, and the pod as it was then.
    fileprivate var rejection: (plugins: SchedulingPlugins, pod: SchedulingPod)?

    init(uid: String, place: Int32, priority: Int, timestamp: Int64, sequence: Int) {
      self.uid = uid
      self.place = place
      self.priority = priority
      self.timestamp = timestamp
      self.sequence = sequence
    }

    /// First end of the back-off, by whole seconds; highest priority; then longest in the queue.
    func precedes(_ other: Entry) -> Bool {
      if window != other.window { return window < other.window }
      return priority != other.priority
        ? priority > other.priority
        : (timestamp, sequence) < (other.timestamp, other.sequence)
    }
  }

  private static let second: Int64 = 1_000_000_000
  /// In each heap, entries that wait there no more are skipped when they come up.
  private var active = SchedulingHeap()
  private var backingOff = SchedulingHeap()
  private var erring = SchedulingHeap()
  /// The entries of all heaps by the pods' places.
  private var heaped: [Entry?] = []
  /// How many are to be tried, or may be tried early.
  private var readyCount = 0
  private var unschedulable: [Entry] = []
  private var sequence = 0

  /// Whether there is nobody to try.
  var isEmpty: Bool { readyCount == 0 }

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
    if heaped(place)?.uid == uid { return }
    let entry = take(uid) ?? next(uid, place, priority, now)
    entry.priority = priority
    activate(entry)
  }

  private func heaped(_ place: Int32) -> Entry? {
    Int(place) < heaped.count ? heaped[Int(place)] : nil
  }

  private mutating func next(
    _ uid: String, _ place: Int32, _ priority: Int, _ now: Int64
  ) -> Entry {
    sequence += 1
    return Entry(uid: uid, place: place, priority: priority, timestamp: now, sequence: sequence)
  }

  private mutating func take(_ uid: String) -> Entry? {
    unschedulable.firstIndex { $0.uid == uid }.map { unschedulable.remove(at: $0) }
  }

  mutating func remove(uid: String, place: Int32) {
    if let entry = heaped(place), entry.uid == uid { leave(entry) } else { _ = take(uid) }
  }

  /// The pod to try next.
  mutating func pop() -> Entry? {
    guard let entry = pop(.active) ?? pop(.backingOff) else { return nil }
    leave(entry)
    return entry
  }

  private mutating func pop(_ state: Entry.State) -> Entry? {
    while let entry = state == .active ? active.pop() : backingOff.pop() {
      if entry.state == state { return entry }
    }
    return nil
  }

  private mutating func activate(_ entry: Entry) {
    entry.window = 0
    enter(.active, entry)
    active.push(entry)
  }

  private mutating func enter(_ state: Entry.State, _ entry: Entry) {
    let place = Int(entry.place)
    while heaped.count <= place { heaped.append(nil) }
    heaped[place] = entry
    entry.state = state
    if state != .erring { readyCount += 1 }
  }

  private mutating func leave(_ entry: Entry) {
    if entry.state != .erring { readyCount -= 1 }
    entry.state = .none
    heaped[Int(entry.place)] = nil
  }

  /// These plug-ins rejected a pod; it is tried again after something that may help.
  mutating func failed(
    _ entry: Entry, _ pod: SchedulingPod, rejectedBy plugins: SchedulingPlugins, now: Int64
  ) {
    entry.attempts += 1
    entry.timestamp = now
    entry.rejection = (plugins, pod)
    entry.state = .unschedulable
    unschedulable.append(entry)
  }

  /// A pod could not be tried, through no fault of its own; returns when its back-off ends.
  mutating func erred(_ entry: Entry, now: Int64) -> Int64 {
    entry.attempts += 1
    entry.timestamp = now
    entry.rejection = nil
    return backOff(entry)
  }

  /// Something happened; returns when back-offs end that must be waited for.
  mutating func moveAll(now: Int64, after hints: QueueingHints) -> [Int64] {
    if unschedulable.isEmpty { return [] }
    let listeners = hints.event.listeners
    return moveAll(now: now) { entry in
      guard let (plugins, pod) = entry.rejection else { return true }
      return !plugins.isDisjoint(with: listeners)
        && hints.isHelpful(to: pod, rejectedBy: plugins)
    }
  }

  /// Moves pods that have been unschedulable for more than 5 minutes.
  mutating func flush(now: Int64) -> [Int64] {
    let longest = SchedulerDefaults.unschedulableMaxSeconds * Self.second
    return moveAll(now: now) { now - $0.timestamp > longest }
  }

  private mutating func moveAll(now: Int64, where isMoved: (Entry) -> Bool) -> [Int64] {
    var moved: [Entry] = []
    unschedulable.removeAll { entry in
      guard isMoved(entry) else { return false }
      moved.append(entry)
      return true
    }
    var ends: [Int64] = []
    for entry in moved {
      if Self.window(entry) < now / Self.second {
        activate(entry)
      } else {
        let end = backOff(entry)
        if ends.last != end { ends.append(end) }
      }
    }
    return ends
  }

  private static func window(_ entry: Entry) -> Int64 {
    (entry.timestamp + backOff(attempts: entry.attempts)) / second
  }

  /// Has a pod wait for the end of its back-off; returns when that is: whole seconds end together.
  private mutating func backOff(_ entry: Entry) -> Int64 {
    entry.window = Self.window(entry)
    if entry.rejection == nil {
      enter(.erring, entry)
      erring.push(entry)
    } else {
      enter(.backingOff, entry)
      backingOff.push(entry)
    }
    return (entry.window + 1) * Self.second
  }

  /// Activates pods whose back-off is over.
  mutating func endBackOffs(now: Int64) {
    var ended: [Entry] = []
    Self.end(&backingOff, .backingOff, now, &ended)
    Self.end(&erring, .erring, now, &ended)
    for entry in ended {
      leave(entry)
      activate(entry)
    }
  }

  private static func end(
    _ heap: inout SchedulingHeap, _ state: Entry.State, _ now: Int64, _ ended: inout [Entry]
  ) {
    while let first = heap.first, first.state != state || first.window < now / second {
      _ = heap.pop()
      if first.state == state { ended.append(first) }
    }
  }

  var hasUnschedulable: Bool { !unschedulable.isEmpty }
}
