import JSON
import KubernetesAPI

/// What a node has set aside for a pod's containers, and how it takes up changes of their resources.
///
/// Source: `pkg/kubelet/allocation/allocation_manager.go`. A change that fits is set aside at once
/// and given to the running containers by the next sync; the sync after it tells that it is done.
/// One that never fits is Infeasible, one that does not fit now is Deferred. Only containers and
/// sidecars can be resized.
struct PodResize {
  /// What is set aside, by container.
  private(set) var allocations: [String: ResourceRequirements]
  /// What containers were given, by container, since they were started or resized last.
  private(set) var given: [String: ResourceRequirements]
  private var pending: Condition?
  private var progress: Condition?

  /// What is to be told of a change.
  var conditions: [Condition] { [pending, progress].compactMap { $0 } }
  /// Whether what is asked for, set aside and told of in the API may not be one and the same.
  private(set) var isUnsettled = false
  /// Whether the node may be able to give later what it cannot give now.
  var isDeferred: Bool { pending?.reason == "Deferred" }
  /// When the change that is pending was seen first.
  var pendingSince: Timestamp? { pending?.lastProbeTime }

  /// Sets aside what an admitted pod asks for.
  init(_ pod: Pod) {
    allocations = Self.resources(of: pod)
    given = allocations
  }

  private static func resources(of pod: Pod) -> [String: ResourceRequirements] {
    Dictionary(pod.spec.resizable.map { ($0.name, $0.resources) }, uniquingKeysWith: { $1 })
  }

  // MARK: - Decisions

  /// Whether the pod asks for something else than is set aside; if not, nothing is pending.
  mutating func asksForMore(_ pod: Pod) -> Bool {
    if allocations != Self.resources(of: pod) { return true }
    pending = nil
    return false
  }

  /// Sets aside what the pod asks for, or says why not; true: there is something to tell.
  ///
  /// Source: handlePodResourcesResize.
  mutating func decide(_ worker: PodWorker) -> Bool {
    if !asksForMore(worker.pod) { return false }
    isUnsettled = true
    if let obstacle = worker.kubelet.obstacle(to: worker.pod) {
      let isNew = pending?.reason != obstacle.reason || pending?.message != obstacle.message
      var condition = Condition(
        type: "PodResizePending", status: .true, reason: obstacle.reason,
        message: obstacle.message)
      condition.lastProbeTime = pending?.lastProbeTime ?? worker.kubelet.server.now
      pending = condition
      return isNew
    }
    allocations = Self.resources(of: worker.pod)
    pending = nil
    progress = Condition(type: "PodResizeInProgress", status: .true)
    return true
  }

  /// Whether the pod asks for more than is set aside for it, rather than for less.
  func isIncreasing(_ pod: Pod) -> Bool {
    let wanted = PodRequests.total(pod.spec.content.value, defaults: [:])
    let allocated = PodRequests.total(allocated(pod).spec.content.value, defaults: [:])
    return wanted.cpu > allocated.cpu || wanted.memory > allocated.memory
  }

  // MARK: - Syncs

  /// Looks at the begin of a sync whether a change has reached the running containers.
  ///
  /// Source: CheckPodResizeInProgress.
  mutating func look(_ worker: PodWorker, _ snapshot: RuntimePodSnapshot) {
    let isUnderWay = worker.pod.spec.resizable.contains { container in
      snapshot.latest(container.name)?.state == .running && differs(container.name)
    }
    if isUnderWay {
      if progress == nil { progress = Condition(type: "PodResizeInProgress", status: .true) }
    } else if progress != nil {
      progress = nil
      worker.event(
        .normal("ResizeCompleted", "Pod resize completed: \(text(worker.pod))"))
    }
  }

  /// Whether CPU or memory of a container are not what is set aside.
  func differs(_ name: String) -> Bool { !differences(name).isEmpty }

  private func differences(_ name: String) -> [String] {
    let (old, new) = (given[name], allocations[name])
    return ["cpu", "memory"].filter {
      old?.limits[$0] != new?.limits[$0] || old?.requests[$0] != new?.requests[$0]
    }
  }

  /// Whether a change of a container needs its restart.
  ///
  /// Source: `pkg/kubelet/kuberuntime/kuberuntime_manager.go` computePodResizeAction.
  func needsRestart(_ container: Container) -> Bool {
    let changed = differences(container.name)
    if changed.isEmpty { return false }
    return (container.others["resizePolicy"]?.arrayValue ?? []).contains { policy in
      policy["restartPolicy"] == "RestartContainer"
        && changed.contains(policy["resourceName"]?.stringValue ?? "")
    }
  }

  /// A container has what is set aside for it.
  mutating func give(_ name: String) { given[name] = allocations[name] }

  /// What keeps limits of memory from being lowered as far as is set aside.
  mutating func fail(_ message: String) {
    progress?.reason = "Error"
    progress?.message = message
  }

  /// Nothing keeps a change from being made any more.
  mutating func clearFailure() {
    progress?.reason = ""
    progress?.message = ""
  }

  /// The API tells of what the containers have; where nothing is under way, that is all.
  mutating func statusWasWritten() { isUnsettled = pending != nil || progress != nil }

  // MARK: - Views

  /// The pod with what is set aside instead of what it asks for.
  func allocated(_ pod: Pod) -> Pod {
    if !isUnsettled || allocations == Self.resources(of: pod) { return pod }
    var result = pod
    for index in result.spec.containers.indices {
      let name = result.spec.containers[index].name
      if let resources = allocations[name] { result.spec.containers[index].resources = resources }
    }
    for index in result.spec.initContainers.indices {
      let name = result.spec.initContainers[index].name
      if let resources = allocations[name] {
        result.spec.initContainers[index].resources = resources
      }
    }
    return result
  }

  /// What the pod takes away from the node: what is set aside, or what its status says it has still.
  ///
  /// Source: `component-helpers/resource/helpers.go` PodRequests with UseStatusResources.
  func requests(of pod: Pod) -> ResourceAmounts {
    if !isUnsettled { return PodRequests.total(pod.spec.content.value, defaults: [:]) }
    var spec = allocated(pod).spec
    for index in spec.containers.indices {
      spec.containers[index].takeLarger(pod.status.containerStatuses)
    }
    for index in spec.initContainers.indices
    where PodStatusRules.isSidecar(spec.initContainers[index]) {
      spec.initContainers[index].takeLarger(pod.status.initContainerStatuses)
    }
    return PodRequests.total(spec.content.value, defaults: [:])
  }

  private func text(_ pod: Pod) -> String {
    let pod = allocated(pod)
    var summary = JSONObject()
    for (key, containers) in [
      ("initContainers", pod.spec.initContainers), ("containers", pod.spec.containers),
    ] where !containers.isEmpty {
      summary[key] = .array(
        containers.map { ["name": .string($0.name), "resources": $0.resources.json] })
    }
    return JSONValue.object(summary).text()
  }
}

extension PodSpec {
  /// What can be resized: containers and sidecars.
  var resizable: [Container] {
    self.containers + self.initContainers.filter(PodStatusRules.isSidecar)
  }
}

extension Container {
  /// Takes for each resource the most of what it asks for and what its status tells of.
  fileprivate mutating func takeLarger(_ statuses: [ContainerStatus]) {
    guard let status = statuses.first(where: { $0.name == name }), let actual = status.resources
    else { return }
    for list in [actual.requests, status.allocatedResources] {
      for (resource, amount) in list.pairs where amount > resources.requests[resource] ?? .zero {
        resources.requests[resource] = amount
      }
    }
  }
}
