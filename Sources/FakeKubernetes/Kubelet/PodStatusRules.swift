import JSON
import KubernetesAPI

/// Why a container could not be started, kept until the next sync shows it.
struct StartFailure: Equatable {
  /// The waiting reason, such as ErrImagePull or CrashLoopBackOff.
  var reason: String
  var message: String
  /// Whether the kubelet tries again without a word of error (a back-off).
  var isBackOff: Bool { reason == "CrashLoopBackOff" || reason == "ImagePullBackOff" }
}

/// The rules by which a pod's phase and conditions follow from its containers.
///
/// Sources: `pkg/kubelet/kubelet_pods.go` getPhase, `pkg/kubelet/status/generate.go`.
enum PodStatusRules {
  /// Whether an init container is a sidecar.
  static func isSidecar(_ container: Container) -> Bool { container.restartPolicy == "Always" }

  static func phase(
    spec: PodSpec, initStatuses: [ContainerStatus], statuses: [ContainerStatus], isTerminal: Bool
  ) -> String {
    var tally = PhaseTally()
    for container in spec.initContainers {
      let status = initStatuses.first { $0.name == container.name }
      if isSidecar(container) { tally.countSidecar(status) } else { tally.countInit(status) }
    }
    for container in spec.containers {
      tally.count(statuses.first { $0.name == container.name })
    }
    if tally.failedInit > 0 && spec.restartPolicy == "Never" { return "Failed" }
    let isInitialized = hasStarted(spec, statuses)
    if tally.pendingInit > 0 && !isInitialized || tally.waiting > 0 { return "Pending" }
    if tally.unknown > 0 { return "Pending" }
    if tally.running > 0 { return "Running" }
    if tally.stopped == 0 { return "Pending" }
    let allSucceeded = tally.stopped == tally.succeeded
    if isTerminal { return allSucceeded ? "Succeeded" : "Failed" }
    if spec.restartPolicy == "Always" { return "Running" }
    if allSucceeded { return "Succeeded" }
    return spec.restartPolicy == "Never" ? "Failed" : "Running"
  }

  /// Whether one of the pod's containers runs or has ended (HasAnyRegularContainerStarted).
  static func hasStarted(_ spec: PodSpec, _ statuses: [ContainerStatus]) -> Bool {
    statuses.contains { status in
      (status.state.running != nil || status.state.terminated != nil)
        && spec.containers.contains { $0.name == status.name }
    }
  }

  /// What getPhase counts.
  private struct PhaseTally {
    var pendingInit = 0
    var failedInit = 0
    var unknown = 0
    var waiting = 0
    var running = 0
    var stopped = 0
    var succeeded = 0

    mutating func countInit(_ status: ContainerStatus?) {
      guard let status else { return pendingInit += 1 }
      if let end = status.state.terminated {
        if end.exitCode != 0 { failedInit += 1 }
      } else if status.state.running == nil, let end = status.lastState.terminated {
        if end.exitCode != 0 { failedInit += 1 }
      } else {
        pendingInit += 1
      }
    }

    /// Sidecars that have ended do not count.
    mutating func countSidecar(_ status: ContainerStatus?) {
      guard let status else { return unknown += 1 }
      if status.state.running != nil {
        if status.started != true { pendingInit += 1 }
        running += 1
      } else if status.state.terminated == nil && status.lastState.terminated == nil {
        pendingInit += 1
        waiting += 1
      }
    }

    mutating func count(_ status: ContainerStatus?) {
      guard let status else { return unknown += 1 }
      if status.state.running != nil {
        running += 1
      } else if let end = status.state.terminated {
        stopped += 1
        if end.exitCode == 0 { succeeded += 1 }
      } else if status.lastState.terminated != nil {
        stopped += 1
      } else {
        waiting += 1
      }
    }
  }

  /// Whether a pod's init containers have done their work (`status_manager.go` hasPodInitialized).
  static func hasInitialized(_ spec: PodSpec, _ status: PodStatus) -> Bool {
    guard let last = spec.initContainers.last else { return true }
    let hasBegun = status.containerStatuses.contains {
      $0.lastState.terminated != nil || $0.state.waiting == nil
    }
    if hasBegun { return true }
    guard let state = status.initContainerStatuses.first(where: { $0.name == last.name }) else {
      return false
    }
    if isSidecar(last) { return state.started == true }
    return state.state.terminated?.exitCode == 0 || state.lastState.terminated?.exitCode == 0
  }

