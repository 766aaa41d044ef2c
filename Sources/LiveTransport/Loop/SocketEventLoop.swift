import CEpoll
import Glibc
public import Transport

/// An event loop on `epoll`: real time, timers, sockets.
///
/// One thread makes it or is the first to use it, runs it, and uses it from then on.
///
/// Times are those of the beginning of a turn, so that reading them costs nothing.
public final class SocketEventLoop: EventLoop {
  private struct Slot {
    var generation: UInt32 = 0
    var source: (any EventSource)?
  }

  /// What other threads may hold of this loop.
  public let handle: LoopHandle

  /// Nanoseconds of the machine's monotonic clock at the beginning of this turn.
  @exclusivity(unchecked) public private(set) var nanoseconds: Int64

  /// The machine's monotonic clock now, where the beginning of the turn is not exact enough.
  public static var monotonicNanoseconds: Int64 { andruck_monotonic_nanoseconds() }

  /// Makes timers of this thread, and of threads that it starts, as exact as the machine can.
  ///
  /// By itself the kernel gathers what is due within 50 µs, which spares it work, and which a measurement would
  /// show.
  public static func makeTimersExact() { andruck_wake_exactly() }

  private let epoll: Int32
  private let ready: UnsafeMutablePointer<andruck_epoll_ready>
  @exclusivity(unchecked) private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private let timers = TimerQueue()
  @exclusivity(unchecked) private var sequence: UInt64 = 0
  /// Actions without a delay, in their order; a turn takes them all and leaves an empty array.
  @exclusivity(unchecked) private var immediate: [LoopTimer] = []
  @exclusivity(unchecked) private var spare: [LoopTimer] = []
  @exclusivity(unchecked) private var isStopped = false
  @exclusivity(unchecked) private var busyPoll = BusyPoll(limitNanoseconds: 0)
  @exclusivity(unchecked) private var awakeLoops: AwakeLoops?

  /// How many sockets had something in this turn.
  @exclusivity(unchecked) private(set) var readyCount = 0

  /// Where sockets receive, shared because bytes are copied before anything else happens.
  let receiveBuffer: UnsafeMutableRawBufferPointer

  private static let readyMax = 512
  private static let receiveBytes = 131_072
  /// How often a turn runs actions that were scheduled by actions before it looks at sockets again.
  private static let passesMax = 8
  private static let inboxData = UInt64.max
  /// Giving the processor away takes a microsecond where nobody wants it.
  private static let yieldedNanosecondsMax: Int64 = 20_000

  /// A loop without sockets and timers.
  /// - Throws: `SocketError` when the process has too many open files.
  public init() throws(SocketError) {
    epoll = andruck_epoll_create()
    guard epoll >= 0 else { throw SocketError("make an epoll") }
    let wake = andruck_wake_create()
    guard wake >= 0 else {
      let error = SocketError("make an eventfd")
      close(epoll)
      throw error
    }
    handle = LoopHandle(descriptor: wake)
    ready = .allocate(capacity: Self.readyMax)
    receiveBuffer = .allocate(byteCount: Self.receiveBytes, alignment: 16)
    nanoseconds = andruck_monotonic_nanoseconds()
    andruck_epoll_add(epoll, wake, UInt32(andruck_readable), Self.inboxData)
  }

  deinit {
    handle.close()
    close(epoll)
    ready.deallocate()
    receiveBuffer.deallocate()
  }

  /// Runs until `stop` is called, then breaks the sockets that are still open.
  public func run() {
    awakeLoops?.wokeUp()
    while !isStopped { turn() }
    awakeLoops?.fellAsleep()
    handle.close()
    immediate = []
    for slot in slots { slot.source?.loopEnded() }
    slots = []
  }

  /// Stays awake for so long at most, instead of waiting asleep, while waits are shorter than that.
  ///
  /// It does only while `awake` leaves a processor over, if there is such a count; that of several loops
  /// is the same object.
  func stayAwake(forNanoseconds limit: Int64, amongst awake: AwakeLoops? = nil) {
    busyPoll = BusyPoll(limitNanoseconds: limit)
    awakeLoops = awake
  }

  /// Ends `run` after this turn.
  public func stop() { isStopped = true }

  /// Calls `action` once, `delay` nanoseconds from now; without a delay, at the end of this turn.
  @discardableResult
  public func schedule(
    afterNanoseconds delay: Int64, _ action: @escaping () -> Void
  ) -> any ScheduledTimer {
    sequence += 1
    guard delay > 0 else {
      let timer = LoopTimer(
        nanoseconds: nanoseconds, sequence: sequence, queue: nil, action: action)
      immediate.append(timer)
      return timer
    }
    // From now, and not from the beginning of a turn that may have taken long.
    let sum = andruck_monotonic_nanoseconds().addingReportingOverflow(delay)
    let timer = LoopTimer(
      nanoseconds: sum.overflow ? .max : sum.partialValue, sequence: sequence, queue: timers,
      action: action)
    timers.insert(timer)
    return timer
  }

