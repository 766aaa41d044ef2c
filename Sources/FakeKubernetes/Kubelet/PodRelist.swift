import SimulationKernel

/// The pod life-cycle event generator: what the kubelet knows of the runtime is a second old.
///
/// Every second it compares the runtime with what it saw last (`genericPlegRelistPeriod`). A pod's
/// sync waits for a list that is newer than the pod's last sync. Seconds in which nothing changed
/// and nobody waits cost nothing.
final class PodRelist {
  private let simulation: Simulation
  private let runtime: NodeRuntime
  private let phaseNanoseconds: Int64
  /// `pkg/kubelet/kubelet.go` genericPlegRelistPeriod.
  static let period: Int64 = 1_000_000_000
  private var cache: [String: RuntimePodSnapshot] = [:]
  private var dirty: Set<String> = []
  private var waiting: [(uid: String, action: (RuntimePodSnapshot) -> Void)] = []
  private var timer: SimulationTimer?
  private var listed: Int64 = -1
  /// Called for pods whose containers or sandboxes changed.
  var onPodChanged: (String) -> Void = { _ in }

  init(simulation: Simulation, runtime: NodeRuntime, phaseNanoseconds: Int64) {
    self.simulation = simulation
    self.runtime = runtime
    self.phaseNanoseconds = phaseNanoseconds
  }

  /// Something of a pod changed in the runtime.
  func runtimeChanged(_ uid: String) {
    dirty.insert(uid)
    arm()
  }

  /// Calls with what a list newer than `time` saw of the pod; -1: whatever was seen last.
  func whenNewer(
    _ uid: String, than time: Int64, _ action: @escaping (RuntimePodSnapshot) -> Void
  ) {
    if time < 0 || lastBeat > time { return action(cache[uid] ?? RuntimePodSnapshot()) }
    waiting.append((uid, action))
    arm()
  }

  /// Lists everything now, as a starting kubelet does.
  func listAll() {
    dirty.formUnion(runtime.podUIDs)
    relist()
  }

  func forget(_ uid: String) { cache[uid] = nil }

  /// Stops; pending waits are dropped.
  func stop() {
    timer?.cancel()
    timer = nil
    waiting = []
  }

  /// The last beat: made, or skipped because nothing had changed until then.
  private var lastBeat: Int64 {
    let now = simulation.now.nanoseconds
    if now < phaseNanoseconds { return listed }
    return max(
      listed, (now - phaseNanoseconds) / Self.period * Self.period + phaseNanoseconds)
  }

  private func arm() {
    if timer != nil { return }
    let now = simulation.now.nanoseconds
    let beats = now < phaseNanoseconds ? 0 : (now - phaseNanoseconds) / Self.period + 1
    let next = phaseNanoseconds + beats * Self.period
    timer = simulation.schedule(afterNanoseconds: next - now) { [weak self] in self?.relist() }
  }

  private func relist() {
    timer?.cancel()
    timer = nil
    listed = simulation.now.nanoseconds
    let changed = dirty.sorted().filter { uid in
      let snapshot = runtime.snapshot(uid)
      let old = cache.updateValue(snapshot, forKey: uid) ?? RuntimePodSnapshot()
      return snapshot.isNews(since: old)
    }
    dirty = []
    let waiters = waiting
    waiting = []
    for waiter in waiters { waiter.action(cache[waiter.uid] ?? RuntimePodSnapshot()) }
    for uid in changed { onPodChanged(uid) }
    for uid in changed { runtime.removeOlderRuns(uid) }
  }
}

extension RuntimePodSnapshot {
  /// Whether a container started or ended or a sandbox changed; one only made or removed is no news.
  fileprivate func isNews(since old: RuntimePodSnapshot) -> Bool {
    sandboxes != old.sandboxes
      || containers.contains { record in
        record.state != .created
          && record.state != old.containers.first { $0.id == record.id }?.state
      }
  }
}
