import JSON
import KubernetesAPI

/// What a node has set aside for a pod's containers, and how it takes up changes of their resources.
///
/// Source: `pkg/kubelet/allocation/allocation_manager.go`. A change that fits is set aside at once
/// and given to the running containers by the next sync that has seen them; one that never fits is
/// Infeasible, one that does not fit now is Deferred.
struct PodResize {
  /// What is set aside, by container; empty before the first sync.
  private(set) var allocations: [String: ResourceRequirements] = [:]
  /// What is to be told of a change.
  private(set) var conditions: [Condition] = []
  private var isInProgress = false
  /// Containers that must start anew to get what was set aside for them.
  var restarting: Set<String> = []

  /// Looks at what the pod asks for; called at the begin of each sync.
  mutating func look(_ worker: PodWorker) {
    let containers = worker.pod.spec.containers
    let wanted = Dictionary(
      containers.map { ($0.name, $0.resources) }, uniquingKeysWith: { $1 })
    if allocations.isEmpty {
      allocations = wanted
      return
    }
    if isInProgress, wanted == allocations {
      isInProgress = false
      conditions = []
      worker.event(.normal("ResizeCompleted", "Pod resize completed: \(Self.text(containers))"))
      return
    }
    worker.kubelet.pendingResizes.remove(worker.uid)
    if wanted == allocations { return conditions = [] }
    if let obstacle = worker.kubelet.obstacle(to: worker.pod) {
      worker.kubelet.pendingResizes.insert(worker.uid)
      var pending = Condition(
        type: "PodResizePending", status: .true, reason: obstacle.reason,
        message: obstacle.message)
      pending.lastProbeTime = conditions.first("PodResizePending")?.lastProbeTime
      if pending.lastProbeTime == nil { pending.lastProbeTime = worker.kubelet.server.now }
      conditions = [pending]
      return
    }
    restarting = Set(
      containers.filter { container in
        guard let old = allocations[container.name] else { return false }
        return container.needsRestart(from: old)
      }.map(\.name))
    allocations = wanted
    isInProgress = true
    conditions = [Condition(type: "PodResizeInProgress", status: .true)]
    worker.kubelet.after(worker.kubelet.timings.resize) { [weak worker] in worker?.requestSync() }
  }

  private static func text(_ containers: [Container]) -> String {
    let list = containers.map { container -> JSONValue in
      ["name": .string(container.name), "resources": container.resources.json]
    }
    return JSONValue.object(["containers": .array(list)]).text()
  }
}

extension Kubelet {
  /// Why the node cannot give a pod what it asks for now; nil: it can.
  func obstacle(to pod: Pod) -> (reason: String, message: String)? {
    let wanted = PodRequests.total(pod.spec.content.value, defaults: [:])
    for name in wanted.names.sorted() {
      let capacity = PodRequests.amount(name, configuration.capacity[name])
      let asked = wanted[name]
      if asked > capacity {
        return (
          "Infeasible",
          "Node didn't have enough capacity: \(name), requested: \(asked), capacity: \(capacity)"
        )
      }
    }
    for name in wanted.names.sorted() {
      let capacity = PodRequests.amount(name, configuration.capacity[name])
      let asked = wanted[name]
      let used = used(name, without: pod.metadata.uid)
      if asked > capacity - used {
        return (
          "Deferred",
          "Node didn't have enough resource: \(name), requested: \(asked), used: \(used), "
            + "capacity: \(capacity)"
        )
      }
    }
    return nil
  }
}

extension Container {
  /// Whether a changed resource has the resize policy RestartContainer.
  ///
  /// Source: `pkg/kubelet/kuberuntime/kuberuntime_manager.go` computePodResizeAction.
  fileprivate func needsRestart(from old: ResourceRequirements) -> Bool {
    (others["resizePolicy"]?.arrayValue ?? []).contains { policy in
      guard policy["restartPolicy"] == "RestartContainer",
        let name = policy["resourceName"]?.stringValue
      else { return false }
      return old.limits[name] != resources.limits[name]
        || old.requests[name] != resources.requests[name]
    }
  }
}
