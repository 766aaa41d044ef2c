import JSON
import KubernetesAPI
import SimulationKernel

@testable import FakeKubernetes

/// What must hold in a cluster after every write, whatever happens to it.
final class ClusterInvariants {
  private static let failuresMax = 5
  private static let effectMax = Duration.seconds(60)
  private static let collectionMax = Duration.seconds(90)

  private(set) var failures: [String] = []
  private let server: APIServer
  private var lastVersion: Int64 = 0
  private var rollouts: [String: RolloutWatch] = [:]
  /// The Deployment of each ReplicaSet, by uid.
  private var deploymentOf: [String: String] = [:]
  /// How many pods each ReplicaSet wants, by uid.
  private var wanted: [String: Int] = [:]
  /// Pods by the uid of their controller.
  private var owned: [String: [String: Pod]] = [:]
  private var controllerOf: [String: String] = [:]
  private var onNode: [String: [String: Pod]] = [:]
  private var nodeOf: [String: String] = [:]
  /// When the owner of something went, by its uid.
  private var goneSince: [String: SimulationTime] = [:]
  private var replayed: [String: [String: JSONValue]] = [:]
  private var watches: [Observation] = []
  private var mustRest = false

  private static let watchedKinds = [
    "pods", "replicasets.apps", "deployments.apps", "endpointslices.discovery.k8s.io",
  ]

  init(_ server: APIServer) throws {
    self.server = server
    server.observe { [unowned self] in committed($0) }
    for kind in Self.watchedKinds {
      watches.append(
        try server.watch(kind) { [unowned self] event in
          let key = event.object["metadata"]?["name"]?.stringValue ?? ""
          replayed[kind, default: [:]][key] = event.kind == .deleted ? nil : event.object
        })
    }
  }

  func fail(_ text: String) {
    if failures.count < Self.failuresMax { failures.append("\(server.simulation.now): \(text)") }
  }

  // MARK: - What is known to disturb

  /// A pod or node is about to be lost: fewer pods may be available, until a complete state after
  /// the pods of a lost node have been noticed and collected.
  func disturbAvailability() {
    let time = server.simulation.now + Self.collectionMax
    for uid in rollouts.keys { rollouts[uid]?.disturb(until: time) }
  }

  /// Owners and owned are about to be torn apart: nothing is promised until a complete state
  /// after every controller has seen it, also one whose watch is cut.
  func disturbAll() {
    let time = server.simulation.now + Self.effectMax
    for uid in rollouts.keys { rollouts[uid]?.unsettle(until: time) }
  }

  // MARK: - Every write

  private func committed(_ change: Change) {
    if change.version <= lastVersion { fail("version \(change.version) after \(lastVersion)") }
    lastVersion = change.version
    let uid = change.object.metadata.uid
    if change.kind == .deleted { goneSince[uid] = server.simulation.now }
    if mustRest, Self.shouldRest(change.resource) {
      fail("\(change.kind) \(change.resource) \(change.key) although nothing happens any more")
    }
    if let deployment = change.object as? Deployment {
      deploymentChanged(deployment, isGone: change.kind == .deleted)
    } else if let replicaSet = change.object as? ReplicaSet {
      deploymentOf[uid] = change.kind == .deleted ? nil : replicaSet.metadata.controllerUID
      wanted[uid] = change.kind == .deleted ? nil : replicaSet.desired
      if let owner = deploymentOf[uid] { check(owner) }
    } else if let pod = change.object as? Pod {
      podChanged(pod, change.previous as? Pod, isGone: change.kind == .deleted)
    }
  }

  private static func shouldRest(_ resource: ResourceType) -> Bool {
    ![Lease.resource, Event.resource, Node.resource].contains(resource)
  }

  private func deploymentChanged(_ deployment: Deployment, isGone: Bool) {
    let uid = deployment.metadata.uid
    if isGone || deployment.metadata.isBeingDeleted {
      rollouts[uid] = nil
      return
    }
    var rollout = rollouts[uid] ?? RolloutWatch(deployment)
    rollout.take(deployment)
    rollouts[uid] = rollout
    check(uid)
  }

  private func podChanged(_ pod: Pod, _ previous: Pod?, isGone: Bool) {
    let uid = pod.metadata.uid
    if let owner = controllerOf[uid] { owned[owner]?[uid] = nil }
    if let node = nodeOf[uid] { onNode[node]?[uid] = nil }
    let owner = pod.metadata.controllerUID
    controllerOf[uid] = isGone ? nil : owner
    nodeOf[uid] = isGone || pod.spec.nodeName.isEmpty || pod.isTerminal ? nil : pod.spec.nodeName
    if let owner, !isGone { owned[owner, default: [:]][uid] = pod }
    if let node = nodeOf[uid] {
      onNode[node, default: [:]][uid] = pod
      checkCapacity(node)
    }
    guard let owner, let deployment = deploymentOf[owner] else { return }
    let hasFailed = (previous?.isReady ?? false) && !pod.isReady && !pod.metadata.isBeingDeleted
    if hasFailed { rollouts[deployment]?.disturb(until: server.simulation.now) }
    check(deployment)
  }

  private func checkCapacity(_ name: String) {
    guard let node = server.find(Node.self, "", name), let pods = onNode[name] else { return }
    let limit = node.status.allocatable["pods"]?.value ?? 0
    if Int64(pods.count) > limit { fail("\(pods.count) pods on \(name), which takes \(limit)") }
    let used = pods.values.reduce(Int64(0)) {
      $0 + PodRequests.total($1.spec.content.value, defaults: [:]).cpu
    }
    let cpu = node.status.allocatable["cpu"]?.milliValue ?? 0
    if used > cpu { fail("\(used) m of CPU on \(name), which has \(cpu)") }
  }

