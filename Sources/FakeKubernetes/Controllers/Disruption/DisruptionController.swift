import JSON
import KubernetesAPI
import SimulationKernel

/// Keeps the status of PodDisruptionBudgets, by which evictions are granted.
///
/// Source: `pkg/controller/disruption/disruption.go`. It also takes back `DisruptionTarget` from
/// pods that were not deleted within two minutes.
package final class DisruptionController {
  private let server: APIServer
  private let simulation: Simulation
  private let client: ControllerClient
  private let recorder: EventRecorder
  private let budgets: Informer<PodDisruptionBudget>
  private let pods: Informer<Pod>
  private let replicaSets: Informer<ReplicaSet>
  private let deployments: Informer<Deployment>
  /// The selectors of each namespace's budgets.
  @exclusivity(unchecked) private var selectors:
    [String: [(name: String, selector: LabelSelector)]] = [:]
  private var queue: WorkQueue

  package init(server: APIServer, informers: SharedInformers) {
    self.server = server
    simulation = server.simulation
    client = ControllerClient(server: server, component: "disruption-controller")
    recorder = EventRecorder(server: server, component: "controllermanager")
    budgets = informers.informer(PodDisruptionBudget.self)
    pods = informers.informer(Pod.self)
    replicaSets = informers.informer(ReplicaSet.self)
    deployments = informers.informer(Deployment.self)
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, workers: 1, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(key) })
    budgets.onChange { [weak self] old, new in self?.budgetChanged(old, new) }
    pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
  }

  private func budgetChanged(_ old: PodDisruptionBudget?, _ new: PodDisruptionBudget?) {
    guard let budget = new ?? old else { return }
    let key = budget.key
    selectors[key.namespace]?.removeAll { $0.name == key.name }
    if let selector = new?.selector {
      selectors[key.namespace, default: []].append((key.name, selector))
      queue.add(key)
    }
  }

  private func podChanged(_ old: Pod?, _ new: Pod?) {
    if let new { watchForStale(new) }
    if selectors.isEmpty { return }
    for pod in [old, new] {
      guard let pod else { continue }
      let namespace = pod.metadata.namespace
      for (name, selector) in selectors[namespace] ?? []
      where selector.matches(pod.metadata.labels) {
        queue.add(ObjectKey(namespace, name))
      }
    }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    guard let budget = budgets.find(key.namespace, key.name), let selector = budget.selector else {
      return
    }
    let selected = pods.list(namespace: key.namespace).filter {
      selector.matches($0.metadata.labels)
    }
    if selected.isEmpty { recorder.record(budget, .normal, "NoPods", "No matching pods found") }
    let spec = budget.content["spec"]
    let minAvailable = spec?["minAvailable"].flatMap { IntOrString(json: $0) }
    let maxUnavailable = spec?["maxUnavailable"].flatMap { IntOrString(json: $0) }
    var sum = 0
    if DisruptionRules.needsScale(minAvailable: minAvailable, maxUnavailable: maxUnavailable) {
      switch scale(of: selected) {
      case .size(let size): sum = size
      case .unknown(let fault): return try failSafe(budget, fault)
      }
    }
    guard
      let count = DisruptionRules.count(
        minAvailable: minAvailable, maxUnavailable: maxUnavailable, pods: selected.count, scale: sum
      )
    else { return try failSafe(budget, "invalid value for IntOrString") }
    try update(budget, selected, count)
  }

  /// What the controllers of some pods want.
  private enum Scale {
    case size(Int)
    /// A pod has a controller that has no size.
    case unknown(String)
  }

  /// The sum of the wanted sizes of the pods' Deployments and ReplicaSets, each counted once.
  private func scale(of pods: [Pod]) -> Scale {
    var counted: Set<String> = []
    var sum = 0
    for pod in pods {
      guard let owner = pod.metadata.controller else { continue }
      guard owner.kind == "ReplicaSet",
        let set = replicaSets.find(pod.metadata.namespace, owner.name),
        set.metadata.uid == owner.uid
      else { return .unknown("found no controllers for pod \"\(pod.metadata.name)\"") }
      if let parent = set.metadata.controller, parent.kind == "Deployment",
        let deployment = deployments.find(set.metadata.namespace, parent.name),
        deployment.metadata.uid == parent.uid
      {
        if counted.insert(parent.uid).inserted { sum += deployment.spec.replicas ?? 1 }
      } else if counted.insert(owner.uid).inserted {
        sum += set.spec.replicas ?? 1
      }
    }
    return .size(sum)
  }

  private func update(
    _ budget: PodDisruptionBudget, _ pods: [Pod], _ count: DisruptionRules.Count
  ) throws(StatusError) {
    let disrupted = stillDisrupted(budget, pods)
    let healthy = pods.count {
      !$0.metadata.isBeingDeleted && disrupted[$0.metadata.name] == nil && $0.isReady
    }
    var changed = budget
    var status: JSONObject = ["observedGeneration": .integer(budget.metadata.generation)]
    if !disrupted.isEmpty { status["disruptedPods"] = .object(disrupted) }
    let numbers = [
      ("disruptionsAllowed", DisruptionRules.allowed(count, healthy: healthy)),
      ("currentHealthy", healthy), ("desiredHealthy", count.desiredHealthy),
      ("expectedPods", count.expected),
    ]
    for (name, number) in numbers { status[name] = .integer(Int64(number)) }
    if let conditions = budget.content["status"]?["conditions"] {
      status["conditions"] = conditions
    }
    changed.content["status"] = .object(status)
    changed.updateAllowedCondition(now: server.now)
    if changed != budget { try client.updateStatus(changed) }
  }

  /// Pods whose eviction was granted and that are not being deleted yet, with the time of that.
  private func stillDisrupted(_ budget: PodDisruptionBudget, _ pods: [Pod]) -> JSONObject {
    var result = JSONObject()
    guard let disrupted = budget.content["status"]?["disruptedPods"]?.objectValue else {
      return result
    }
    for pod in pods where !pod.metadata.isBeingDeleted {
      let name = pod.metadata.name
      guard let text = disrupted[name]?.stringValue, let time = Timestamp(text) else { continue }
      let rest = time.seconds + DisruptionRules.deletionTimeout - server.now.seconds
      if rest < 0 {
        // Upstream says the namespace twice.
        let space = budget.metadata.namespace
        recorder.record(
          pod, .warning, "NotDeleted",
          "Pod was expected by PDB \(space)/\(space) to be deleted but it wasn't")
      } else {
        result[name] = .string(text)
        queue.add(budget.key, after: .seconds(rest + 1))
      }
    }
    return result
  }

  /// Allows no disruption where nothing can be said.
  private func failSafe(_ budget: PodDisruptionBudget, _ fault: String) throws(StatusError) {
    recorder.record(
      budget, .warning, "CalculateExpectedPodCountFailed",
      "Failed to calculate the number of expected pods: \(fault)")
    var changed = budget
    var status = budget.content["status"] ?? [:]
    status["disruptionsAllowed"] = 0
    changed.content["status"] = status
    changed.setAllowedCondition(
      isAllowed: false, reason: "SyncFailed", message: fault, now: server.now)
    if changed != budget { try client.updateStatus(changed) }
  }

  /// Looks at a pod again when its announced disruption should have come.
  private func watchForStale(_ pod: Pod) {
    guard let since = staleSince(pod) else { return }
    let rest = since + DisruptionRules.deletionTimeout - server.now.seconds
    let (key, uid) = (pod.key, pod.metadata.uid)
    simulation.schedule(after: .seconds(max(0, rest))) { [weak self] in
      self?.clearStale(key, uid)
    }
  }

  /// Since when a pod that is not being deleted is said to be disrupted; nil: it is not.
  private func staleSince(_ pod: Pod) -> Int64? {
    guard pod.hasCondition("DisruptionTarget"),
      let index = pod.status.conditions.index(of: "DisruptionTarget"), !pod.metadata.isBeingDeleted,
      !pod.isTerminal
    else { return nil }
    let condition = pod.status.conditions[index]
    guard condition.status == .true, condition.reason != "TerminationByKubelet" else { return nil }
    return condition.lastTransitionTime?.seconds ?? 0
  }

  private func clearStale(_ key: ObjectKey, _ uid: String) {
    guard let pod = pods.find(key.namespace, key.name), pod.metadata.uid == uid,
      let since = staleSince(pod),
      since + DisruptionRules.deletionTimeout <= server.now.seconds
    else { return }
    let now = server.now
    _ = try? client.modifyStatus(Pod.self, key.namespace, key.name) { pod in
      guard let index = pod.status.conditions.firstIndex(where: { $0.type == "DisruptionTarget" })
      else { return }
      pod.status.conditions[index] = Condition(
        type: "DisruptionTarget", status: .false, lastTransitionTime: now)
    }
    _ = client.takeElapsed()
  }
}
