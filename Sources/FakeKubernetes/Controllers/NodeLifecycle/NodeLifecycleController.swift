import KubernetesAPI
import SimulationKernel

/// Notices silent nodes, taints them, and marks their pods as not ready.
///
/// Source: `pkg/controller/nodelifecycle/node_lifecycle_controller.go`.
package final class NodeLifecycleController {
  private let server: APIServer
  private let simulation: Simulation
  private let settings: NodeLifecycleSettings
  private let recorder: EventRecorder
  private let nodes: Informer<Node>
  private let pods: Informer<Pod>
  private let podsByNode: Int
  private let leases: Informer<Lease>
  private var health: [String: NodeHealth] = [:]
  private var known: [String: Node] = [:]
  private var tainting: [String] = []
  private var lastTaint: [String: Int64] = [:]
  private var isFullyDisrupted = false

  package init(
    server: APIServer, informers: SharedInformers,
    settings: NodeLifecycleSettings = NodeLifecycleSettings()
  ) {
    self.server = server
    simulation = server.simulation
    self.settings = settings
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
      if server.faults.isDown { health = [:] } else { monitor() }
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
    let names = Set(all.map(\.metadata.name))
    for name in known.keys.sorted() where !names.contains(name) {
      event(
        name, .normal, "RemovingNode", "Node \(name) event: Removing Node \(name) from Controller")
      known[name] = nil
      health[name] = nil
      tainting.removeAll { $0 == name }
    }
    for node in all where known[node.metadata.name] == nil {
      let name = node.metadata.name
      event(
        name, .normal, "RegisteredNode",
        "Node \(name) event: Registered Node \(name) in Controller")
    }
    for node in all {
      known[node.metadata.name] = node
      examine(node)
    }
    updateDisruption(all)
    taintSome()
  }

  private func examine(_ node: Node) {
    let name = node.metadata.name
    let observed = node.status.conditions.first("Ready")?.status
    var health = health[name] ?? NodeHealth(now: now)
    let renewTime = leases.find("kube-node-lease", name)?.spec.renewTime
    health.observe(node, lease: renewTime, now: now)
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
    self.health[name] = health
    follow(node, observed: observed, current: current)
  }

  private func follow(_ node: Node, observed: ConditionStatus?, current: ConditionStatus?) {
    let name = node.metadata.name
    if current == .true {
      tainting.removeAll { $0 == name }
      removeNoExecute(node)
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
  private func updateDisruption(_ all: [Node]) {
    let ready = all.count { health[$0.metadata.name]?.ready == .true }
    let isFull = !all.isEmpty && ready == 0
    if isFull && !isFullyDisrupted { for node in all { removeNoExecute(node) } }
    if isFullyDisrupted && !isFull {
      // The nodes get a new grace before eviction goes on.
      lastTaint = [:]
    }
    isFullyDisrupted = isFull
  }

  /// One node of a zone every 10 s; none where more than half of a small zone is lost.
  private func taintSome() {
    if isFullyDisrupted { return }
    for name in tainting {
      guard let node = nodes.find("", name) else { continue }
      let zone = zone(of: node)
      let ready = health[name]?.ready
      guard let key = NodeTaintRules.noExecuteKey(ready) else { continue }
      if node.spec.taints.contains(where: { $0.key == key && $0.effect == "NoExecute" }) {
        continue
      }
      let interval = intervalNanoseconds(zone)
      guard interval > 0 else { continue }
      if let last = lastTaint[zone], now - last < interval { continue }
      lastTaint[zone] = now
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

  /// 0.1 nodes a second (NodeEvictionRate).
  static let taintIntervalNanoseconds: Int64 = 10_000_000_000
  /// 0.01 nodes a second in a partly lost zone of a large cluster (SecondaryNodeEvictionRate).
  static let slowTaintIntervalNanoseconds: Int64 = 100_000_000_000
  /// From which part of lost nodes on a zone counts as partly lost (UnhealthyZoneThreshold).
  static let unhealthyZonePercent = 55
  /// Up to so many nodes a partly lost zone's nodes are not tainted (LargeClusterSizeThreshold).
  static let largeClusterNodes = 50

  /// Nanoseconds between two taints in a zone; 0: none.
  private func intervalNanoseconds(_ zone: String) -> Int64 {
    let members = known.values.filter { self.zone(of: $0) == zone }
    let lost = members.count { health[$0.metadata.name]?.ready != .true }
    let isPartial =
      lost > 2 && lost * 100 >= members.count * Self.unhealthyZonePercent && lost < members.count
    if !isPartial { return Self.taintIntervalNanoseconds }
    return members.count > Self.largeClusterNodes ? Self.slowTaintIntervalNanoseconds : 0
  }

  private func event(
    _ node: String, _ severity: EventRecorder.Severity, _ reason: String, _ message: String
  ) {
    var reference = ObjectReference()
    reference.kind = "Node"
    reference.apiVersion = "v1"
    reference.name = node
    reference.uid = known[node]?.metadata.uid ?? nodes.find("", node)?.metadata.uid ?? ""
    recorder.record(reference, severity, reason, message)
  }
}