  /// The bounds of a rolling update.
  ///
  /// With minReadySeconds ready pods are counted: which of its pods a ReplicaSet deletes does not
  /// depend on whether they have been ready for long enough (`controller_utils.go`
  /// ActivePodsWithRanks), so that an available one may go and one that is only ready stay.
  private func check(_ uid: String) {
    guard var rollout = rollouts[uid] else { return }
    var live = 0
    var available = 0
    var surplus = 0
    var ready = 0
    for (replicaSet, owner) in deploymentOf where owner == uid {
      let pods = (owned[replicaSet] ?? [:]).values.filter(\.isActive)
      live += pods.count
      surplus += max(0, pods.count - (wanted[replicaSet] ?? 0))
      available += pods.count {
        $0.isAvailable(minReadySeconds: rollout.minReadySeconds, now: server.now)
      }
      ready += pods.count(where: \.isReady)
    }
    rollout.settle(live: live, available: available, now: server.simulation.now)
    let objection = rollout.objection(
      live: live, surplus: surplus, available: rollout.minReadySeconds > 0 ? ready : available,
      now: server.simulation.now)
    rollouts[uid] = rollout
    guard let objection else { return }
    let sizes = server.list(ReplicaSet.self).filter { deploymentOf[$0.metadata.uid] == uid }
    let words = sizes.map { replicaSet in
      let pods = (owned[replicaSet.metadata.uid] ?? [:]).values
      let unavailable = pods.filter {
        !$0.isAvailable(minReadySeconds: rollout.minReadySeconds, now: server.now)
      }
      return "\(replicaSet.metadata.name) wants \(replicaSet.desired), "
        + "has \(pods.count(where: \.isActive)), says \(replicaSet.status.availableReplicas) "
        + "available, not so \(unavailable.map(\.metadata.name).sorted())"
    }
    fail(objection + ": " + words.joined(separator: "; "))
  }

  // MARK: - At the end

  /// From now on nothing but heart-beats may be written.
  func expectRest() { mustRest = true }

  /// What must hold when nothing has happened for long.
  func checkAtRest() {
    mustRest = false
    for kind in Self.watchedKinds {
      var listed: [String: JSONValue] = [:]
      if case .success(let items) = server.list(
        kind, namespace: ClusterSequence.namespace, labelSelector: "")
      {
        for item in items { listed[item["metadata"]?["name"]?.stringValue ?? ""] = item }
      }
      if listed != replayed[kind] ?? [:] { fail("a watch of \(kind) replays to something else") }
    }
    for type in KindRegistry.types { checkOwners(type) }
    for deployment in server.list(Deployment.self) where !isHeld(deployment) {
      let status = deployment.status
      let desired = deployment.spec.replicas ?? 1
      if status.availableReplicas != desired || status.replicas != desired
        || status.updatedReplicas != desired
      {
        fail(
          "\(deployment.metadata.name) rests with \(status.availableReplicas) available and "
            + "\(status.updatedReplicas) updated of \(status.replicas), wanted \(desired)")
      }
    }
  }

  /// What there is, for the message of a failure.
  func inventory() -> [String] {
    let sets = server.list(ReplicaSet.self).map {
      "\($0.metadata.name): wants \($0.spec.replicas ?? 1), has \($0.status.replicas), "
        + "\($0.status.availableReplicas) available\($0.metadata.isBeingDeleted ? ", ending" : "")"
    }
    let pods = server.list(Pod.self).map { pod in
      "\(pod.metadata.name) on \(pod.spec.nodeName): \(pod.status.phase)"
        + (pod.isReady ? ", ready" : "") + (pod.metadata.isBeingDeleted ? ", ending" : "")
        + (pod.metadata.controllerUID == nil ? ", nobody's" : "")
    }
    let deployments = server.list(Deployment.self).map { deployment in
      "\(deployment.metadata.name): \(deployment.spec.strategy.type), generation "
        + "\(deployment.metadata.generation), seen \(deployment.status.observedGeneration): "
        + deployment.status.conditions.map { "\($0.type) \($0.status) \($0.reason)" }
        .joined(separator: ", ")
    }
    let nodes = server.list(Node.self).map { node in
      "\(node.metadata.name): Ready \(node.status.conditions.first("Ready")?.status.rawValue ?? "?")"
        + (node.spec.unschedulable ? ", cordoned" : "")
        + node.spec.taints.map { ", \($0.key) \($0.effect)" }.joined()
    }
    return deployments + sets + pods + nodes
  }

  /// Whether upstream itself would not go on.
  ///
  /// A ReplicaSet says that another size was wanted, so that every look finds a change of size, and
  /// nothing to do about it: the only active one has the wanted size, or there are several and the
  /// strategy is Recreate.
  ///
  /// Source: `pkg/controller/deployment/sync.go` isScalingEvent, scale.
  private func isHeld(_ deployment: Deployment) -> Bool {
    let desired = deployment.spec.replicas ?? 1
    let active = server.list(ReplicaSet.self).filter {
      $0.metadata.controllerUID == deployment.metadata.uid && $0.desired > 0
    }
    let isScaling = active.contains {
      $0.annotation(integer: RevisionAnnotations.desiredReplicas) != desired
    }
    return isScaling
      && (active.count == 1 ? active[0].desired == desired : !deployment.isRollingUpdate)
  }

  private func checkOwners<Object: KubernetesObject>(_ type: Object.Type) {
    for object in server.list(type) {
      for owner in object.metadata.ownerReferences {
        guard let since = goneSince[owner.uid] else { continue }
        fail("\(Object.resource) \(object.key) is there, its owner gone since \(since)")
      }
    }
  }
}
