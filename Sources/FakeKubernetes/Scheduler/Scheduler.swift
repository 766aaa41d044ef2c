package import KubernetesAPI
import SimulationKernel

/// Binds pods to nodes, one after the other.
///
/// Source: `pkg/scheduler/schedule_one.go`. Reads through informers, counts what is used on each
/// node pod by pod, and takes a millisecond or two for each pod.
package final class Scheduler {
  private let server: APIServer
  private let simulation: Simulation
  private let record: (Pod, KubeletEvent) -> Void
  private let pods: Informer<Pod>
  private let nodes: Informer<Node>
  private let namespaces: Informer<Namespace>
  private let services: Informer<Service>
  private let replicaSets: Informer<ReplicaSet>
  private let ties: RandomStream
  private let latency: RandomStream
  private var cache = SchedulingCache()
  private var traits = TraitsCache()
  private var rankings = NodeRankings()
  private var serviceSelectors = ServiceSelectors()
  private var queue = SchedulingQueue()
  private var isBusy = false
  /// Whether no pod is put onto a node.
  package var isPaused = false { didSet { work() } }
  private var firstNode = 0
  private var isFlushScheduled = false

  /// Starts to schedule; `record` writes an event (type, reason, message) about a pod.
  package init(
    server: APIServer,
    record: @escaping (_ pod: Pod, _ type: String, _ reason: String, _ message: String) -> Void
  ) {
    self.server = server
    simulation = server.simulation
    self.record = { pod, event in record(pod, event.type, event.reason, event.message) }
    let component = "kube-scheduler"
    pods = Informer(server: server, component: component)
    nodes = Informer(server: server, component: component)
    namespaces = Informer(server: server, component: component)
    services = Informer(server: server, component: component)
    replicaSets = Informer(server: server, component: component)
    ties = simulation.randomStream("kubernetes/scheduler/ties")
    latency = simulation.randomStream("kubernetes/scheduler/latency")
    nodes.onChange { [weak self] old, new in self?.nodeChanged(old, new) }
    services.onChange { [weak self] old, new in
      guard let key = (new ?? old)?.key else { return }
      _ = self?.serviceSelectors.set(key, new?.spec.selector ?? [:])
    }
    pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
  }

  private func nodeChanged(_ old: Node?, _ new: Node?) {
    if let new {
      if cache.set(SchedulingNode(new)) { moveAll() }
    } else if let old {
      cache.removeNode(old.metadata.name)
    }
  }

  private func podChanged(_ old: Pod?, _ new: Pod?) {
    guard let pod = new ?? old else { return }
    let uid = pod.metadata.uid
    if let old, let new, old.metadata.uid != new.metadata.uid { podChanged(old, nil) }
    let isGone = new == nil || pod.isTerminal
    if isGone {
      queue.remove(uid: uid)
      if cache.remove(uid: uid) { moveAll() }
    } else if !pod.spec.nodeName.isEmpty {
      queue.remove(uid: uid)
      let isUnchanged =
        old.map {
          $0.spec == pod.spec && $0.metadata.labels == pod.metadata.labels
            && $0.metadata.isBeingDeleted == pod.metadata.isBeingDeleted
        } ?? false
      if isUnchanged && cache.isPlaced(uid) { return }
      cache.place(traits.pod(pod), on: pod.spec.nodeName)
    } else if isOurs(pod), !cache.isPlaced(uid), isNews(old, pod) {
      queue.add(pod.key, uid: uid, priority: pod.spec.priority ?? 0, now: now)
      work()
    }
  }

  /// A status that we wrote ourselves is no reason to try again.
  private func isNews(_ old: Pod?, _ pod: Pod) -> Bool {
    guard let old else { return true }
    return old.spec != pod.spec || old.metadata.labels != pod.metadata.labels
  }

  private func isOurs(_ pod: Pod) -> Bool {
    let name = pod.spec.schedulerName
    return !pod.metadata.isBeingDeleted && (name.isEmpty || name == "default-scheduler")

  }

  private var now: Int64 { simulation.now.nanoseconds }

  private func moveAll() {
    waitFor(queue.moveAll(now: now))
    work()
  }

  private func waitFor(_ ends: [Int64]) {
    for end in ends {
      simulation.schedule(at: SimulationTime(nanoseconds: end)) { [weak self] in
        guard let self else { return }
        queue.endBackOffs(now: now)
        work()
      }
    }
  }

  private func work() {
    if isBusy || isPaused || queue.isEmpty { return }
    isBusy = true
    let takes = latency.duration(in: .microseconds(500)...(.milliseconds(2)))
    simulation.schedule(after: takes) { [weak self] in
      guard let self else { return }
      isBusy = false
      scheduleOne()
      work()
    }
  }

  private func scheduleOne() {
    guard let entry = queue.pop(), let pod = pods.find(entry.key.namespace, entry.key.name),
      pod.metadata.uid == entry.uid, pod.spec.nodeName.isEmpty, isOurs(pod)
    else { return }
    let scheduling = traits.pod(pod)
    switch choose(scheduling, defaultSpreadSelector(pod)) {
    case .node(let name): bind(pod, scheduling, to: name, entry)
    case .unschedulable(let message): fail(pod, message, entry)
    }
  }

  /// In clusters of which upstream looks at a part only, nodes are ranked; else all are looked at.
  private func choose(_ pod: SchedulingPod, _ selector: LabelSelector?) -> NodeChoice {
    let isLarge = SchedulingSnapshot.feasibleNodesToFind(cache.nodes.count) < cache.nodes.count
    if isLarge, cache.affinityPodCount == 0, NodeRanking.canRank(pod.traits.value) {
      let ranking = rankings.ranking(pod, selector: selector)
      if let best = ranking.best(in: cache, tieBreak: { ties.integer(below: $0) }) {
        return .node(cache.nodes[best].name)
      }
    }
    var labels: [String: [String: String]] = [:]
    for namespace in namespaces.list() {
      labels[namespace.metadata.name] = namespace.metadata.labels
    }
    let snapshot = SchedulingSnapshot(
      nodes: cache.nodes, namespaceLabels: labels, defaultSpreadSelector: selector)
    let (choice, searched) = snapshot.choose(pod, firstNode: firstNode) {
      ties.integer(below: $0)
    }
    if !cache.nodes.isEmpty { firstNode = (firstNode + searched) % cache.nodes.count }
    return choice
  }

  private func bind(
    _ pod: Pod, _ scheduling: SchedulingPod, to node: String, _ entry: SchedulingQueue.Entry
  ) {
    do {
      try server.bind(pod.metadata.namespace, pod.metadata.name, to: node)
    } catch {
      if error.isNotFound || error.isConflict { return }
      // An error is no reason to wait for a change of the cluster, only for the back-off.
      queue.failed(entry, now: now)
      moveAll()
      return
    }
    cache.place(scheduling, on: node)
    record(
      pod,
      .normal("Scheduled", "Successfully assigned \(pod.key) to \(node)"))
  }

  private func fail(_ pod: Pod, _ message: String, _ entry: SchedulingQueue.Entry) {
    queue.failed(entry, now: now)
    scheduleFlush()
    record(pod, .warning("FailedScheduling", message))
    let time = server.now
    _ = try? server.modifyStatus(Pod.self, pod.metadata.namespace, pod.metadata.name) { pod in
      var condition = Condition(
        type: "PodScheduled", status: .false, reason: "Unschedulable", message: message,
        lastTransitionTime: time)
      condition.observedGeneration = pod.metadata.generation
      if let index = pod.status.conditions.firstIndex(where: { $0.type == "PodScheduled" }) {
        if pod.status.conditions[index].status == .false {
          condition.lastTransitionTime = pod.status.conditions[index].lastTransitionTime
        }
        pod.status.conditions[index] = condition
      } else {
        pod.status.conditions.append(condition)
      }
    }
  }

  /// Every 30 s, while pods are unschedulable, those of 5 minutes are tried again.
  private func scheduleFlush() {
    if isFlushScheduled { return }
    isFlushScheduled = true
    simulation.schedule(after: .seconds(30)) { [weak self] in
      guard let self else { return }
      isFlushScheduled = false
      waitFor(queue.flush(now: now))
      work()
      if queue.hasUnschedulable { scheduleFlush() }
    }
  }

  /// The Services that select the pod and its ReplicaSet, as one selector; nil: none.
  ///
  /// Source: `pkg/scheduler/framework/plugins/helper/spread.go` DefaultSelector.
  private func defaultSpreadSelector(_ pod: Pod) -> LabelSelector? {
    var selector = LabelSelector()
    for service in serviceSelectors.services(pod.metadata.namespace, pod.metadata.labels) {
      selector.matchLabels.merge(serviceSelectors.selector(service)) { _, new in new }
    }
    if let owner = pod.metadata.controller, owner.kind == "ReplicaSet",
      let set = replicaSets.find(pod.metadata.namespace, owner.name)
    {
      selector.matchLabels.merge(set.spec.selector.matchLabels) { _, new in new }
      selector.matchExpressions += set.spec.selector.matchExpressions
    }
    return selector.isEmpty ? nil : selector
  }
}
