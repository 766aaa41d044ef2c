/// What an event does when its time has come.
enum EventAction {
  /// Nothing: the event was cancelled.
  case none
  /// Calls back.
  case call(() -> Void)
  /// Runs a Swift concurrency job.
  case job(UnownedJob)
  /// Runs a job of the main actor.
  case mainJob(UnownedJob)
}

/// Events in order of time, ties in order of scheduling.
///
/// A 4-ary heap of small keys; actions lie in slots beside it. Events that are due at once, most
/// of all, bypass the heap through a first-in-first-out queue.
struct EventQueue {
  private struct Key {
    var time: Int64
    var sequence: UInt64
    var slot: Int32

    func precedes(_ other: Key) -> Bool {
      time != other.time ? time < other.time : sequence < other.sequence
    }
  }

  private var heap: [Key] = []
  private var due: [Key] = []
  private var dueHead = 0
  private var actions: [EventAction] = []
  private var owners: [UInt64] = []
  private var freeSlots: [Int32] = []
  private var nextSequence: UInt64 = 0

  /// Number of events waiting, cancelled ones that have not been reached included.
  var count: Int { heap.count + due.count - dueHead }

  /// Adds an event and returns its ticket, for `cancel`.
  mutating func add(_ action: EventAction, at time: Int64, now: Int64) -> EventTicket {
    nextSequence += 1
    let slot: Int32
    if let free = freeSlots.popLast() {
      slot = free
      actions[Int(free)] = action
      owners[Int(free)] = nextSequence
    } else {
      slot = Int32(actions.count)
      actions.append(action)
      owners.append(nextSequence)
    }
    let key = Key(time: max(time, now), sequence: nextSequence, slot: slot)
    if key.time == now { due.append(key) } else { push(key) }
    return EventTicket(slot: slot, sequence: nextSequence)
  }

  /// Makes an event do nothing; without effect when it has happened.
  mutating func cancel(_ ticket: EventTicket) {
    guard owners[Int(ticket.slot)] == ticket.sequence else { return }
    actions[Int(ticket.slot)] = .none
  }

  /// Makes every call that waits do nothing and forgets its closure; jobs stay.
  mutating func cancelCalls() {
    for slot in actions.indices {
      if case .call = actions[slot] { actions[slot] = .none }
    }
  }

  /// The time of the next event, cancelled or not.
  var nextTime: Int64? {
    if dueHead < due.count {
      guard let top = heap.first, top.precedes(due[dueHead]) else { return due[dueHead].time }
      return top.time
    }
    return heap.first?.time
  }

  /// Takes the next event off the queue.
  mutating func next() -> (time: Int64, action: EventAction)? {
    guard let key = nextKey() else { return nil }
    let slot = Int(key.slot)
    let action = actions[slot]
    actions[slot] = .none
    owners[slot] = 0
    freeSlots.append(key.slot)
    return (key.time, action)
  }

  private mutating func nextKey() -> Key? {
    guard dueHead < due.count else { return heap.isEmpty ? nil : pop() }
    let first = due[dueHead]
    if let top = heap.first, top.precedes(first) { return pop() }
    dueHead += 1
    if dueHead == due.count {
      due.removeAll(keepingCapacity: true)
      dueHead = 0
    }
    return first
  }

  private mutating func push(_ key: Key) {
    heap.append(key)
    heap.withUnsafeMutableBufferPointer { heap in
      var index = heap.count - 1
      while index > 0 {
        let parent = (index - 1) / 4
        guard key.precedes(heap[parent]) else { break }
        heap[index] = heap[parent]
        index = parent
      }
      heap[index] = key
    }
  }

  private mutating func pop() -> Key {
    let top = heap[0]
    let last = heap.removeLast()
    if heap.isEmpty { return top }
    heap.withUnsafeMutableBufferPointer { heap in
      var index = 0
      while true {
        let first = 4 * index + 1
        guard first < heap.count else { break }
        var least = first
        for child in first + 1..<max(first + 1, min(first + 4, heap.count))
        where heap[child].precedes(heap[least]) {
          least = child
        }
        guard heap[least].precedes(last) else { break }
        heap[index] = heap[least]
        index = least
      }
      heap[index] = last
    }
    return top
  }
}

/// Names one event of an `EventQueue`.
struct EventTicket {
  let slot: Int32
  let sequence: UInt64
}
