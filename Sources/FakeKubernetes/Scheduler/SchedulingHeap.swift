/// Entries of a scheduling queue, the one that comes first on top.
struct SchedulingHeap {
  private var entries: [SchedulingQueue.Entry] = []

  var first: SchedulingQueue.Entry? { entries.first }

  mutating func push(_ entry: SchedulingQueue.Entry) {
    entries.append(entry)
    var index = entries.count - 1
    while index > 0, entries[index].precedes(entries[(index - 1) / 2]) {
      entries.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func pop() -> SchedulingQueue.Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    if entries.isEmpty { return first }
    entries[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < entries.count && entries[child].precedes(entries[least]) {
        least = child
      }
      if least == index { return first }
      entries.swapAt(index, least)
      index = least
    }
  }
}
