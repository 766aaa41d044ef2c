package import KubernetesAPI
package import SimulationKernel

/// Keys to reconcile: each once however often added, one at a time, retried with back-off.
///
/// Source of the semantics: `client-go/util/workqueue`. A key added while it is processed is
/// processed again afterwards. Failures are retried after 5 ms doubling to 1000 s.
package final class WorkQueue {
  /// Reconciles a key; false or a thrown error asks for a retry with back-off.
  package typealias Process = (ObjectKey) throws -> Void

  private let simulation: Simulation
  private let workers: Int
  private let process: Process
  private let elapsed: () -> Duration
  private var queue = FIFOQueue<ObjectKey>()
  private var dirty: Set<ObjectKey> = []
  private var processing: Set<ObjectKey> = []
  private var failures: [ObjectKey: Int] = [:]
  private var delayed: [ObjectKey: (time: SimulationTime, timer: SimulationTimer)] = [:]
  private var isDispatching = false

  /// Makes a queue; `elapsed` says after each reconcile how long its calls took.
  package init(
    simulation: Simulation, workers: Int = 5, elapsed: @escaping () -> Duration = { .zero },
    process: @escaping Process
  ) {
    self.simulation = simulation
    self.workers = workers
    self.elapsed = elapsed
    self.process = process
  }

  /// Adds a key unless it waits already.
  package func add(_ key: ObjectKey) {
    guard dirty.insert(key).inserted else { return }
    if processing.contains(key) { return }
    queue.append(key)
    dispatchSoon()
  }

  /// Adds a key after a delay; of several delays of one key the shortest counts.
  package func add(_ key: ObjectKey, after delay: Duration) {
    if delay <= .zero { return add(key) }
    let time = simulation.now + delay
    if let waiting = delayed[key] {
      if waiting.time <= time { return }
      waiting.timer.cancel()
    }
    let timer = simulation.schedule(at: time) { [weak self] in
      self?.delayed[key] = nil
      self?.add(key)
    }
    delayed[key] = (time, timer)
  }

  /// Adds a key after its back-off, which doubles.
  package func addRateLimited(_ key: ObjectKey) {
    let count = failures[key] ?? 0
    failures[key] = count + 1
    add(key, after: Self.backOff(failures: count))
  }

  /// Ends a key's back-off.
  package func forget(_ key: ObjectKey) { failures[key] = nil }

  /// 5 ms doubled for each failure, at most 1000 s: after 3 failures 40 ms.
  package static func backOff(failures: Int) -> Duration {
    failures >= 18 ? .seconds(1000) : min(.seconds(1000), .milliseconds(5 << failures))
  }

  /// Starts workers in an event of their own, so that adding never re-enters the caller.
  private func dispatchSoon() {
    if isDispatching { return }
    isDispatching = true
    simulation.schedule(afterNanoseconds: 0) { [weak self] in self?.dispatch() }
  }

  private func dispatch() {
    isDispatching = false
    while processing.count < workers, let key = queue.popFirst() {
      dirty.remove(key)
      processing.insert(key)
      perform(key)
    }
  }

  private func perform(_ key: ObjectKey) {
    var failed = false
    do { try process(key) } catch { failed = true }
    let duration = elapsed()
    simulation.schedule(after: duration) { [weak self] in self?.finish(key, failed: failed) }
  }

  private func finish(_ key: ObjectKey, failed: Bool) {
    processing.remove(key)
    if failed { addRateLimited(key) } else { forget(key) }
    if dirty.contains(key) { queue.append(key) }
    if !queue.isEmpty { dispatchSoon() }
  }
}
