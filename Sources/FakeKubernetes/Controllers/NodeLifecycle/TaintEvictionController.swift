import KubernetesAPI
import SimulationKernel

/// Deletes pods that do not tolerate their node's NoExecute taints, or no longer.
///
/// Source: `pkg/controller/tainteviction/taint_eviction.go`.
package final class TaintEvictionController {
  private struct Eviction {
    var created: Int64
    var timer: SimulationTimer
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
    pods.onChange(of: [.content, .binding, .deletion]) { [weak self] old, new in
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

  private func podChanged(_ old: Pod?, _ new: Pod?) {
    guard let pod = new else {
      if let old { cancel(old, isTold: false) }
      return
    }
    if pod.spec.nodeName.isEmpty { return }
    if let old, old.spec == pod.spec,
      old.metadata.isBeingDeleted == pod.metadata.isBeingDeleted
    {
      return
    }
    let current = taints(nodes.find("", pod.spec.nodeName))
    if !current.isEmpty { process(pod, current) }
  }

  private func process(_ pod: Pod, _ taints: [NodeTaint]) {
    if taints.isEmpty || pod.metadata.isBeingDeleted { return cancel(pod, isTold: taints.isEmpty) }
    let tolerations = pod.spec.tolerations.map(TaintToleration.init)
    switch NodeTaintRules.stay(taints, tolerations: tolerations) {
    case .unlimited: cancel(pod, isTold: true)
    case .none:
      cancel(pod, isTold: false)
      evict(pod)
    case .limited(let seconds):
      let now = simulation.now.nanoseconds
      let created = evictions[pod.key]?.created ?? now
      evictions[pod.key]?.timer.cancel()
      let timer = simulation.schedule(
        at: SimulationTime(nanoseconds: created + seconds * 1_000_000_000)
      ) { [weak self] in
        self?.evictions[pod.key] = nil
        self?.evict(pod)
      }
      evictions[pod.key] = Eviction(created: created, timer: timer)
    }
  }

  private func cancel(_ pod: Pod, isTold: Bool) {
    guard let eviction = evictions.removeValue(forKey: pod.key) else { return }
    eviction.timer.cancel()
    if isTold {
      recorder.record(
        pod, .normal, "TaintManagerEviction", "Cancelling deletion of Pod \(pod.key)")
    }
  }

  private func evict(_ pod: Pod) {
    let key = pod.key
    guard let stored = server.find(Pod.self, key.namespace, key.name),
      stored.metadata.uid == pod.metadata.uid, !stored.metadata.isBeingDeleted
    else { return }
    recorder.record(
      pod, .normal, "TaintManagerEviction", "Marking for deletion Pod \(key)")
    _ = try? server.modifyStatus(Pod.self, key.namespace, key.name) {
      $0.status.setDisruption(
        reason: "DeletionByTaintManager",
        message: "Taint manager: deleting due to NoExecute taint", now: server.now)
    }
    _ = try? server.delete(
      Pod.self, key.namespace, key.name, options: DeleteOptions(uid: pod.metadata.uid))
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
