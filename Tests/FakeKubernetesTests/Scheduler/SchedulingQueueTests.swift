import KubernetesAPI
import Testing

@testable import FakeKubernetes

/// Sources: `scheduling_queue.go`, `backoff_queue.go`; times are milliseconds.
struct SchedulingQueueTests {
  private var queue = SchedulingQueue()
  private let pod = SchedulingPod()

  private mutating func add(_ uid: String, _ place: Int32, priority: Int = 0, at time: Int64 = 0) {
    queue.add(uid: uid, place: place, priority: priority, now: time * 1_000_000)
  }

  /// Tries the next pod, which finds no room.
  private mutating func fail(at time: Int64) throws {
    let popped = queue.pop()
    let entry = try #require(popped)
    queue.failed(entry, pod, rejectedBy: .fit, now: time * 1_000_000)
  }

  /// Room is made; returns the ends of back-offs.
  private mutating func makeRoom(at time: Int64) -> [Int64] {
    queue.moveAll(now: time * 1_000_000, after: QueueingHints(.podGone(pod))).map { $0 / 1_000_000 }
  }

  private mutating func drain() -> [String] {
    var uids: [String] = []
    while let entry = queue.pop() { uids.append(entry.uid) }
    return uids
  }

  @Test mutating func `who backs off is tried early when nobody else waits`() throws {
    add("a", 0)
    try fail(at: 300)
    #expect(queue.isEmpty)
    // The back-off ends at 1.3 s, with all others of that second.
    let ends = makeRoom(at: 400)
    #expect(ends == [2000])
    #expect(!queue.isEmpty)
    add("b", 1, at: 500)
    let order = drain()
    #expect(order == ["b", "a"])
    #expect(queue.isEmpty)
  }

  @Test mutating func `of those who back off the first by seconds and priority comes first`() throws
  {
    for (uid, place, priority) in [("a", 0, 0), ("b", 1, 5), ("c", 2, 9)] as [(_, Int32, _)] {
      add(uid, place, priority: priority)
    }
    // c at 0.1 s and b at 0.9 s back off until the same second, a until the next one.
    for time in [900, 100, 1500] as [Int64] { try fail(at: time) }
    let (ends, order) = (makeRoom(at: 1600), drain())
    #expect(ends == [2000, 3000])
    #expect(order == ["c", "b", "a"])
  }

  @Test mutating func `after an error the back-off is waited out`() throws {
    add("a", 0)
    let popped = queue.pop()
    let end = queue.erred(try #require(popped), now: 300_000_000)
    #expect(end == 2_000_000_000)
    #expect(queue.isEmpty)
    queue.endBackOffs(now: 1_900_000_000)
    #expect(queue.isEmpty)
    queue.endBackOffs(now: 2_000_000_000)
    let order = drain()
    #expect(order == ["a"])
  }

  @Test mutating func `a back-off that is over is none, and one who is gone is not tried`() throws {
    add("a", 0)
    add("b", 1)
    try fail(at: 300)
    try fail(at: 400)
    let ends = makeRoom(at: 2000)
    #expect(ends == [])
    queue.remove(uid: "a", place: 0)
    let order = drain()
    #expect(order == ["b"])
  }
}
