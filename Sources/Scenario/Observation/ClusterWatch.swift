import FakeKubernetes
import KubernetesAPI
import SimulationKernel

/// Follows the API server's commits: keeps the observations current and tells the story.
final class ClusterWatch {
  private let observations: Observations
  private let tell: (_ who: String, _ text: String) -> Void
  private var observation: Observation?
  private var places: [ServiceReference: [String: Place]] = [:]

  private struct Place: Equatable {
    var node: String
    var isReady: Bool
  }

  /// - Parameter tell: Takes a sentence of the story.
  init(
    server: APIServer, observations: Observations,
    tell: @escaping (_ who: String, _ text: String) -> Void
  ) {
    self.observations = observations
    self.tell = tell
    observation = server.observe { [weak self] change in self?.committed(change) }
  }

  private func committed(_ change: Change) {
    switch change.object {
    case let deployment as Deployment:
      self.deployment(deployment, change.previous as? Deployment, change.kind)
    case let pod as Pod: self.pod(pod, change.previous as? Pod, change.kind)
    case let node as Node: self.node(node, change.previous as? Node, change.kind)
    case let event as Event: self.event(event, change.previous as? Event, change.kind)
    case let autoscaler as HorizontalPodAutoscaler: self.autoscaler(autoscaler)
    default: break
    }
  }

  private func service(_ metadata: ObjectMeta) -> ServiceReference? {
    guard let application = metadata.labels["app"] else { return nil }
    let reference = ServiceReference(application: application, level: metadata.namespace)
    return observations.services.contains(reference) ? reference : nil
  }

  // MARK: Deployments

  private func deployment(_ new: Deployment, _ old: Deployment?, _ kind: Change.Kind) {
    guard let service = service(new.metadata) else { return }
    if kind == .deleted {
      observations.update(service) { state in
        var gone = ServiceState()
        // Its pods go one by one after it; what was seen of the service stays.
        gone.pods = state.pods
        gone.restarts = state.restarts
        gone.assignedModel = state.assignedModel
        gone.servedModel = state.servedModel
        state = gone
      }
      return
    }
    let before = observations.state(service).rollout
    let rollout = Self.rollout(of: new)
    observations.update(service) { state in
      state.desired = new.spec.replicas ?? 1
      state.replicas = new.status.replicas
      state.updated = new.status.updatedReplicas
      state.ready = new.status.readyReplicas
      state.available = new.status.availableReplicas
      state.rollout = rollout
      state.revision =
        Int(new.metadata.annotations["deployment.kubernetes.io/revision"] ?? "") ?? 0
      for condition in new.status.conditions {
        state.conditions[condition.type] = ServiceState.ConditionState(
          status: condition.status.rawValue, reason: condition.reason)
      }
    }
    if let old, old.spec.replicas != new.spec.replicas {
      tell(
        "deployment",
        "\(service): \(new.spec.replicas ?? 1) replicas wanted instead of \(old.spec.replicas ?? 1)"
      )
    }
    tellAvailability(service, new, old)
    if rollout != before { tellRollout(service, rollout, new) }
  }

  private func tellAvailability(_ service: ServiceReference, _ new: Deployment, _ old: Deployment?)
  {
    let available = new.status.availableReplicas
    guard available != old?.status.availableReplicas ?? 0 else { return }
    tell("deployment", "\(service): \(available) of \(new.spec.replicas ?? 1) available")
  }

  private func tellRollout(
    _ service: ServiceReference, _ rollout: ServiceState.Rollout, _ deployment: Deployment
  ) {
    switch rollout {
    case .complete: tell("deployment", "\(service): rollout complete")
    case .progressing: tell("deployment", "\(service): rollout in progress")
    case .deadlineExceeded:
      let message = deployment.status.conditions.first { $0.type == "Progressing" }?.message ?? ""
      tell("deployment", "\(service): ProgressDeadlineExceeded, the rollout is stuck: \(message)")
    }
  }

  /// pkg/controller/deployment/util/deployment_util.go, DeploymentComplete, and the condition.
  static func rollout(of deployment: Deployment) -> ServiceState.Rollout {
    let wanted = deployment.spec.replicas ?? 1
    let status = deployment.status
    let progressing = status.conditions.first { $0.type == "Progressing" }
    if progressing?.reason == "ProgressDeadlineExceeded" { return .deadlineExceeded }
    let isComplete =
      status.updatedReplicas == wanted && status.replicas == wanted
      && status.availableReplicas == wanted
      && status.observedGeneration >= deployment.metadata.generation
    return isComplete ? .complete : .progressing
  }

  // MARK: Pods

