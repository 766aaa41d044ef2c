package import KubernetesAPI
package import SimulationKernel

/// Keys to reconcile: each once however often added, one at a time, retried with back-off.
///
/// Source of the semantics: `client-go/util/workqueue`. A key added while it is processed is
/// processed again afterwards. Failures are retried after 5 ms doubling to 1000 s.
package final class WorkQueue {
  /// Reconciles a key; false or a thrown error asks for a retry with back-off.
  package typealias Process = (ObjectKey) throws -> Void

  /// A key of the queue with all that is known of it.
  ///
  /// Whoever adds the same key again and again keeps the item instead.
  final class Item {
    let key: ObjectKey
    /// Whether it waits to be processed, or will when the present round is over.
    fileprivate var isDirty = false
    fileprivate var isProcessing = false
    fileprivate var failures = 0
    fileprivate var delayed: (time: SimulationTime, timer: SimulationTimer)?
    /// How many keep it.
    fileprivate var keepers = 0

    fileprivate init(_ key: ObjectKey) { self.key = key }

    fileprivate var isIdle: Bool {
      !isDirty && !isProcessing && failures == 0 && delayed == nil && keepers == 0
    }
  }

  private let simulation: Simulation
  private let workers: Int
  private let process: Process
  private let elapsed: () -> Duration
  @exclusivity(unchecked) private var items: [ObjectKey: Item] = [:]
  @exclusivity(unchecked) private var queue = FIFOQueue<Item>()
  @exclusivity(unchecked) private var processing = 0
  @exclusivity(unchecked) private var isDispatching = false

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

  /// The item of a key, which stays the same until `release`.
  func keep(_ key: ObjectKey) -> Item {
    let item = item(key)
    item.keepers += 1
    return item
  }

  /// Ends what `keep` began.
  func release(_ item: Item) {
    item.keepers -= 1
    forgetIfIdle(item)
  }

  private func item(_ key: ObjectKey) -> Item {
    if let known = items[key] { return known }
    let item = Item(key)
    items[key] = item
    return item
  }

  private func forgetIfIdle(_ item: Item) {
    if item.isIdle { items[item.key] = nil }
  }

  /// Adds a key unless it waits already.
  package func add(_ key: ObjectKey) { add(item(key)) }

  /// Adds a kept item unless it waits already.
  func add(_ item: Item) {
    if item.isDirty { return }
    item.isDirty = true
    if item.isProcessing { return }
    queue.append(item)
    dispatchSoon()
  }

  /// Adds a key after a delay; of several delays of one key the shortest counts.
  package func add(_ key: ObjectKey, after delay: Duration) {
    if delay <= .zero { return add(key) }
    let time = simulation.now + delay
    let item = item(key)
    if let waiting = item.delayed {
      if waiting.time <= time { return }
      waiting.timer.cancel()
    }
    let timer = simulation.schedule(at: time) { [weak self, weak item] in
      guard let self, let item else { return }
      item.delayed = nil
      add(item)
    }
    item.delayed = (time, timer)
  }

  /// Adds a key after its back-off, which doubles.
  package func addRateLimited(_ key: ObjectKey) {
    let item = item(key)
    item.failures += 1
    add(key, after: Self.backOff(failures: item.failures - 1))
  }

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
    while processing < workers, let item = queue.popFirst() {
      item.isDirty = false
      item.isProcessing = true
      processing += 1
      perform(item)
    }
  }

  private func perform(_ item: Item) {
    var failed = false
    do { try process(item.key) } catch { failed = true }
    let duration = elapsed()
    simulation.schedule(after: duration) { [weak self] in self?.finish(item, failed: failed) }
  }

  private func finish(_ item: Item, failed: Bool) {
    item.isProcessing = false
    processing -= 1
    if failed { addRateLimited(item.key) } else { item.failures = 0 }
    if item.isDirty { queue.append(item) } else { forgetIfIdle(item) }
    if !queue.isEmpty { dispatchSoon() }
  }
}
