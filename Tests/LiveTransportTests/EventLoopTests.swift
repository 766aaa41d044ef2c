import Synchronization
import Testing
import Transport

@testable import LiveTransport

struct EventLoopTests {
  @Test func `timers fire in the order of their times, then of their making`() throws {
    let order = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      var order: [Int] = []
      rig.loop.schedule(afterNanoseconds: 3_000_000) { order.append(3) }
      rig.loop.schedule(afterNanoseconds: 1_000_000) { order.append(1) }
      rig.loop.schedule(afterNanoseconds: 2_000_000) { order.append(2) }
      rig.loop.schedule(afterNanoseconds: 1_500_000) { order.append(99) }.cancel()
      rig.loop.schedule(afterNanoseconds: 0) { order.append(0) }
      rig.loop.schedule(afterNanoseconds: -5) { order.append(-5) }
      rig.loop.schedule(afterNanoseconds: 4_000_000) { done(order) }
    }
    #expect(order == [0, -5, 1, 2, 3])
  }

  @Test func `an action is never called from within schedule`() throws {
    let depths = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      var depth = 0
      var depths: [Int] = []
      func next(_ rest: Int) {
        depth += 1
        depths.append(depth)
        if rest == 0 {
          done(depths)
        } else {
          rig.loop.schedule(afterNanoseconds: 0) { next(rest - 1) }
        }
        depth -= 1
      }
      next(20)
    }
    #expect(depths == Array(repeating: 1, count: 21))
  }

  @Test func `actions of other threads run in their order`() throws {
    let thread = try LoopThread { _ in NumberList() }
    for number in 0..<1_000 { thread.execute { _, list in list.numbers.append(number) } }
    let numbers = blocking { (done: @escaping @Sendable ([Int]) -> Void) in
      thread.execute { _, list in done(list.numbers) }
    }
    thread.stop()
    thread.join()
    #expect(numbers == Array(0..<1_000))
    #expect(!thread.execute { _, _ in Issue.record("the loop has ended") })
  }

  @Test func `a queue of timers keeps the order of a sort, and drops what is cancelled`() {
    let queue = TimerQueue()
    var random: UInt64 = 7
    var timers: [LoopTimer] = []
    for sequence in 0..<2_000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let timer = LoopTimer(
        nanoseconds: Int64(random >> 56), sequence: UInt64(sequence), queue: queue, action: {})
      timers.append(timer)
      queue.insert(timer)
    }
    for index in stride(from: 0, to: 2_000, by: 3) { timers[index].cancel() }
    for index in stride(from: 1, to: 2_000, by: 3) { timers[index].cancel() }
    #expect(queue.count < 1_400)
    let expected = timers.filter { !$0.isCancelled }.sorted { $0.isBefore($1) }.map(\.sequence)
    var popped: [UInt64] = []
    while let timer = queue.popDue(at: 1_000) { popped.append(timer.sequence) }
    #expect(popped == expected)
    #expect(queue.firstNanoseconds == nil)
  }
}

private final class NumberList {
  var numbers: [Int] = []
}
