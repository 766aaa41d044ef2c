public import SimulationKernel

/// The processor time of one pod, as the kernel's CFS bandwidth control shares it out.
///
/// Work waits in a queue, first in, first out, for one of `concurrencyMax` threads, and then runs
/// on a core of its own. All running work draws on the quota of the current period (100 ms, counted
/// from the pod's start): limit times period. When the quota is used up, everything stands still
/// until the next period; what is left of a quota is lost.
///
/// Worked example: limit 500m, so a quota of 50 ms and one thread. Work of 120 ms submitted at 0
/// runs from 0 to 50, 100 to 150 and 200 to 220 ms. Work of 50 ms submitted at 80 ms instead
/// runs from 80 to 130 ms: 20 ms of the first quota, 30 ms of the second.
///
/// With limit 2500m, 250 ms and 3 threads, busy threads use the quota up after 83.333333 ms; less
/// than a nanosecond for each thread stays unused.
public final class SimulatedCPU {
  /// How much processor time there is.
  public enum Limit: Hashable, Sendable {
    /// A container's limit: thousandths of a core.
    case milliCores(Int)
    /// No limit but the node's cores.
    case withoutLimit(nodeCores: Int)
  }

  /// Work that was submitted; names it to `cancel`.
  public final class Work {
    fileprivate var rest: Int64
    fileprivate var completion: (() -> Void)?

    fileprivate init(_ rest: Int64, _ completion: @escaping () -> Void) {
      self.rest = rest
      self.completion = completion
    }
  }

  /// The period of CFS bandwidth control (cpu.cfs_period_us, as the kubelet sets it).
  public static let periodNanoseconds: Int64 = 100_000_000

  /// How many works run at once.
  public let concurrencyMax: Int
  /// Whether work stands still because the quota of the period is used up.
  public private(set) var isThrottled = false
  /// For how long work stood still in all, up to the last change.
  public private(set) var nanosecondsThrottled: Int64 = 0

  private let simulation: Simulation
  private let quota: Int64?
  private let start: Int64
  private var period: Int64 = 0
  private var quotaLeft: Int64
  private var running: [Work] = []
  private var waiting: [Work?] = []
  private var waitingHead = 0
  private var used: Int64 = 0
  private var lastChange: Int64
  private var timer: SimulationTimer?
  private var isStopped = false

  /// Starts the first period, now.
  ///
  /// - Parameter concurrencyMax: Threads that run at once; nil: as many as the limit has cores,
  ///   rounded up.
  public init(simulation: Simulation, limit: Limit, concurrencyMax: Int? = nil) {
    self.simulation = simulation
    start = simulation.now.nanoseconds
    lastChange = start
    switch limit {
    case .milliCores(let milliCores):
      precondition(milliCores > 0, "a limit of \(milliCores) thousandths of a core")
      self.concurrencyMax = concurrencyMax ?? (milliCores + 999) / 1000
      let share = Int64(milliCores) * (Self.periodNanoseconds / 1000)
      // A quota that the threads cannot use up is none.
      quota = share < Int64(self.concurrencyMax) * Self.periodNanoseconds ? share : nil
    case .withoutLimit(let nodeCores):
      precondition(nodeCores > 0, "a node with \(nodeCores) cores")
      self.concurrencyMax = min(concurrencyMax ?? nodeCores, nodeCores)
      quota = nil
    }
    precondition(self.concurrencyMax > 0, "no thread to run on")
    quotaLeft = quota ?? 0
  }

  /// Works running or waiting.
  public var loadCount: Int { running.count + waitingCount }

  /// Works waiting for a thread.
  public private(set) var waitingCount = 0

  /// Processor time used so far, at this instant: what a metrics pipeline samples.
  public var nanosecondsUsed: Int64 {
    isThrottled ? used : used + elapsed * Int64(running.count)
  }

  /// Runs work of `nanoseconds` of one core, then calls `completion`; never before this returns.
  @discardableResult
  public func submit(nanoseconds: Int64, _ completion: @escaping () -> Void) -> Work {
    let work = Work(max(0, nanoseconds), completion)
    if isStopped {
      work.completion = nil
      return work
    }
    advance()
    if running.count < concurrencyMax {
      running.append(work)
      scheduleNext()
    } else {
      waiting.append(work)
      waitingCount += 1
    }
    return work
  }

  /// Takes work away; its completion is not called; without effect once it is.
  public func cancel(_ work: Work) {
    guard work.completion != nil else { return }
    work.completion = nil
    guard let index = running.firstIndex(where: { $0 === work }) else {
      waitingCount -= 1
      return
    }
    advance()
    running.remove(at: index)
    startWaiting()
    scheduleNext()
  }

  /// Ends all work without calling back, as when the pod is killed; later work is not run.
  public func stop() {
    guard !isStopped else { return }
    advance()
    isStopped = true
    isThrottled = false
    for work in running { work.completion = nil }
    for work in waiting { work?.completion = nil }
    running = []
    waiting = []
    waitingHead = 0
    waitingCount = 0
    timer?.cancel()
    timer = nil
  }

  private var elapsed: Int64 { simulation.now.nanoseconds - lastChange }

  /// Charges the time since the last change, and opens a new period if its time has come.
  private func advance() {
    let now = simulation.now.nanoseconds
    if isThrottled {
      nanosecondsThrottled += elapsed
    } else {
      let passed = elapsed
      for work in running { work.rest -= passed }
      used += passed * Int64(running.count)
      quotaLeft -= passed * Int64(running.count)
    }
    lastChange = now
    guard let quota else { return }
    let current = (now - start) / Self.periodNanoseconds
    if current > period {
      period = current
      quotaLeft = quota
      isThrottled = false
    }
  }

  /// Sets the timer for what happens next: work ends, the quota is used up, or a period begins.
  private func scheduleNext() {
    timer?.cancel()
    timer = nil
    guard let least = running.map(\.rest).min() else {
      isThrottled = false
      return
    }
    let now = lastChange
    var next = now + least
    if quota != nil {
      let boundary = start + (period + 1) * Self.periodNanoseconds
      let share = quotaLeft / Int64(running.count)
      isThrottled = least > 0 && share == 0
      if isThrottled {
        // Only work that is done already can still end.
        next = boundary
      } else {
        next = min(next, now + share, boundary)
      }
    }
    timer = simulation.schedule(at: SimulationTime(nanoseconds: next)) { [self] in timeCame() }
  }

  private func timeCame() {
    timer = nil
    advance()
    var done: [Work] = []
    if !isThrottled {
      done = running.filter { $0.rest <= 0 }
      running.removeAll { $0.rest <= 0 }
      startWaiting()
    }
    scheduleNext()
    for work in done {
      let completion = work.completion
      work.completion = nil
      completion?()
    }
  }

  private func startWaiting() {
    while running.count < concurrencyMax, waitingHead < waiting.count {
      if let work = waiting[waitingHead].take(), work.completion != nil {
        running.append(work)
        waitingCount -= 1
      }
      waitingHead += 1
    }
    if waitingHead == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      waitingHead = 0
    } else if waitingHead >= 64 && waitingHead * 2 >= waiting.count {
      waiting.removeFirst(waitingHead)
      waitingHead = 0
    }
  }
}
