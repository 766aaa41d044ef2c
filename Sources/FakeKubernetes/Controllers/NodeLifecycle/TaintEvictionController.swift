import KubernetesAPI
import SimulationKernel

/// Deletes pods that do not tolerate their node's NoExecute taints, or no longer.
///
/// Source: `pkg/controller/tainteviction/taint_eviction.go`.
package final class TaintEvictionController {
  /// What is to be done to the pod of a name.
  private struct Eviction {
    var created: Int64
    /// Nil once it was done; it stays so until the pod is gone.
    var timer: SimulationTimer?
  }

  private let server: APIServer
  private let simulation: Simulation
  private let recorder: EventRecorder
  private let nodes: Informer<Node>
  private let pods: Informer<Pod>
  private let podsByNode: Int
  private var evictions: [ObjectKey: Eviction] = [:]

  package init(server: APIServer, informers: SharedInformers) {
    self.server = server
    simulation = server.simulation
    recorder = EventRecorder(server: server, component: "taint-eviction-controller")
    nodes = informers.informer(Node.self)
    pods = informers.informer(Pod.self)
    podsByNode = pods.addIndex("node", of: .binding) {
      $0.spec.nodeName.isEmpty ? nil : $0.spec.nodeName
    }
    nodes.onChange { [weak self] old, new in self?.nodeChanged(old, new) }
    pods.onChange(of: [.content, .binding]) { [weak self] old, new in
      self?.podChanged(old, new)
    }
  }

  private func taints(_ node: Node?) -> [NodeTaint] {
    (node?.spec.taints ?? []).map(NodeTaint.init).filter { $0.effect == "NoExecute" }
  }

  private func nodeChanged(_ old: Node?, _ new: Node?) {
    guard let new else { return }
    let current = taints(new)
    if taints(old) == current { return }
    for pod in pods.objects(index: podsByNode, new.metadata.name) { process(pod, current) }
  }

  /// A pod that is being deleted is treated like any other one until it is gone.
  private func podChanged(_ old: Pod?, _ new: Pod?) {
    guard let pod = new else {
      if let old { cancel(old.key) }
      return
    }
    if pod.spec.nodeName.isEmpty { return }
    if let old, old.spec.nodeName == pod.spec.nodeName,
      old.spec.tolerations == pod.spec.tolerations
    {
      return
    }
    let current = taints(nodes.find("", pod.spec.nodeName))
    if !current.isEmpty { process(pod, current) }
  }

  private func process(_ pod: Pod, _ taints: [NodeTaint]) {
    let key = pod.key
    if taints.isEmpty { return cancel(key) }
    let tolerations = pod.spec.tolerations.map(TaintToleration.init)
    let now = simulation.now.nanoseconds
    switch NodeTaintRules.stay(taints, tolerations: tolerations) {
    case .unlimited: cancel(key)
    case .none:
      cancel(key)
      plan(key, created: now, at: now)
    case .limited(let seconds):
      let planned = evictions[key].flatMap { $0.timer == nil ? nil : $0.created }
      // What is planned stays, though the tolerations may say another time by now.
      if let planned, planned < now { return }
      if planned != nil { cancel(key) }
      plan(key, created: planned ?? now, at: now + seconds * 1_000_000_000)
    }
  }

  private func plan(_ key: ObjectKey, created: Int64, at time: Int64) {
    if evictions[key] != nil { return }
    guard time > simulation.now.nanoseconds else {
      evictions[key] = Eviction(created: created)
      return evict(key)
    }
    let timer = simulation.schedule(at: SimulationTime(nanoseconds: time)) { [weak self] in
      self?.evictions[key]?.timer = nil
      self?.evict(key)
    }
    evictions[key] = Eviction(created: created, timer: timer)
  }

  private func cancel(_ key: ObjectKey) {
    guard let eviction = evictions.removeValue(forKey: key), let timer = eviction.timer else {
      return
    }
    timer.cancel()
    tell(key, "Cancelling deletion of Pod \(key)")
  }

  private func tell(_ key: ObjectKey, _ message: String) {
    var reference = ObjectReference()
    reference.kind = Pod.resource.kind
    reference.apiVersion = Pod.resource.apiVersion
    reference.namespace = key.namespace
    reference.name = key.name
    recorder.record(reference, .normal, "TaintManagerEviction", message)
  }

  /// How often a refused deletion is tried, and how long after a refusal.
  private static let triesMax = 5
  private static let retryInterval = Duration.milliseconds(10)

  private func evict(_ key: ObjectKey) {
    tell(key, "Marking for deletion Pod \(key)")
    delete(key, triesLeft: Self.triesMax)
  }

  private func delete(_ key: ObjectKey, triesLeft: Int) {
    do {
      try server.modifyStatus(Pod.self, key.namespace, key.name) {
        $0.status.setDisruption(
          reason: "DeletionByTaintManager",
          message: "Taint manager: deleting due to NoExecute taint", now: server.now,
          observedGeneration: $0.metadata.generation)
      }
      try server.delete(Pod.self, key.namespace, key.name)
    } catch {
      // What was not deleted in the end may be planned again.
      if triesLeft == 1 || error.isNotFound { return evictions[key] = nil }
      simulation.schedule(after: Self.retryInterval) { [weak self] in
        self?.delete(key, triesLeft: triesLeft - 1)
      }
    }
  }
}

extension PodStatus {
  /// Says that the control plane ends the pod.
  ///
  /// The condition keeps the time of its last transition while it stays true.
  mutating func setDisruption(
    reason: String, message: String, now: Timestamp, observedGeneration: Int64? = nil
  ) {
    var condition = Condition(
      type: "DisruptionTarget", status: .true, reason: reason, message: message,
      lastTransitionTime: now)
    condition.observedGeneration = observedGeneration
    if let old = conditions.first("DisruptionTarget"), old.status == .true {
      condition.lastTransitionTime = old.lastTransitionTime
    }
    if let index = conditions.firstIndex(where: { $0.type == "DisruptionTarget" }) {
      conditions[index] = condition
    } else {
      conditions.append(condition)
    }
  }
}
