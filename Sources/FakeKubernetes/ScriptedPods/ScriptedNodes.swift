package import KubernetesAPI
import SimulationKernel

/// Nodes whose kubelet is a script: they register, renew their lease, die and return.
package final class ScriptedNodes {
  private static let leaseInterval = Duration.seconds(7)

  private let server: APIServer
  /// Those whose kubelet does not work.
  @exclusivity(unchecked) private var dead: Set<String> = []
  private var waiting: [String: [() -> Void]] = [:]
  private var returned: [(String) -> Void] = []

  package init(server: APIServer) { self.server = server }

  /// Registers a node as Ready and keeps its lease.
  package func add(_ node: Node) throws(StatusError) {
    var node = node
    node.status.conditions = [readyCondition()]
    try server.create(node)
    dead.remove(node.metadata.name)
    renew(node.metadata.name)
  }

  /// Whether the node's kubelet works.
  package func isAlive(_ name: String) -> Bool { dead.isEmpty || !dead.contains(name) }

  /// Stops or starts a node's kubelet.
  package func setAlive(_ name: String, _ alive: Bool) {
    let wasAlive = isAlive(name)
    if alive { dead.remove(name) } else { dead.insert(name) }
    guard alive, !wasAlive else { return }
    renewNow(name)
    postReady(name)
    for action in returned { action(name) }
    let steps = waiting.removeValue(forKey: name) ?? []
    for step in steps { step() }
  }

  /// Deletes a node; its kubelet stops.
  package func remove(_ name: String) throws(StatusError) {
    dead.insert(name)
    try server.delete(Node.self, "", name)
  }

  /// Performs a step of a node's kubelet, now or when the node has returned.
  func perform(on node: String, _ step: @escaping () -> Void) {
    if isAlive(node) { step() } else { waiting[node, default: []].append(step) }
  }

  /// Calls `action` when a node has returned, before the steps that waited.
  func onReturn(_ action: @escaping (String) -> Void) { returned.append(action) }

  private func readyCondition() -> Condition {
    var condition = Condition(
      type: "Ready", status: .true, reason: "KubeletReady",
      message: "kubelet is posting ready status", lastTransitionTime: server.now)
    condition.lastHeartbeatTime = server.now
    return condition
  }

  private func postReady(_ name: String) {
    // The node may have been deleted meanwhile.
    _ = try? server.modifyStatus(Node.self, "", name) { node in
      var condition = readyCondition()
      if let current = node.status.conditions.first("Ready"), current.status == .true {
        condition.lastTransitionTime = current.lastTransitionTime
      }
      node.status.conditions.removeAll { $0.type == "Ready" }
      node.status.conditions.append(condition)
    }
  }

  private func renew(_ name: String) {
    if isAlive(name) { renewNow(name) }
    server.simulation.schedule(after: Self.leaseInterval) { [weak self] in
      guard let self, let node = server.find(Node.self, "", name) else { return }
      renew(name)
      // As a kubelet that finds its node reported otherwise, after beats that nobody saw.
      if isAlive(name), node.readiness != .true {
        postReady(name)
        for action in returned { action(name) }
      }
    }
  }

  private func renewNow(_ name: String) {
    let fraction = server.wallNanoseconds % 1_000_000_000 / 1000
    let time = server.now.microText(microseconds: fraction)
    let namespace = "kube-node-lease"
    do throws(StatusError) {
      do throws(StatusError) {
        try server.modify(Lease.self, namespace, name) { $0.spec.renewTime = time }
      } catch {
        if !error.isNotFound { throw error }
        var lease = Lease()
        lease.metadata.name = name
        lease.metadata.namespace = namespace
        lease.spec.holderIdentity = name
        lease.spec.leaseDurationSeconds = 40
        lease.spec.renewTime = time
        try server.create(lease)
      }
    } catch {
      // The API server refused a lease of ours: nothing that a kubelet could do about it.
      server.simulation.trace.record("kubelet.lease-failed", name)
    }
  }
}