  private func turn() {
    readyCount = wait()
    for index in 0..<readyCount { dispatch(ready[index]) }
    while let timer = timers.popDue(at: nanoseconds) { timer.fire() }
    var passes = 0
    while !immediate.isEmpty, passes < Self.passesMax, !isStopped {
      runImmediate()
      passes += 1
    }
  }

  /// Waits for sockets, the inbox or the next timer, and returns how many descriptors are ready.
  private func wait() -> Int {
    let start = andruck_monotonic_nanoseconds()
    var limit: Int64 = -1
    if !immediate.isEmpty {
      limit = 0
    } else if let first = timers.firstNanoseconds {
      limit = max(0, first - start)
    }
    var count: Int32
    let awake = limit == 0 ? 0 : busyPoll.nextNanoseconds
    if awake > 0, awakeLoops?.leavesProcessorOver ?? true {
      var kept: Int64 = 0
      count = andruck_epoll_poll(
        epoll, ready, Int32(Self.readyMax), limit < 0 ? awake : min(awake, limit),
        Self.yieldedNanosecondsMax, &kept)
      if kept > 0 { busyPoll.processorWasKept(forNanoseconds: kept) }
      if count == 0 {
        nanoseconds = andruck_monotonic_nanoseconds()
        if limit > 0 { limit = max(0, limit - (nanoseconds - start)) }
        count = sleep(limit)
      }
    } else {
      count = sleep(limit)
    }
    if count < 0 { precondition(errno == EINTR, "epoll_wait failed: \(SocketError("wait"))") }
    nanoseconds = andruck_monotonic_nanoseconds()
    if limit != 0 { busyPoll.waited(nanoseconds - start) }
    return max(0, Int(count))
  }

  /// Waits asleep, or only looks when the limit is 0; a negative one waits for good.
  private func sleep(_ limit: Int64) -> Int32 {
    guard limit != 0, let awakeLoops else {
      return andruck_epoll_wait(epoll, ready, Int32(Self.readyMax), limit)
    }
    awakeLoops.fellAsleep()
    defer { awakeLoops.wokeUp() }
    return andruck_epoll_wait(epoll, ready, Int32(Self.readyMax), limit)
  }

  private func runImmediate() {
    swap(&immediate, &spare)
    // Indices, because an iterator would hold the array and make its emptying a copy.
    for index in spare.indices { spare[index].fire() }
    spare.removeAll(keepingCapacity: true)
  }

  private func dispatch(_ event: andruck_epoll_ready) {
    if event.data == Self.inboxData {
      for action in handle.takeActions() { action() }
      return
    }
    let index = Int(event.data & 0xffff_ffff)
    guard slots.indices.contains(index),
      slots[index].generation == UInt32(event.data >> 32)
    else { return }
    slots[index].source?.ready(event.events)
  }

  // MARK: Sockets

  /// Watches a descriptor, and keeps its source until `unregister`.
  func register(
    _ descriptor: Int32, _ source: any EventSource, events: Int32
  ) throws(SocketError) -> EventToken {
    let index: Int
    if let free = freeSlots.popLast() {
      index = free
    } else {
      index = slots.count
      slots.append(Slot())
    }
    slots[index].source = source
    let token = EventToken(
      data: UInt64(slots[index].generation) << 32 | UInt64(index), descriptor: descriptor)
    if andruck_epoll_add(epoll, descriptor, UInt32(events), token.data) != 0 {
      let error = SocketError("watch a socket")
      release(token)
      throw error
    }
    return token
  }

  func change(_ token: EventToken, events: Int32) {
    andruck_epoll_change(epoll, token.descriptor, UInt32(events), token.data)
  }

  /// Forgets a descriptor, which the caller closes or registers elsewhere.
  func unregister(_ token: EventToken) {
    andruck_epoll_remove(epoll, token.descriptor)
    release(token)
  }

  /// Events of this turn that still name the slot are told apart by the generation.
  private func release(_ token: EventToken) {
    let index = Int(token.data & 0xffff_ffff)
    guard slots.indices.contains(index) else { return }
    slots[index].source = nil
    slots[index].generation &+= 1
    freeSlots.append(index)
  }
}

/// What a descriptor's events are for.
protocol EventSource: AnyObject {
  /// Called with what `epoll` found, on the loop's thread.
  func ready(_ events: UInt32)

  /// The loop has ended: the descriptor is closed, and nobody is called any more.
  func loopEnded()
}

/// A descriptor's place in an event loop.
struct EventToken {
  let data: UInt64
  let descriptor: Int32
}
