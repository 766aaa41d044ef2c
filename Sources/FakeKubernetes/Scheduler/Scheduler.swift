import KubernetesAPI
import SimulationKernel

/// Binds pods to nodes, one after the other.
///
/// Source: `pkg/scheduler/schedule_one.go`. Reads through informers, counts what is used on each
/// node pod by pod, and takes a millisecond or two for each pod.
package final class Scheduler {
  private let server: APIServer
  private let simulation: Simulation
  private let events: EventSeriesRecorder
  private let pods: Informer<Pod>
  private let nodes: Informer<Node>
  private let namespaces: Informer<Namespace>
  private let services: Informer<Service>
  private let replicaSets: Informer<ReplicaSet>
  private let ties: RandomStream
  private let latency: RandomStream
  @exclusivity(unchecked) private var cache = SchedulingCache()
  @exclusivity(unchecked) private var traits = TraitsCache()
  @exclusivity(unchecked) private var rankings = NodeRankings()
  @exclusivity(unchecked) private var serviceSelectors = ServiceSelectors()
  @exclusivity(unchecked) private var spreadSelectors = SpreadSelectors()
  @exclusivity(unchecked) private var queue = SchedulingQueue()
  private let preemptor: Preemptor
  @exclusivity(unchecked) private var isBusy = false
  /// Whether no pod is put onto a node.
  package var isPaused = false { didSet { work() } }
  @exclusivity(unchecked) private var firstNode = 0
  private var isFlushScheduled = false

  /// Starts to schedule.
  package init(server: APIServer, events: EventSeriesRecorder) {
    self.server = server
    self.events = events
    simulation = server.simulation
    let component = "kube-scheduler"
    let pods = Informer<Pod>(server: server, component: component)
    self.pods = pods
    preemptor = Preemptor(server: server, component: component, pods: pods, events: events)
    nodes = Informer(server: server, component: component)
    namespaces = Informer(server: server, component: component)
    services = Informer(server: server, component: component)
    replicaSets = Informer(server: server, component: component)
    ties = simulation.randomStream("kubernetes/scheduler/ties")
    latency = simulation.randomStream("kubernetes/scheduler/latency")
    nodes.onChange { [weak self] old, new in self?.nodeChanged(old, new) }
    services.onChange { [weak self] old, new in
      guard let key = (new ?? old)?.key else { return }
      guard let self, serviceSelectors.set(key, new?.spec.selector ?? [:]) else { return }
      spreadSelectors.forget()
    }
    pods.onChange(of: Self.podAspects) { [weak self] old, new in self?.podChanged(old, new) }
  }

  /// What of a pod may change where it or another one belongs.
  private static let podAspects: ObjectAspects = [
    .content, .binding, .labels, .deletion, .end, .nomination, .metadata,
  ]

  private func nodeChanged(_ old: Node?, _ new: Node?) {
    if let new {
      if let event = cache.set(SchedulingNode(new)) { moveAll(event) }
    } else if let old, let event = cache.removeNode(old.metadata.name) {
      moveAll(event)
    }
  }

  private func podChanged(_ old: Pod?, _ new: Pod?) {
    guard let pod = new ?? old else { return }
    let (uid, place) = (pod.metadata.uid, pod.metadata.place)
    if let old, let new, old.metadata.uid != new.metadata.uid { podChanged(old, nil) }
    preemptor.podChanged(old, new) { traits.pod(pod) }
    let isGone = new == nil || pod.isTerminal
    if isGone {
      queue.remove(uid: uid, place: place)
      if cache.remove(place), queue.hasUnschedulable { moveAll(.podGone(traits.pod(pod))) }
    } else if !pod.spec.nodeName.isEmpty {
      queue.remove(uid: uid, place: place)
      let isUnchanged =
        old.map {
          $0.spec == pod.spec && $0.metadata.labels == pod.metadata.labels
            && $0.metadata.isBeingDeleted == pod.metadata.isBeingDeleted
        } ?? false
      if isUnchanged && cache.isPlaced(place) { return }
      cache.place(traits.pod(pod), on: pod.spec.nodeName)
      guard queue.hasUnschedulable else { return }
      let placed = traits.pod(pod)
      if let old, !old.spec.nodeName.isEmpty {
        moveAll(.podChanged(from: traits.pod(old), to: placed))
      } else {
        moveAll(.podPlaced(placed))
      }
    } else if isOurs(pod), !cache.isPlaced(place), isNews(old, pod) {
      let priority = pod.spec.content.read { $0.pointee.priority ?? 0 }
      queue.add(uid: uid, place: place, priority: priority, now: now)
      work()
    }
  }

  /// A status that we wrote ourselves is no reason to try again.
  private func isNews(_ old: Pod?, _ pod: Pod) -> Bool {
    guard let old else { return true }
    return old.spec != pod.spec || old.metadata.labels != pod.metadata.labels
  }

  private func isOurs(_ pod: Pod) -> Bool {
    !pod.metadata.isBeingDeleted && !pod.isGated
      && pod.spec.content.read {
        let name = $0.pointee.schedulerName
        return name.isEmpty || name == "default-scheduler"
      }
  }

  private var now: Int64 { simulation.now.nanoseconds }

  private func moveAll(_ event: SchedulingEvent) {
    var labels: [String: [String: String]] = [:]
    switch event {
    case .podPlaced(let pod), .podChanged(_, let pod), .podGone(let pod):
      labels[pod.namespace] = namespaces.find("", pod.namespace)?.metadata.labels
    case .nodeAdded, .nodeChanged, .nodeGone: break
    }
    waitFor(queue.moveAll(now: now, after: QueueingHints(event, namespaceLabels: labels)))
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
    guard let entry = queue.pop(), let pod = pods.find(place: entry.place),
      pod.metadata.uid == entry.uid, pod.spec.nodeName.isEmpty, isOurs(pod)
    else { return }
    let scheduling = traits.pod(pod)
    let selector = defaultSpreadSelector(pod, scheduling)
    if let node = quickChoice(scheduling, selector) {
      return bind(pod, scheduling, to: node, entry)
    }
    let snapshot = snapshot(selector)
    switch choose(scheduling, snapshot) {
    case .node(let name): bind(pod, scheduling, to: name, entry)
    case .unschedulable(let message, let failures, let plugins) where failures.isEmpty:
      fail(pod, scheduling, message, entry, rejectedBy: plugins)
    case .unschedulable(let message, let failures, _):
      let result = preemptor.preempt(for: pod, scheduling, snapshot, failures: failures)
      if let node = result.nominatedNode { preemptor.nominate(scheduling, node) }
      let more =
        result.message.isEmpty
        ? "" : " no new claims to deallocate, preemption: \(result.message)"
      let plugins = failures.reduce(into: SchedulingPlugins()) { $0.formUnion($1.plugin) }
      fail(
        pod, scheduling, message + more, entry, nominatedNode: result.nominatedNode,
        rejectedBy: plugins)
    }
  }

  private func snapshot(_ selector: LabelSelector?) -> SchedulingSnapshot {
    var labels: [String: [String: String]] = [:]
    for namespace in namespaces.list() {
      labels[namespace.metadata.name] = namespace.metadata.labels
    }
    var snapshot = SchedulingSnapshot(
      nodes: cache.nodes, namespaceLabels: labels, defaultSpreadSelector: selector)
    snapshot.nominations = preemptor.nominations
    return snapshot
  }

  /// From so many nodes on they are ranked; with fewer a look at all is as quick.
  private static let rankedNodesMin = 16

  /// The best node of a ranking; nil: look at all nodes.
  private func quickChoice(_ pod: SchedulingPod, _ selector: LabelSelector?) -> String? {
    guard cache.nodes.count >= Self.rankedNodesMin, cache.affinityPodCount == 0,
      NodeRanking.canRank(pod.traits.value),
      preemptor.nominations.node(of: pod.uid) == nil
    else { return nil }
    let ranking = rankings.ranking(pod, selector: selector)
    guard let best = ranking.best(in: cache, tieBreak: { ties.integer(below: $0) }) else {
      return nil
    }
    let name = cache.nodes[best].name
    if preemptor.nominations.pods(on: name, before: pod).isEmpty { return name }
    let snapshot = snapshot(selector)
    let failure = snapshot.failure(
      pod, at: best, with: snapshot.nodes[best], looksAround: false)
    return failure == nil ? name : nil
  }

  /// Looks at the node that the pod waits for, then at all.
  private func choose(_ pod: SchedulingPod, _ snapshot: SchedulingSnapshot) -> NodeChoice {
    if let name = preemptor.nominations.node(of: pod.uid),
      let position = snapshot.nodes.firstIndex(where: { $0.name == name }),
      snapshot.failure(
        pod, at: position, with: snapshot.nodes[position],
        looksAround: snapshot.looksAround(for: pod)) == nil
    {
      return .node(name)
    }
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
      guard let current = server.current(pod) else { return }
      try server.bind(current, to: node)
    } catch {
      if error.isNotFound || error.isConflict { return }
      // An error is no reason to wait for a change of the cluster, only for the back-off. Others may
      // have the place that was meant for the pod.
      waitFor([queue.erred(entry, now: now)])
      return moveAll(.podGone(scheduling))
    }
    cache.place(scheduling, on: node)
    let (namespace, name) = (pod.metadata.namespace, pod.metadata.name)
    var message = "Successfully assigned "
    message.reserveCapacity(
      message.utf8.count + namespace.utf8.count + name.utf8.count + node.utf8.count + 5)
    for part in [namespace, "/", name, " to ", node] { message += part }
    events.recordOnce(pod, .normal, "Scheduled", action: "Binding", message)
  }

  /// Tells that a pod fits nowhere; nil leaves the node it waits for as it is.
  private func fail(
    _ pod: Pod, _ scheduling: SchedulingPod, _ message: String, _ entry: SchedulingQueue.Entry,
    nominatedNode: String? = nil, rejectedBy plugins: SchedulingPlugins
  ) {
    if plugins.isEmpty {
      waitFor([queue.erred(entry, now: now)])
    } else {
      queue.failed(entry, scheduling, rejectedBy: plugins, now: now)
      scheduleFlush()
    }
    events.record(pod, .warning, "FailedScheduling", action: "Scheduling", message)
    let time = server.now
    _ = try? server.modifyStatus(Pod.self, pod.metadata.namespace, pod.metadata.name) { pod in
      if let nominatedNode { pod.status.nominatedNodeName = nominatedNode }
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
    simulation.schedule(after: .seconds(SchedulerDefaults.flushSeconds)) { [weak self] in
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
  private func defaultSpreadSelector(_ pod: Pod, _ scheduling: SchedulingPod) -> LabelSelector? {
    let owner = pod.metadata.controller
    let set =
      owner?.kind == "ReplicaSet"
      ? owner.flatMap { replicaSets.find(pod.metadata.namespace, $0.name) } : nil
    return spreadSelectors.selector(scheduling.traits, set) { defaultSpreadSelector(pod, set) }
  }

  private func defaultSpreadSelector(_ pod: Pod, _ set: ReplicaSet?) -> LabelSelector? {
    var selector = LabelSelector()
    for service in serviceSelectors.services(pod.metadata.namespace, pod.metadata.labels) {
      selector.matchLabels.merge(serviceSelectors.selector(service)) { _, new in new }
    }
    if let set {
      selector.matchLabels.merge(set.spec.selector.matchLabels) { _, new in new }
      selector.matchExpressions += set.spec.selector.matchExpressions
    }
    return selector.isEmpty ? nil : selector
  }
}
