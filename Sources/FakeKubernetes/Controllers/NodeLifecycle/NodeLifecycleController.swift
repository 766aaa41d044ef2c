import KubernetesAPI
import SimulationKernel

/// Notices silent nodes, taints them, and marks their pods as not ready.
///
/// Source: `pkg/controller/nodelifecycle/node_lifecycle_controller.go`.
package final class NodeLifecycleController {
  private let server: APIServer
  private let simulation: Simulation
  private let settings: NodeLifecycleSettings
  private let graceNanoseconds: Int64
  private let recorder: EventRecorder
  private let nodes: Informer<Node>
  private let pods: Informer<Pod>
  private let podsByNode: Int
  private let leases: Informer<Lease>
  @exclusivity(unchecked) private var watched: [String: WatchedNode] = [:]
  /// The same by the node's place in the store.
  @exclusivity(unchecked) private var watchedByPlace: [WatchedNode?] = []
  @exclusivity(unchecked) private var tainting: [String] = []
  /// The zones in which nodes have been lost.
  private var zones: [String: ZoneEviction] = [:]
  private var isFullyDisrupted = false

  package init(
    server: APIServer, informers: SharedInformers,
    settings: NodeLifecycleSettings = NodeLifecycleSettings()
  ) {
    self.server = server
    simulation = server.simulation
    self.settings = settings
    graceNanoseconds = settings.gracePeriod.wholeNanoseconds
    recorder = EventRecorder(server: server, component: "node-controller")
    nodes = informers.informer(Node.self)
    pods = informers.informer(Pod.self)
    podsByNode = pods.addIndex("node", of: .binding) {
      $0.spec.nodeName.isEmpty ? nil : $0.spec.nodeName
    }
    leases = informers.informer(Lease.self)
    nodes.onChange { [weak self] _, new in
      if let new { self?.putRightNoSchedule(new) }
    }
    monitorLater()
  }

  private var now: Int64 { simulation.now.nanoseconds }

  /// How long a look at the nodes takes; the next one comes a period after its end.
  ///
  /// A grace period of ten periods has thus passed at the tenth look after the last heart-beat
  /// (`wait.UntilWithContext` slides).
  private static let lookTakes = Duration.milliseconds(2)

  private func monitorLater() {
    simulation.schedule(after: settings.monitorPeriod + Self.lookTakes) { [weak self] in
      guard let self else { return }
      // A controller manager that loses its lease ends; the next one has seen no heartbeat yet.
      if server.faults.isDown { forgetHealth() } else { monitor() }
      monitorLater()
    }
  }

  /// NoSchedule taints follow every change of a node.
  private func putRightNoSchedule(_ node: Node) {
    let name = node.metadata.name
    guard NodeTaintRules.withNoSchedule(node, now: server.now) != node.spec.taints else { return }
    simulation.schedule(afterNanoseconds: 2_000_000) { [weak self] in
      guard let self else { return }
      _ = try? server.modify(Node.self, "", name) {
        $0.spec.taints = NodeTaintRules.withNoSchedule($0, now: server.now)
      }
    }
  }

  // MARK: - Monitoring

  private func monitor() {
    let all = nodes.list()
    let known = all.map { watched(at: $0) }
    let isAnyGone = known.count { $0 != nil } < watched.count
    let names = isAnyGone ? Set(all.map(\.metadata.name)) : []
    for name in isAnyGone ? watched.keys.sorted() : [] where !names.contains(name) {
      event(
        name, .normal, "RemovingNode", "Node \(name) event: Removing Node \(name) from Controller")
      watched.removeValue(forKey: name)?.isGone = true
      tainting.removeAll { $0 == name }
    }
    for index in all.indices where known[index] == nil {
      let name = all[index].metadata.name
      event(
        name, .normal, "RegisteredNode",
        "Node \(name) event: Registered Node \(name) in Controller")
    }
    var ready = 0
    for index in all.indices {
      let watched = known[index] ?? watch(all[index])
      if isQuiet(watched, all[index]) || examine(watched, all[index]) == .true { ready += 1 }
    }
    updateDisruption(all, ready: ready)
    taintSome()
  }

  private func watched(at node: Node) -> WatchedNode? {
    let place = Int(node.metadata.place)
    guard place < watchedByPlace.count, let found = watchedByPlace[place], !found.isGone,
      found.node.metadata.sharesFields(with: node.metadata)
        || found.node.metadata.name == node.metadata.name
    else { return nil }
    return found
  }

  private func watch(_ node: Node) -> WatchedNode {
    let added = WatchedNode(node)
    watched[node.metadata.name] = added
    let place = Int(node.metadata.place)
    while watchedByPlace.count <= place { watchedByPlace.append(nil) }
    watchedByPlace[place] = added
    return added
  }

  private func forgetHealth() {
    for watched in watched.values {
      watched.health = nil
      watched.settledVersion = nil
    }
  }

  /// Whether a node is as it was when there was nothing to do for it, and not silent.
  private func isQuiet(_ watched: WatchedNode, _ node: Node) -> Bool {
    guard watched.settledVersion == node.metadata.version, var health = watched.health,
      let lease = leases.find(place: watched.lease.place),
      lease.metadata.sharesFields(with: watched.lease)
        || lease.metadata.name == node.metadata.name
    else { return false }
    if lease.metadata.version != watched.lease.version {
      health.observe(lease: lease.spec.renewTime, now: now)
      watched.health = health
      watched.lease = lease.metadata
    }
    return !health.isSilent(now: now, graceNanoseconds: graceNanoseconds)
  }

  /// Looks at a node's heart-beats; returns its Ready status afterwards.
  private func examine(_ watched: WatchedNode, _ node: Node) -> ConditionStatus? {
    watched.node = node
    let name = node.metadata.name
    let observed = node.status.conditions.status("Ready")
    var health = watched.health ?? NodeHealth(now: now)
    let lease = leases.find("kube-node-lease", name)
    health.observe(node, lease: lease?.spec.renewTime, now: now)
    let grace = observed == nil ? settings.startupGracePeriod : settings.gracePeriod
    var current = observed
    if health.isSilent(now: now, graceNanoseconds: grace.wholeNanoseconds) {
      current = .unknown
      if observed != .unknown {
        let changed = try? server.modifyStatus(Node.self, "", name) {
          $0.status.conditions = NodeHealth.lost($0.status.conditions, now: server.now)
        }
        if let changed { health.wrote(changed) }
      }
    }
    watched.health = health
    let isSettled = current == .true && node.spec.taints.isEmpty && !tainting.contains(name)
    watched.settledVersion = isSettled ? node.metadata.version : nil
    watched.lease = lease?.metadata ?? ObjectMeta()
    follow(node, observed: observed, current: current)
    return health.ready
  }

  private func follow(_ node: Node, observed: ConditionStatus?, current: ConditionStatus?) {
    let name = node.metadata.name
    if current == .true {
      if !tainting.isEmpty { tainting.removeAll { $0 == name } }
      if !node.spec.taints.isEmpty { removeNoExecute(node) }
    } else if !tainting.contains(name) {
      tainting.append(name)
    }
    if current != .true && observed == .true {
      event(name, .normal, "NodeNotReady", "Node \(name) status is now: NodeNotReady")
    }
    if current != .true { markPodsNotReady(name) }
  }

  private func removeNoExecute(_ node: Node) {
    guard NodeTaintRules.withNoExecute(node, key: nil, now: server.now) != node.spec.taints else {
      return
    }
    _ = try? server.modify(Node.self, "", node.metadata.name) {
      $0.spec.taints = NodeTaintRules.withNoExecute($0, key: nil, now: server.now)
    }
  }

  /// Ready becomes False at once, so that endpoints drop the pods.
  private func markPodsNotReady(_ node: String) {
    for pod in pods.objects(index: podsByNode, node) where pod.isReady {
      let key = pod.key
      let uid = pod.metadata.uid
      let changed = try? server.modifyStatus(Pod.self, key.namespace, key.name) { pod in
        guard pod.metadata.uid == uid,
          let index = pod.status.conditions.firstIndex(where: { $0.type == "Ready" }),
          pod.status.conditions[index].status == .true
        else { return }
        pod.status.conditions[index].status = .false
        pod.status.conditions[index].lastTransitionTime = server.now
      }
      if changed != nil { recorder.record(pod, .warning, "NodeNotReady", "Node is not ready") }
    }
  }

  // MARK: - NoExecute

  /// When no node is ready nothing is evicted: the fault may be the control plane's.
  private func updateDisruption(_ all: [Node], ready: Int) {
    if ready == all.count, zones.isEmpty { return }
    let isFull = !all.isEmpty && ready == 0
    let isOver = isFullyDisrupted && !isFull
    if isFull && !isFullyDisrupted { for node in all { removeNoExecute(node) } }
    isFullyDisrupted = isFull
    if isOver { for watched in watched.values { watched.health?.restartGrace(now: now) } }
    for (name, members) in zoneMembers(all) {
      var zone = zones[name] ?? ZoneEviction()
      let state = ZoneEviction.state(nodes: members.nodes, lost: members.lost)
      if isFull {
        zone.stop(now: now)
      } else if isOver {
        zone.resume(state, nodes: members.nodes, now: now)
      } else {
        zone.enter(state, nodes: members.nodes, now: now)
      }
      zones[name] = zone
    }
  }

  /// How many nodes each zone has, and how many of them are not ready.
  private func zoneMembers(_ all: [Node]) -> [String: (nodes: Int, lost: Int)] {
    var members: [String: (nodes: Int, lost: Int)] = [:]
    for node in all {
      let isLost = watched(at: node)?.health?.ready != .true
      members[zone(of: node), default: (0, 0)].nodes += 1
      if isLost { members[zone(of: node)]?.lost += 1 }
    }
    return members
  }

  /// One node of a zone every 10 s; none where more than half of a small zone is lost.
  private func taintSome() {
    if isFullyDisrupted { return }
    for name in tainting {
      guard let node = nodes.find("", name) else { continue }
      let zone = zone(of: node)
      let ready = watched[name]?.health?.ready
      guard let key = NodeTaintRules.noExecuteKey(ready) else { continue }
      if node.spec.taints.contains(where: { $0.key == key && $0.effect == "NoExecute" }) {
        continue
      }
      guard zones[zone]?.take(now: now) ?? false else { continue }
      _ = try? server.modify(Node.self, "", name) {
        $0.spec.taints = NodeTaintRules.withNoExecute($0, key: key, now: server.now)
      }
    }
  }

  private func zone(of node: Node) -> String {
    let labels = node.metadata.labels
    return (labels["topology.kubernetes.io/region"] ?? "") + "/"
      + (labels["topology.kubernetes.io/zone"] ?? "")
  }

  private func event(
    _ node: String, _ severity: EventRecorder.Severity, _ reason: String, _ message: String
  ) {
    var reference = ObjectReference()
    reference.kind = "Node"
    reference.apiVersion = "v1"
    reference.name = node
    reference.uid =
      watched[node]?.node.metadata.uid ?? nodes.find("", node)?.metadata.uid ?? ""
    recorder.record(reference, severity, reason, message)
  }
}

/// A node with what is remembered of it.
private final class WatchedNode {
  @exclusivity(unchecked) var node: Node
  @exclusivity(unchecked) var isGone = false
  /// Nil before the first look, and when the controller was started again.
  @exclusivity(unchecked) var health: NodeHealth?
  /// The version of the node at which there was nothing to do for it.
  @exclusivity(unchecked) var settledVersion: Int64?
  /// The metadata of the lease that was looked at, without a place if there was none.
  @exclusivity(unchecked) var lease = ObjectMeta()

  init(_ node: Node) { self.node = node }
}
