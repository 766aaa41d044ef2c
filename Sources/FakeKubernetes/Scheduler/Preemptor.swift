import JSON
import KubernetesAPI
import SimulationKernel

/// Makes room for pods that fit nowhere, by removing pods of less priority.
///
/// Source: `pkg/scheduler/framework/preemption/preemption.go`.
final class Preemptor {
  /// What came of trying.
  struct Result {
    /// What `FailedScheduling` adds; empty where room is being made.
    var message: String
    /// The node that the pod waits for from now on; empty: none; nil: as before.
    var nominatedNode: String?
  }

  private let server: APIServer
  private let events: EventSeriesRecorder
  private let pods: Informer<Pod>
  private let budgets: Informer<PodDisruptionBudget>
  private let draws: RandomStream
  /// Who waits for which node.
  @exclusivity(unchecked) private(set) var nominations = Nominations()
  /// Where each pod is found by its uid; nil until it is asked for first.
  @exclusivity(unchecked) private var keys: [String: ObjectKey]?

  init(
    server: APIServer, component: String, pods: Informer<Pod>, events: EventSeriesRecorder
  ) {
    self.server = server
    self.pods = pods
    self.events = events
    budgets = Informer(server: server, component: component)
    draws = server.simulation.randomStream("kubernetes/scheduler/preemption")
  }

  /// Learns of a pod; `scheduling` is what the scheduler knows of it.
  func podChanged(_ old: Pod?, _ new: Pod?, _ scheduling: () -> SchedulingPod) {
    guard let pod = new ?? old else { return }
    let uid = pod.metadata.uid
    if new == nil { keys?[uid] = nil } else { keys?[uid] = pod.key }
    guard let new, new.spec.nodeName.isEmpty, !new.isTerminal else {
      if !nominations.isEmpty { nominations.remove(uid: uid) }
      return
    }
    let node = new.nominatedNodeName
    if !node.isEmpty {
      if nominations.node(of: uid) != node { nominations.set(scheduling(), node) }
    } else if let old, !old.nominatedNodeName.isEmpty {
      // What was only told to the server, and is not back yet, is kept.
      nominations.remove(uid: uid)
    }
  }

  /// Tries to make room; `failures` are those of all nodes of the snapshot.
  func preempt(
    for pod: Pod, _ scheduling: SchedulingPod, _ snapshot: SchedulingSnapshot,
    failures: [FilterFailure]
  ) -> Result {
    if let reason = ineligibility(pod, snapshot, failures) {
      return Result(message: reason, nominatedNode: nil)
    }
    let search = Preemption(
      scheduling, snapshot: snapshot, budgets: budgets.list().compactMap(Preemption.Budget.init)
    ) { [unowned self] in victim($0) }
    switch search.find(failures: failures, draw: { draws.integer(below: $0) }) {
    case .none(let message): return Result(message: message, nominatedNode: "")
    case .candidate(let candidate):
      remove(candidate, for: pod)
      clearNominations(on: candidate.node, below: scheduling.traits.value.priority)
      return Result(message: "", nominatedNode: candidate.node)
    }
  }

  /// Has the pod wait for a node from now on, or for none.
  func nominate(_ pod: SchedulingPod, _ node: String) {
    if node.isEmpty { nominations.remove(uid: pod.uid) } else { nominations.set(pod, node) }
  }

  /// Why a pod may not remove others; nil: it may.
  private func ineligibility(
    _ pod: Pod, _ snapshot: SchedulingSnapshot, _ failures: [FilterFailure]
  ) -> String? {
    if pod.spec.preemptionPolicy == "Never" { return "not eligible due to preemptionPolicy=Never." }
    let name = nominations.node(of: pod.metadata.uid) ?? pod.status.nominatedNodeName
    guard !name.isEmpty, let position = snapshot.nodes.firstIndex(where: { $0.name == name }),
      failures[position].isHelpedByPreemption
    else { return nil }
    let priority = pod.spec.priority ?? 0
    let isBeingHelped = snapshot.nodes[position].pods.contains { other in
      other.isDeleting && other.traits.value.priority < priority && isPreempted(other)
    }
    return isBeingHelped ? "not eligible due to a terminating pod on the nominated node." : nil
  }

  private func isPreempted(_ pod: SchedulingPod) -> Bool {
    let condition = stored(pod)?.status.conditions.first("DisruptionTarget")
    return condition?.status == .true && condition?.reason == "PreemptionByScheduler"
  }

  private func stored(_ pod: SchedulingPod) -> Pod? {
    if keys == nil {
      var all: [String: ObjectKey] = [:]
      for pod in pods.list() { all[pod.metadata.uid] = pod.key }
      keys = all
    }
    guard let key = keys?[pod.uid] else { return nil }
    return pods.find(key.namespace, key.name)
  }

  private func victim(_ pod: SchedulingPod) -> Preemption.Victim? {
    guard let stored = stored(pod) else { return nil }
    return Preemption.Victim(
      pod: pod, name: stored.metadata.name,
      startSeconds: (stored.status.startTime ?? server.now).seconds)
  }

  private func remove(_ candidate: Preemption.Candidate, for pod: Pod) {
    for victim in candidate.victims where !victim.pod.isDeleting {
      let namespace = victim.pod.traits.value.namespace
      guard let stored = server.find(Pod.self, namespace, victim.name),
        stored.metadata.uid == victim.pod.uid, !stored.metadata.isBeingDeleted
      else { continue }
      _ = try? server.modifyStatus(Pod.self, namespace, victim.name) {
        $0.status.setDisruption(
          reason: "PreemptionByScheduler",
          message: "\(pod.spec.schedulerName): preempting to accommodate a higher priority pod",
          now: server.now, observedGeneration: $0.metadata.generation)
      }
      _ = try? server.delete(
        Pod.self, namespace, victim.name, options: DeleteOptions(uid: victim.pod.uid))
      events.record(
        stored, .normal, "Preempted", action: "Preempting",
        "Preempted by pod \(pod.metadata.uid) on node \(candidate.node)",
        related: EventWriter.reference(to: pod))
    }
  }

  /// Those of less priority that wait for the node need not wait for it any more.
  private func clearNominations(on node: String, below priority: Int) {
    for other in nominations.pods(on: node) where other.traits.value.priority < priority {
      nominations.remove(uid: other.uid)
      guard let stored = stored(other) else { continue }
      _ = try? server.modifyStatus(Pod.self, stored.metadata.namespace, stored.metadata.name) {
        $0.status.nominatedNodeName = ""
      }
    }
  }
}

extension Preemption.Budget {
  /// What the scheduler looks at in a budget; nil without a selector.
  init?(_ budget: PodDisruptionBudget) {
    guard let json = budget.content["spec"]?["selector"],
      let selector = try? LabelSelector(json: json)
    else { return nil }
    let status = budget.content["status"]
    self.init(
      namespace: budget.metadata.namespace, selector: selector,
      disruptionsAllowed: status?["disruptionsAllowed"]?.intValue ?? 0,
      disruptedPods: Set((status?["disruptedPods"]?.objectValue ?? [:]).map(\.key)))
  }
}
