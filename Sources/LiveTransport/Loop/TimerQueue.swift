import Transport

/// An action that waits for its turn or its time.
final class LoopTimer: ScheduledTimer {
  let nanoseconds: Int64
  let sequence: UInt64
  private var action: (() -> Void)?
  private weak var queue: TimerQueue?

  init(
    nanoseconds: Int64, sequence: UInt64, queue: TimerQueue?, action: @escaping () -> Void
  ) {
    self.nanoseconds = nanoseconds
    self.sequence = sequence
    self.queue = queue
    self.action = action
  }

  var isCancelled: Bool { action == nil }

  func cancel() {
    guard action != nil else { return }
    action = nil
    queue?.timerCancelled()
  }

  func fire() {
    let action = self.action
    self.action = nil
    action?()
  }

  func isBefore(_ other: LoopTimer) -> Bool {
    nanoseconds == other.nanoseconds
      ? sequence < other.sequence : nanoseconds < other.nanoseconds
  }
}

/// Timers in the order of their times, then of their making: a binary heap.
///
/// A cancelled timer stays until its time, or until more than half of all are cancelled.
final class TimerQueue {
  private var heap: [LoopTimer] = []
  private var cancelledCount = 0

  /// When the first timer is due, nil without one.
  var firstNanoseconds: Int64? {
    dropCancelled()
    return heap.first?.nanoseconds
  }

  var count: Int { heap.count }

  func insert(_ timer: LoopTimer) {
    heap.append(timer)
    siftUp(heap.count - 1)
  }

  /// Removes the first timer if its time has come.
  func popDue(at nanoseconds: Int64) -> LoopTimer? {
    dropCancelled()
    guard let first = heap.first, first.nanoseconds <= nanoseconds else { return nil }
    return removeFirst()
  }

  func timerCancelled() {
    cancelledCount += 1
    guard cancelledCount > 64, cancelledCount > heap.count / 2 else { return }
    // A sorted array is a heap.
    heap = heap.filter { !$0.isCancelled }.sorted { $0.isBefore($1) }
    cancelledCount = 0
  }

  private func dropCancelled() {
    while let first = heap.first, first.isCancelled {
      removeFirst()
      cancelledCount = max(0, cancelledCount - 1)
    }
  }

  @discardableResult
  private func removeFirst() -> LoopTimer {
    let first = heap[0]
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown()
    }
    return first
  }

  private func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private func siftDown() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
