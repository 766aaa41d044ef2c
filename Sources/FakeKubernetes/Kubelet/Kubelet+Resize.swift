import KubernetesAPI
import SimulationKernel

/// When changes of pods' resources are looked at, and in which order.
///
/// Source: `pkg/kubelet/kubelet.go` HandlePodUpdates, HandlePodRemoves and HandlePodReconcile, and
/// `pkg/kubelet/allocation/allocation_manager.go` retryPendingResizes.
extension Kubelet {
  /// After how long what could not be given is looked at again, if nothing else happens (retryDelay).
  private static let resizeRetry = Duration.seconds(180)

  /// A pod that runs here asks for something, maybe for something else.
  func specChanged(_ worker: PodWorker) {
    if !worker.isActive { return }
    if worker.resize.asksForMore(worker.pod) {
      if !pendingResizes.contains(worker.uid) { pendingResizes.append(worker.uid) }
      retryResizes()
    } else {
      pendingResizes.removeAll { $0 == worker.uid }
    }
  }

  /// The API has another status of a pod; what it has less of may be enough for others.
  func statusChanged(_ worker: PodWorker, from old: Pod) {
    if !worker.resize.isUnsettled { return }
    let before = worker.resize.requests(of: old)
    let now = worker.resize.requests(of: worker.pod)
    worker.resize.statusWasWritten()
    if now.cpu < before.cpu || now.memory < before.memory { retryResizes() }
  }

  /// Looks at all that is pending, one after the other; what never fits is looked at no more.
  func retryResizes() {
    if pendingResizes.isEmpty { return }
    let waiting = pendingResizes.compactMap { workers[$0] }.filter(\.isActive)
    pendingResizes = []
    for worker in waiting.enumerated().sorted(by: Self.goesFirst).map(\.element)
    where !pendingResizes.contains(worker.uid) {
      let hasNews = worker.resize.decide(worker)
      if worker.resize.isDeferred { pendingResizes.append(worker.uid) }
      if hasNews { worker.requestSync() }
    }
    resizeTimer?.cancel()
    if pendingResizes.isEmpty { return }
    resizeTimer = simulation.schedule(after: Self.resizeRetry) { [weak self] in
      guard let self, isRunning else { return }
      retryResizes()
    }
  }

  /// What asks for no more, then by priority, then the guaranteed, then who has waited longest
  /// (sortPendingResizes).
  private static func goesFirst(
    _ left: (offset: Int, element: PodWorker), _ right: (offset: Int, element: PodWorker)
  ) -> Bool {
    let (one, other) = (left.element, right.element)
    let increases = (one.resize.isIncreasing(one.pod), other.resize.isIncreasing(other.pod))
    if increases.0 != increases.1 { return !increases.0 }
    let priorities = (one.pod.spec.priority ?? 0, other.pod.spec.priority ?? 0)
    if priorities.0 != priorities.1 { return priorities.0 > priorities.1 }
    let guaranteed = (one.isGuaranteed, other.isGuaranteed)
    if guaranteed.0 != guaranteed.1 { return guaranteed.0 }
    let since = [one, other].map { $0.resize.pendingSince?.seconds ?? .max }
    return since[0] != since[1] ? since[0] < since[1] : left.offset < right.offset
  }

  /// Why the node cannot give a pod what it asks for now; nil: it can (canResizePod).
  func obstacle(to pod: Pod) -> (reason: String, message: String)? {
    let wanted = PodRequests.total(pod.spec.content.value, defaults: [:])
    for name in ["memory", "cpu"] {
      let capacity = PodRequests.amount(name, configuration.capacity[name])
      if wanted[name] <= capacity { continue }
      return (
        "Infeasible",
        "Node didn't have enough capacity: \(name), requested: \(wanted[name]), "
          + "capacity: \(capacity)"
      )
    }
    return refusal(pod).map { ("Deferred", $0.message) }
  }
}

extension PodWorker {
  fileprivate var isGuaranteed: Bool { pod.status.qosClass == "Guaranteed" }
}