  private func pod(_ new: Pod, _ old: Pod?, _ kind: Change.Kind) {
    guard let service = service(new.metadata) else { return }
    let name = "\(service) pod \(Self.shortName(new.metadata.name))"
    switch kind {
    case .added: observations.update(service) { $0.pods += 1 }
    case .deleted: observations.update(service) { $0.pods -= 1 }
    case .modified: break
    }
    place(new, of: service, isGone: kind == .deleted)
    guard kind == .modified, let old else { return }
    let restarts = restartCount(new) - restartCount(old)
    if restarts > 0 { observations.update(service) { $0.restarts += restarts } }
    if old.metadata.deletionTimestamp == nil, new.metadata.deletionTimestamp != nil {
      tell("kubelet", "\(name): told to stop")
    }
    for status in new.status.containerStatuses {
      let before = old.status.containerStatuses.first { $0.name == status.name }
      tellContainer(name, status, before)
    }
    // A pod that was told to stop is not ready, and nobody wonders.
    if new.isReady != old.isReady, new.metadata.deletionTimestamp == nil {
      tell("kubelet", "\(name): \(new.isReady ? "ready" : "not ready") on \(new.spec.nodeName)")
    }
  }

  /// Where the service's pods are, as far as they are anywhere.
  private func place(_ pod: Pod, of service: ServiceReference, isGone: Bool) {
    var pods = places[service] ?? [:]
    let place =
      isGone || pod.isTerminal ? nil : Place(node: pod.spec.nodeName, isReady: pod.isReady)
    if pods[pod.metadata.uid] == place { return }
    pods[pod.metadata.uid] = place
    places[service] = pods
    let ready = Set(pods.values.filter { $0.isReady && !$0.node.isEmpty }.map(\.node))
    let pending = pods.values.count { $0.node.isEmpty }
    observations.update(service) { state in
      state.nodes = ready.count
      state.pending = pending
    }
  }

  private func tellContainer(_ name: String, _ new: ContainerStatus, _ old: ContainerStatus?) {
    let ended = new.state.terminated ?? new.lastState.terminated
    let endedBefore = old?.state.terminated ?? old?.lastState.terminated
    if let ended, ended.containerID != endedBefore?.containerID {
      let why = ended.message.isEmpty ? ended.reason : "\(ended.reason): \(ended.message)"
      tell("kubelet", "\(name): exited with \(ended.exitCode) (\(why))")
    }
    if let reason = new.state.waiting?.reason, reason != old?.state.waiting?.reason,
      reason != "ContainerCreating", reason != "PodInitializing"
    {
      tell("kubelet", "\(name): \(reason), restarted \(new.restartCount) times")
    }
  }

  private func restartCount(_ pod: Pod) -> Int {
    pod.status.containerStatuses.reduce(0) { $0 + $1.restartCount }
  }

  /// The last two parts of a pod's name: the revision's hash and the pod's own suffix.
  static func shortName(_ name: String) -> String {
    name.split(separator: "-").suffix(2).joined(separator: "-")
  }

  // MARK: Nodes and events

  private func node(_ new: Node, _ old: Node?, _ kind: Change.Kind) {
    let status = { (node: Node) in node.status.conditions.first { $0.type == "Ready" }?.status }
    guard kind == .modified, let old, let now = status(new), now != status(old) else { return }
    tell("nodes", "\(new.metadata.name): \(now == .true ? "Ready" : "NotReady (\(now.rawValue))")")
  }

  private func event(_ event: Event, _ old: Event?, _ kind: Change.Kind) {
    if kind == .deleted { return }
    count(event, new: event.count - (old?.count ?? 0))
    guard kind == .added, Self.toldReasons.contains(event.reason) else { return }
    let name = Self.shortName(event.involvedObject.name)
    tell("cluster", "\(event.reason) \(name): \(event.message)")
  }

  private func count(_ event: Event, new count: Int) {
    let object = event.involvedObject
    let service = observations.services.first {
      $0.level == object.namespace && object.name.hasPrefix("\($0.application)-\($0.level)-")
    }
    guard let service, count > 0 else { return }
    observations.update(service) { $0.events[event.reason, default: 0] += count }
  }

  private func autoscaler(_ autoscaler: HorizontalPodAutoscaler) {
    guard let service = service(autoscaler.metadata) else { return }
    let cpu = autoscaler.status.currentMetrics.first { $0.resource?.name == "cpu" }
    observations.update(service) { state in
      state.utilisationPercent = (cpu?.resource?.current.averageUtilization).map { Int($0) }
      for condition in autoscaler.status.conditions {
        state.autoscaler[condition.type] = ServiceState.ConditionState(
          status: condition.status.rawValue, reason: condition.reason)
      }
    }
  }

  private static let toldReasons: Set<String> = [
    "FailedScheduling", "FailedMount", "TaintManagerEviction",
  ]
}
