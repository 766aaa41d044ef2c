import FakeKubernetes
import KubernetesAPI
import SimulationKernel

/// Follows the pods of services from their creation to their end.
struct PodRecorder {
  private(set) var pods: [PodRecording] = []
  private(set) var leftOut = 0
  private var places: [String: Int] = [:]
  private var placesByName: [String: Int] = [:]

  /// Takes a change of a pod.
  mutating func take(
    _ change: TypedChange<Pod>, of service: ServiceReference, at now: SimulationTime
  ) {
    let pod = change.object
    guard let place = place(of: pod, service, at: now) else { return }
    if change.kind == .deleted {
      pods[place].deleted = now
      places[pod.metadata.uid] = nil
      return
    }
    let old = change.previous
    if pods[place].scheduled == nil, !pod.spec.nodeName.isEmpty {
      pods[place].node = pod.spec.nodeName
      pods[place].scheduled = now
    }
    takeContainers(pod, old, place, at: now)
    if pod.metadata.deletionTimestamp != nil, pods[place].toldToStop == nil {
      pods[place].toldToStop = now
      pods[place].why = pods[place].why ?? Self.disruption(of: pod)
    }
    let (state, reason) = Self.state(of: pod, before: pods[place].changes.last?.state)
    pods[place].note(state, reason, at: now)
  }

  /// Takes an event of the cluster, which may say why a pod was deleted.
  mutating func take(_ event: Event) {
    let object = event.involvedObject
    switch event.reason {
    case "SuccessfulDelete":
      guard object.kind == "ReplicaSet", let name = event.message.split(separator: " ").last,
        let place = placesByName["\(object.namespace)/\(name)"]
      else { return }
      pods[place].why = pods[place].why ?? "its ReplicaSet had one pod too many"
    case "TaintManagerEviction", "Preempted", "Evicted":
      guard let place = placesByName["\(object.namespace)/\(object.name)"] else { return }
      pods[place].why = pods[place].why ?? "\(event.reason): \(event.message)"
    default: break
    }
  }

  private mutating func place(
    of pod: Pod, _ service: ServiceReference, at now: SimulationTime
  ) -> Int? {
    if let place = places[pod.metadata.uid] { return place }
    guard pods.count < RecordingLimits.podsMax else {
      leftOut += 1
      return nil
    }
    places[pod.metadata.uid] = pods.count
    placesByName["\(pod.metadata.namespace)/\(pod.metadata.name)"] = pods.count
    pods.append(
      PodRecording(
        name: pod.metadata.name, service: service,
        revision: pod.metadata.labels["pod-template-hash"] ?? "", created: now))
    return pods.count - 1
  }

  private mutating func takeContainers(
    _ pod: Pod, _ old: Pod?, _ place: Int, at now: SimulationTime
  ) {
    pods[place].restarts = pod.status.containerStatuses.reduce(0) { $0 + $1.restartCount }
    for status in pod.status.containerStatuses {
      if pods[place].started == nil, status.state.running != nil || status.restartCount > 0 {
        pods[place].started = now
      }
      let before = old?.status.containerStatuses.first { $0.name == status.name }
      let endedBefore = before?.state.terminated ?? before?.lastState.terminated
      guard let ended = status.state.terminated ?? status.lastState.terminated,
        ended.containerID != endedBefore?.containerID
      else { continue }
      pods[place].note(
        PodRecording.Exit(
          time: now, code: ended.exitCode, reason: ended.reason, message: ended.message))
    }
  }

  /// What a pod is doing.
  ///
  /// A pod whose process runs and that is not ready is starting if it was last seen to start, to
  /// wait or to have its process ended, and not ready if it was last seen ready.
  static func state(of pod: Pod, before: PodRecording.State?) -> (PodRecording.State, String) {
    if pod.metadata.deletionTimestamp != nil { return (.terminating, pod.status.reason) }
    if pod.isTerminal { return (.ended, pod.status.reason) }
    if pod.spec.nodeName.isEmpty {
      let scheduled = pod.status.conditions.first { $0.type == "PodScheduled" }
      return (.pending, scheduled?.reason ?? "")
    }
    if pod.isReady { return (.ready, "") }
    for status in pod.status.initContainerStatuses + pod.status.containerStatuses {
      if let reason = status.state.waiting?.reason, !waitsToBegin.contains(reason) {
        return (.backOff, reason)
      }
      if let ended = status.state.terminated, ended.exitCode != 0 || status.restartCount > 0 {
        return (.backOff, ended.reason)
      }
    }
    switch before {
    case .ready, .notReady: return (.notReady, "")
    case .pending, .starting, .backOff, .terminating, .ended, nil: return (.starting, "")
    }
  }

  private static let waitsToBegin = ["", "ContainerCreating", "PodInitializing"]

  private static func disruption(of pod: Pod) -> String? {
    let target = pod.status.conditions.first {
      $0.type == "DisruptionTarget" && $0.status == .true
    }
    return target.map { $0.message.isEmpty ? $0.reason : "\($0.reason): \($0.message)" }
  }
}
