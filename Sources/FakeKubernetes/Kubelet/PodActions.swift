import KubernetesAPI

/// What one sync of a pod does to its containers: which it kills, which it starts, or that all ends.
///
/// Sources: `pkg/kubelet/kuberuntime/kuberuntime_manager.go` computePodActions,
/// `kuberuntime_container.go` computeInitContainerActions.
struct PodActions {
  /// A container to start.
  struct Start {
    var container: Container
    var isInit: Bool
    /// Whether the others are started although this one could not be.
    var isSidecar: Bool { isInit && PodStatusRules.isSidecar(container) }
  }

  /// A running container that must go.
  struct Kill {
    var container: Container
    var isInit: Bool
    var containerID: String
    var graceSeconds: Int64
    var message: String
  }

  /// What is known of a running container beside its record.
  struct Verdicts {
    /// Whether its startup probe has succeeded, or it has none.
    var isStarted: (Container, ContainerRecord) -> Bool
    /// The liveness or startup probe that wants it killed.
    var condemns: (Container, ContainerRecord) -> ProbeKind?
    /// Whether a change of its resources needs a restart.
    var resizes: (Container, ContainerRecord) -> Bool
  }

  private(set) var kills: [Kill] = []
  private(set) var starts: [Start] = []
  /// Whether nothing is left to run: all that runs is stopped, and the sandbox.
  private(set) var endsPod = false

  private let pod: Pod
  private let snapshot: RuntimePodSnapshot
  private let verdicts: Verdicts
  private var mayRestart: Bool { pod.spec.restartPolicy != "Never" }

  init(pod: Pod, snapshot: RuntimePodSnapshot, verdicts: Verdicts) {
    self.pod = pod
    self.snapshot = snapshot
    self.verdicts = verdicts
    if snapshot.sandboxes.first?.isReady == true {
      if lookAtInitContainers() { lookAtContainers() }
    } else {
      startAnew()
    }
  }

  // MARK: - Without a sandbox

  /// All begins from the start, but for what has done its work.
  private mutating func startAnew() {
    if !mayRestart, !snapshot.sandboxes.isEmpty, !snapshot.containers.isEmpty {
      endsPod = true
      return
    }
    let rest = pod.spec.containers.filter { container in
      pod.spec.restartPolicy != "OnFailure"
        || !hasSucceeded(snapshot.latest(container.name))
    }
    if rest.isEmpty {
      endsPod = true
    } else if let first = pod.spec.initContainers.first {
      starts = [Start(container: first, isInit: true)]
    } else {
      starts = rest.map { Start(container: $0, isInit: false) }
    }
  }

  private func hasSucceeded(_ record: ContainerRecord?) -> Bool {
    record?.state == .exited && record?.exitCode == 0
  }

  // MARK: - Init containers

  /// Goes from the last init container to the first; true: the pod's containers may run.
  private mutating func lookAtInitContainers() -> Bool {
    let containers = pod.spec.initContainers
    if containers.isEmpty { return true }
    var hasInitialized = pod.spec.containers.contains { container in
      snapshot.latest(container.name).map { $0.state != .exited } ?? false
    }
    var isPast = hasInitialized
    var toStart: [Int] = []
    for index in containers.indices.reversed() {
      let container = containers[index]
      let isSidecar = PodStatusRules.isSidecar(container)
      guard let record = snapshot.latest(container.name) else {
        if isPast && isSidecar { toStart.append(index) }
        continue
      }
      if isPast && !isSidecar { continue }
      let isLast = index == containers.count - 1
      switch record.state {
      case .created: toStart.append(index)
      case .running where isSidecar:
        if verdicts.isStarted(container, record) {
          if isLast { hasInitialized = true } else if !isPast { toStart.append(index + 1) }
          if condemn(container, record) { toStart.append(index) }
        } else if killUnhealthy(container, record, only: .startup) {
          toStart.append(index)
        }
      case .running: break
      case .exited where isSidecar: toStart.append(index)
      case .exited where record.exitCode == 0:
        if isLast { hasInitialized = true } else { toStart.append(index + 1) }
      case .exited:
        if !mayRestart {
          endsPod = true
          return false
        }
        toStart.append(index)
      }
      isPast = true
    }
    if !isPast { toStart.append(0) }
    starts = toStart.reversed().map { Start(container: containers[$0], isInit: true) }
    return hasInitialized
  }

  /// Whether a sidecar that has started must go; it is started again then.
  ///
  /// One that has not started yet waits for its startup probe, whatever its definition says now.
  private mutating func condemn(_ container: Container, _ record: ContainerRecord) -> Bool {
    if record.image != container.image {
      kill(
        container, record, isInit: true, "Init container \(container.name) definition changed")
      return true
    }
    if killUnhealthy(container, record, only: .liveness) { return true }
    guard verdicts.resizes(container, record) else { return false }
    kill(container, record, isInit: true, "Container \(container.name) resize requires restart")
    return true
  }

  /// Whether one of a sidecar's probes has failed, which ends it.
  private mutating func killUnhealthy(
    _ container: Container, _ record: ContainerRecord, only kind: ProbeKind
  ) -> Bool {
    guard verdicts.condemns(container, record) == kind else { return false }
    kill(
      container, record, isInit: true,
      "Init container \(container.name) failed \(kind.rawValue.lowercased()) probe", because: kind)
    return true
  }

  // MARK: - Containers

  private mutating func lookAtContainers() {
    var kept = 0
    var begun: [Start] = []
    for container in pod.spec.containers {
      guard let record = snapshot.latest(container.name), record.state == .running else {
        if PodStatusRules.shouldRestart(container, pod: pod, snapshot: snapshot) {
          begun.append(Start(container: container, isInit: false))
        }
        continue
      }
      let begin = "Container \(container.name) "
      var restarts = mayRestart
      if record.image != container.image {
        restarts = true
        kill(container, record, isInit: false, begin + "definition changed, will be restarted")
      } else if let kind = verdicts.condemns(container, record) {
        kill(
          container, record, isInit: false,
          begin + "failed \(kind.rawValue.lowercased()) probe"
            + (restarts ? ", will be restarted" : ""), because: kind)
      } else if verdicts.resizes(container, record) {
        restarts = true
        kill(container, record, isInit: false, begin + "resize requires restart")
      } else {
        kept += 1
        continue
      }
      if restarts { begun.append(Start(container: container, isInit: false)) }
    }
    if kept == 0 && begun.isEmpty {
      endsPod = true
      starts = []
    } else {
      starts += begun
    }
  }

  private mutating func kill(
    _ container: Container, _ record: ContainerRecord, isInit: Bool, _ message: String,
    because kind: ProbeKind? = nil
  ) {
    let probe =
      switch kind {
      case .liveness: container.livenessProbe
      case .startup: container.startupProbe
      case .readiness, nil: Probe?.none
      }
    let grace =
      probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
    kills.append(
      Kill(
        container: container, isInit: isInit, containerID: record.id, graceSeconds: grace,
        message: message))
  }
}
