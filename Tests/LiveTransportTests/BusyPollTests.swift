import Testing
import Transport

@testable import LiveTransport

struct BusyPollTests {
  @Test func `a loop stays awake after four short waits in a row, and sleeps after a long one`() {
    var poll = BusyPoll(limitNanoseconds: 100_000)
    var awake: [Int64] = []
    for wait in [10, 20, 100_000, 30, 50, 100_001, 10, 10, 10, 10, 5] as [Int64] {
      awake.append(poll.nextNanoseconds)
      poll.waited(wait)
    }
    let on: Int64 = 100_000
    #expect(awake == [0, 0, 0, 0, on, on, 0, 0, 0, 0, on])
  }

  @Test func `a loop that lost its processor sleeps for a while, and longer when it does again`() {
    var poll = BusyPoll(limitNanoseconds: 100_000)
    let slice = BusyPoll.lostNanosecondsMax + 1
    func waits(_ count: Int) { for _ in 0..<count { poll.waited(10) } }
    waits(4)
    #expect(poll.nextNanoseconds == 100_000)
    poll.processorWasKept(forNanoseconds: slice)
    waits(BusyPoll.pauseMin - 1)
    #expect(poll.nextNanoseconds == 0)
    waits(1)
    #expect(poll.nextNanoseconds == 100_000)
    poll.processorWasKept(forNanoseconds: slice)
    waits(2 * BusyPoll.pauseMin - 1)
    #expect(poll.nextNanoseconds == 0)
    // Awake for long, it begins with the least again.
    waits(1 + 4 * BusyPoll.pauseMin)
    poll.processorWasKept(forNanoseconds: slice)
    waits(BusyPoll.pauseMin)
    #expect(poll.nextNanoseconds == 100_000)
  }

  /// The service log's thread takes a processor for a tenth of a millisecond, every 10 ms.
  @Test func `what others take changes nothing while waits awake save more`() {
    var poll = BusyPoll(limitNanoseconds: 100_000)
    let saved = BusyPoll.savedNanoseconds
    for _ in 0..<4 { poll.waited(10) }
    for _ in 0..<1_000 {
      poll.processorWasKept(forNanoseconds: 100_000)
      for _ in 0..<(100_000 / saved) { poll.waited(20_000) }
      #expect(poll.nextNanoseconds == 100_000)
    }
    // Half of those waits save less than is lost.
    var rounds = 0
    while poll.nextNanoseconds > 0, rounds < 1_000 {
      rounds += 1
      poll.processorWasKept(forNanoseconds: 100_000)
      for _ in 0..<(50_000 / saved) { poll.waited(20_000) }
    }
    #expect(rounds == 10)
  }

  @Test func `a limit of nothing never keeps a loop awake`() {
    var poll = BusyPoll(limitNanoseconds: 0)
    for _ in 0..<10 { poll.waited(0) }
    #expect(poll.nextNanoseconds == 0)
  }

  @Test func `a loop that stays awake still has its timers and the calls of other threads`() throws
  {
    let late = try LoopRig.run { (rig, done: @escaping (Bool) -> Void) in
      rig.loop.stayAwake(forNanoseconds: 5_000_000)
      var rounds = 0
      func next() {
        rounds += 1
        let before = SocketEventLoop.monotonicNanoseconds
        if rounds > 50 { return done(false) }
        rig.loop.schedule(afterNanoseconds: 300_000) {
          if SocketEventLoop.monotonicNanoseconds - before < 300_000 { return done(true) }
          rig.loop.handle.execute { [late = ThreadBound(next)] in late.value() }
        }
      }
      next()
    }
    #expect(late == false)
  }

  @Test(arguments: [
    ("150000 100000\n", 1.5), ("max 100000\n", nil), ("50000 100000", 0.5), ("nonsense", nil),
  ])
  func `a container's limit is read`(text: String, processors: Double?) {
    #expect(CPULimit.ofControlGroup { $0 == "/sys/fs/cgroup/cpu.max" ? text : nil } == processors)
  }

  @Test(arguments: [("200000\n", 2.0), ("-1\n", nil)])
  func `a limit of the older kind is read`(quota: String, processors: Double?) {
    let files = [
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota,
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    #expect(CPULimit.ofControlGroup { files[$0] } == processors)
  }

  @Test func `without a word, loops stay awake only while they leave a processor over`() {
    var limits = LiveLimits()
    #expect(limits.busyPoll(processors: 1).nanoseconds == 0)
    let (nanoseconds, awake) = limits.busyPoll(processors: 2)
    #expect(nanoseconds == LiveLimits.busyPollDefaultNanoseconds)
    awake?.wokeUp()
    #expect(awake?.leavesProcessorOver == true)
    awake?.wokeUp()
    #expect(awake?.leavesProcessorOver == false)
    awake?.fellAsleep()
    #expect(awake?.leavesProcessorOver == true)
    limits.busyPollNanoseconds = 7_000
    #expect(limits.busyPoll(processors: 1).nanoseconds == 7_000)
    #expect(limits.busyPoll(processors: 1).awake == nil)
  }
}