  /// The conditions that the kubelet owns, in its order; transition times are not set.
  static func conditions(
    spec: PodSpec, phase: String, initStatuses: [ContainerStatus], statuses: [ContainerStatus],
    isSandboxReady: Bool, others: [Condition]
  ) -> [Condition] {
    let containers = containersReady(
      spec: spec, phase: phase, initStatuses: initStatuses, statuses: statuses)
    var ready = containers
    ready.type = "Ready"
    if containers.status == .true, let failure = readinessGates(spec, others) { ready = failure }
    return [
      Condition(type: "PodReadyToStartContainers", status: isSandboxReady ? .true : .false),
      initialized(spec: spec, phase: phase, initStatuses: initStatuses, statuses: statuses),
      ready, containers,
    ]
  }

  private static func initialized(
    spec: PodSpec, phase: String, initStatuses: [ContainerStatus], statuses: [ContainerStatus]
  ) -> Condition {
    if spec.initContainers.isEmpty {
      return Condition(
        type: "Initialized", status: .true, reason: phase == "Succeeded" ? "PodCompleted" : "")
    }
    if phase == "Succeeded" {
      return Condition(type: "Initialized", status: .true, reason: "PodCompleted")
    }
    let incomplete = spec.initContainers.filter { container in
      guard let status = initStatuses.first(where: { $0.name == container.name }) else {
        return true
      }
      return isSidecar(container)
        ? status.started != true : status.state.terminated?.exitCode != 0
    }
    if incomplete.isEmpty || hasStarted(spec, statuses) {
      return Condition(type: "Initialized", status: .true)
    }
    let names = incomplete.map(\.name).joined(separator: " ")
    return Condition(
      type: "Initialized", status: .false, reason: "ContainersNotInitialized",
      message: "containers with incomplete status: [\(names)]")
  }

  private static func containersReady(
    spec: PodSpec, phase: String, initStatuses: [ContainerStatus], statuses: [ContainerStatus]
  ) -> Condition {
    if phase == "Succeeded" || phase == "Failed" {
      return Condition(
        type: "ContainersReady", status: .false,
        reason: phase == "Succeeded" ? "PodCompleted" : "PodFailed")
    }
    let sidecars = spec.initContainers.filter(isSidecar)
    let all = sidecars.map { ($0.name, initStatuses) } + spec.containers.map { ($0.name, statuses) }
    let unready = all.filter { name, list in
      list.first { $0.name == name }?.ready != true
    }
    if unready.isEmpty { return Condition(type: "ContainersReady", status: .true) }
    let names = unready.map(\.0).joined(separator: " ")
    return Condition(
      type: "ContainersReady", status: .false, reason: "ContainersNotReady",
      message: "containers with unready status: [\(names)]")
  }

  private static func readinessGates(_ spec: PodSpec, _ others: [Condition]) -> Condition? {
    guard let gates = spec.readinessGates?.arrayValue else { return nil }
    let messages = gates.compactMap { gate -> String? in
      guard let type = gate["conditionType"]?.stringValue else { return nil }
      guard let condition = others.first(type) else {
        return "corresponding condition of pod readiness gate \"\(type)\" does not exist."
      }
      if condition.status == .true { return nil }
      return "the status of pod readiness gate \"\(type)\" is not \"True\", "
        + "but \(condition.status.rawValue)"
    }
    if messages.isEmpty { return nil }
    return Condition(
      type: "Ready", status: .false, reason: "ReadinessGatesNotReady",
      message: messages.joined(separator: ", "))
  }

  /// Whether a container that is not running is to be started again.
  ///
  /// Source: `pkg/kubelet/container/helpers.go` ShouldContainerBeRestarted, which knows nothing of
  /// sidecars: that they start again whatever the policy is said where init containers are (`PodActions`).
  static func shouldRestart(
    _ container: Container, pod: Pod, snapshot: RuntimePodSnapshot
  ) -> Bool {
    if pod.metadata.deletionTimestamp != nil { return false }
    guard let latest = snapshot.latest(container.name) else { return true }
    switch latest.state {
    case .running: return false
    case .created: return true
    case .exited: break
    }
    switch pod.spec.restartPolicy {
    case "Never": return false
    case "OnFailure": return latest.exitCode != 0
    default: return true
    }
  }
}
