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
  /// Ends a sleep; its number among the `Sleepers`.
  case wake(Int32)
}

/// Events in order of time, ties in order of scheduling.
///
/// A 4-ary heap of small keys; actions lie in slots beside it. Events that are due at once, most
/// of all, bypass the heap through a first-in-first-out queue. Keys and slots lie in memory of the
/// queue's own: arrays would count references and check for sole ownership with each event.
final class EventQueue {
  private struct Key {
    var time: Int64
    var sequence: UInt64
    var slot: Int32

    @inline(__always)
    func precedes(_ other: Key) -> Bool {
      time != other.time ? time < other.time : sequence < other.sequence
    }
  }

  private struct Slot {
    var action: EventAction
    /// The sequence of the event that has the slot, or 0.
    var owner: UInt64
    /// The next free slot, while this one is free; -1 for none.
    var nextFree: Int32
  }

  // Unchecked: nothing below calls anybody while it changes them, and checks cost a tenth.
  @exclusivity(unchecked) private var heap = Growing<Key>(capacity: 64)
  @exclusivity(unchecked) private var due = Growing<Key>(capacity: 64)
  @exclusivity(unchecked) private var dueHead = 0
  @exclusivity(unchecked) private var slots = Growing<Slot>(capacity: 64)
  @exclusivity(unchecked) private var firstFree: Int32 = -1
  @exclusivity(unchecked) private var nextSequence: UInt64 = 0

  deinit {
    heap.free()
    due.free()
    slots.free()
  }

  /// Number of events waiting, cancelled ones that have not been reached included.
  var count: Int { heap.count + due.count - dueHead }

  /// Adds an event and returns its ticket, for `cancel`.
  func add(_ action: consuming EventAction, at time: Int64, now: Int64) -> EventTicket {
    nextSequence += 1
    let sequence = nextSequence
    let slot: Int32
    if firstFree >= 0 {
      slot = firstFree
      let place = slots.base + Int(slot)
      firstFree = place.pointee.nextFree
      // A free slot's action is `none`, which owns nothing.
      place.initialize(to: Slot(action: action, owner: sequence, nextFree: -1))
    } else {
      slot = Int32(slots.count)
      slots.append(Slot(action: action, owner: sequence, nextFree: -1))
    }
    let key = Key(time: max(time, now), sequence: sequence, slot: slot)
    if key.time == now { due.append(key) } else { push(key) }
    return EventTicket(slot: slot, sequence: sequence)
  }

  /// Makes an event do nothing; without effect when it has happened.
  func cancel(_ ticket: EventTicket) {
    let place = slots.base + Int(ticket.slot)
    guard place.pointee.owner == ticket.sequence else { return }
    forget(place)
  }

  /// Makes every call that waits do nothing and forgets its closure; jobs stay.
  func cancelCalls() {
    for index in 0..<slots.count {
      let place = slots.base + index
      if case .call = place.pointee.action { forget(place) }
    }
  }

  /// Frees the action only when the slot no longer has it: its end may schedule or cancel.
  private func forget(_ place: UnsafeMutablePointer<Slot>) {
    let slot = place.move()
    place.initialize(to: Slot(action: .none, owner: slot.owner, nextFree: slot.nextFree))
    withExtendedLifetime(slot.action) {}
  }

  /// Takes the next event off the queue; nil if there is none up to a time.
  func next(until horizon: Int64) -> (time: Int64, action: EventAction)? {
    guard let key = nextKey(until: horizon) else { return nil }
    let place = slots.base + Int(key.slot)
    let action = place.move().action
    place.initialize(to: Slot(action: .none, owner: 0, nextFree: firstFree))
    firstFree = key.slot
    return (key.time, action)
  }

  private func nextKey(until horizon: Int64) -> Key? {
    guard dueHead < due.count else {
      return heap.count == 0 || heap.base[0].time > horizon ? nil : pop()
    }
    let first = due.base[dueHead]
    if heap.count > 0, heap.base[0].precedes(first) {
      return heap.base[0].time > horizon ? nil : pop()
    }
    if first.time > horizon { return nil }
    dueHead += 1
    if dueHead == due.count {
      due.count = 0
      dueHead = 0
    }
    return first
  }

  private func push(_ key: Key) {
    heap.append(key)
    let heap = heap.base
    var index = self.heap.count - 1
    while index > 0 {
      let parent = (index - 1) / 4
      guard key.precedes(heap[parent]) else { break }
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = key
  }

  private func pop() -> Key {
    let count = heap.count - 1
    heap.count = count
    let heap = heap.base
    let top = heap[0]
    if count == 0 { return top }
    let last = heap[count]
    var index = 0
    while true {
      var child = 4 * index + 1
      guard child < count else { break }
      var least = child
      let end = min(child + 4, count)
      child += 1
      while child < end {
        if heap[child].precedes(heap[least]) { least = child }
        child += 1
      }
      guard heap[least].precedes(last) else { break }
      heap[index] = heap[least]
      index = least
    }
    heap[index] = last
    return top
  }
}

/// Elements in memory that grows; its owner frees it.
private struct Growing<Element> {
  private(set) var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  /// Elements beyond it are not there.
  var count = 0

  init(capacity: Int) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  @inline(__always)
  mutating func append(_ element: consuming Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  mutating func free() {
    base.deinitialize(count: count)
    base.deallocate()
  }
}

/// Names one event of an `EventQueue`.
struct EventTicket {
  let slot: Int32
  let sequence: UInt64
}
