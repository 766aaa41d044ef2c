import KubernetesAPI
import SimulationKernel

/// Watches the node's memory; ends pods when too little is left.
///
/// Source: `pkg/kubelet/eviction/eviction_manager.go`, `helpers.go`. The only threshold is the
/// hard `memory.available<100Mi`. It looks every 10 s, ends at most one pod each time and looks
/// again when that one is gone.
final class MemoryPressure {
  /// Available below this is pressure.
  static let thresholdBytes: Int64 = 100 << 20
  /// How often it looks.
  static let interval = Duration.seconds(10)
  /// How long it waits for a pod that it ended to be gone.
  static let cleanUpMax = 30
  /// How long the condition stays after the pressure was seen last.
  static let transitionSeconds: Int64 = 300
  /// From this priority on a pod is critical.
  private static let criticalPriority = 2_000_000_000

  private unowned let kubelet: Kubelet
  private var lastSeen: SimulationTime?

  init(kubelet: Kubelet) { self.kubelet = kubelet }

  /// Begins to look.
  func start() {
    lastSeen = nil
    kubelet.after(Self.interval) { [self] in look() }
  }

  /// Whether the node is said to be under pressure.
  var holds: Bool {
    guard let lastSeen else { return false }
    return kubelet.simulation.now - lastSeen < .seconds(Self.transitionSeconds)
  }

  /// Why a pod is not taken while there is pressure; nil: it is.
  func refusal(_ pod: Pod) -> (reason: String, message: String)? {
    if !holds || isCritical(pod) { return nil }
    if pod.spec.content.value.qualityOfService != "BestEffort" { return nil }
    let taint = NodeTaint(key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule")
    if pod.spec.tolerations.contains(where: { TaintToleration($0).tolerates(taint) }) { return nil }
    return ("Evicted", "The node had condition: [MemoryPressure]. ")
  }

  private func isCritical(_ pod: Pod) -> Bool { (pod.spec.priority ?? 0) >= Self.criticalPriority }

  /// nil: the node's memory is not known.
  private var availableBytes: Int64? {
    guard let capacity = kubelet.configuration.capacity["memory"] else { return nil }
    return capacity.value - kubelet.memoryBytes
  }

  private func look() {
    guard let available = availableBytes, available < Self.thresholdBytes else {
      return kubelet.after(Self.interval) { [self] in look() }
    }
    lastSeen = kubelet.simulation.now
    kubelet.node.warn("EvictionThresholdMet", "Attempting to reclaim memory")
    for candidate in ranked() where !isCritical(candidate.worker.pod) {
      evict(candidate, available)
      return wait(for: candidate.worker, Self.cleanUpMax)
    }
    kubelet.after(Self.interval) { [self] in look() }
  }

  private func wait(for worker: PodWorker, _ seconds: Int) {
    kubelet.after(.seconds(1)) { [self] in
      let isGone = kubelet.runtime.runningProcesses(worker.uid).isEmpty
      if isGone || seconds <= 1 { look() } else { wait(for: worker, seconds - 1) }
    }
  }

  private struct Candidate {
    var worker: PodWorker
    var usage: Int64
    var request: Int64
    var priority: Int
  }

  /// The pods in the order in which they go (rankMemoryPressure).
  ///
  /// Those that use more than they asked for first, then those of less priority, then those that
  /// use the most beyond what they asked for.
  private func ranked() -> [Candidate] {
    kubelet.runningWorkers.map { worker in
      let pod = worker.pod
      return Candidate(
        worker: worker, usage: kubelet.memoryBytes(of: worker.uid),
        request: PodRequests.total(pod.spec.content.value, defaults: [:]).memory,
        priority: pod.spec.priority ?? 0)
    }.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      let (exceeds, otherExceeds) = (one.usage > one.request, other.usage > other.request)
      if exceeds != otherExceeds { return exceeds }
      if one.priority != other.priority { return one.priority < other.priority }
      let (excess, otherExcess) = (one.usage - one.request, other.usage - other.request)
      return excess != otherExcess ? excess > otherExcess : left.offset < right.offset
    }.map(\.element)
  }

  private func evict(_ candidate: Candidate, _ available: Int64) {
    let worker = candidate.worker
    var message =
      "The node was low on resource: memory. Threshold quantity: "
      + "\(text(Self.thresholdBytes)), available: \(text(available)). "
    for container in worker.pod.spec.containers {
      let usage = kubelet.runtime.runningProcesses(worker.uid)
        .filter { $0.name == container.name }.reduce(Int64(0)) { $0 + $1.process.memoryBytes }
      let request = container.resources.requests["memory"] ?? .zero
      if usage <= request.value { continue }
      message +=
        "Container \(container.name) was using \(text(usage)), request is \(request), has larger "
        + "consumption of memory. "
    }
    worker.event(.warning("Evicted", message))
    worker.evict(message: message)
  }

  private func text(_ bytes: Int64) -> String { Quantity(bytes, format: .binarySI).description }
}

extension Kubelet {
  /// What all containers of the node use now.
  var memoryBytes: Int64 { runtime.memoryBytes }

  /// What the containers of a pod use now.
  func memoryBytes(of uid: String) -> Int64 {
    runtime.runningProcesses(uid).reduce(0) { $0 + $1.process.memoryBytes }
  }
}
