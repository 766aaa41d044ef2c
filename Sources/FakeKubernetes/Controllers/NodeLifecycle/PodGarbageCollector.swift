import KubernetesAPI
import SimulationKernel

/// Removes pods that nobody else would: ended ones beyond a number, those of nodes that are gone or
/// out of service, and unbound ones that are being deleted.
///
/// Source: `pkg/controller/podgc/gc_controller.go`. A missing node is quarantined for 40 s first.
package final class PodGarbageCollector {
  private let server: APIServer
  private let simulation: Simulation
  private let settings: NodeLifecycleSettings
  private let nodes: Informer<Node>
  private let pods: Informer<Pod>
  private let podsByNode: Int
  private let endingByNode: Int
  private let ended: Int
  private var missingSince: [String: Int64] = [:]

  package init(
    server: APIServer, informers: SharedInformers,
    settings: NodeLifecycleSettings = NodeLifecycleSettings()
  ) {
    self.server = server
    simulation = server.simulation
    self.settings = settings
    nodes = informers.informer(Node.self)
    pods = informers.informer(Pod.self)
    podsByNode = pods.addIndex("node", of: .binding) {
      $0.spec.nodeName.isEmpty ? nil : $0.spec.nodeName
    }
    endingByNode = pods.addIndex("node of a pod that is being deleted", of: [.deletion, .binding]) {
      $0.metadata.isBeingDeleted ? $0.spec.nodeName : nil
    }
    ended = pods.addIndex("ended", of: .end) { $0.isTerminal ? "" : nil }
    later()
  }

  private func later() {
    simulation.schedule(after: settings.podCollectionPeriod) { [weak self] in
      self?.collect()
      self?.later()
    }
  }

  private func collect() {
    collectEnded()
    collectOutOfService()
    collectOrphans()
    for pod in pods.objects(index: endingByNode, "") { failAndRemove(pod) }
  }

  /// Ended pods beyond the threshold go: evicted ones first, then the oldest.
  private func collectEnded() {
    let excess = pods.count(index: ended, "") - settings.endedPodsMax
    guard settings.endedPodsMax > 0, excess > 0 else { return }
    for pod in inOrderOfRemoval(pods.objects(index: ended, "")).prefix(excess) {
      failAndRemove(pod)
    }
  }

  /// Pods that are being deleted on a node that is not ready and that somebody declared to be out
  /// of service: its kubelet will never confirm their end.
  private func collectOutOfService() {
    let ending = pods.values(index: endingByNode).filter { name in
      guard let node = nodes.find("", name) else { return false }
      return node.status.conditions.first("Ready")?.status != .true
        && node.spec.taints.contains { $0.key == Self.outOfServiceTaint }
    }
    for pod in inOrderOfRemoval(ending.flatMap { pods.objects(index: endingByNode, $0) }) {
      failAndRemove(pod)
    }
  }

  private static let outOfServiceTaint = "node.kubernetes.io/out-of-service"

  private func collectOrphans() {
    let missing = pods.values(index: podsByNode).filter { nodes.find("", $0) == nil }
    let now = simulation.now.nanoseconds
    missingSince = missingSince.filter { missing.contains($0.key) }
    for name in missing where missingSince[name] == nil { missingSince[name] = now }
    let homeless = missing.filter { name in
      now - (missingSince[name] ?? now) >= settings.orphanQuarantine.wholeNanoseconds
        && server.find(Node.self, "", name) == nil
    }
    for pod in homeless.flatMap({ pods.objects(index: podsByNode, $0) }).sorted(by: {
      $0.key < $1.key
    }) {
      failAndRemove(pod) { [server] in
        $0.setDisruption(
          reason: "DeletionByPodGC", message: "PodGC: node no longer exists", now: server.now)
      }
    }
  }

  private func inOrderOfRemoval(_ pods: [Pod]) -> [Pod] {
    pods.sorted { left, right in
      let (leftIsEvicted, rightIsEvicted) = (left.isEvicted, right.isEvicted)
      if leftIsEvicted != rightIsEvicted { return leftIsEvicted }
      if left.metadata.creationTimestamp != right.metadata.creationTimestamp {
        guard let left = left.metadata.creationTimestamp else { return true }
        guard let right = right.metadata.creationTimestamp else { return false }
        return left < right
      }
      // Upstream's order of equal names in several namespaces is open.
      return (left.metadata.name, left.metadata.namespace)
        < (right.metadata.name, right.metadata.namespace)
    }
  }

  /// Marks a pod that has not ended as failed, so that nobody takes it for a running one, and
  /// deletes it without grace; not if marking fails.
  private func failAndRemove(_ pod: Pod, _ explain: @escaping (inout PodStatus) -> Void = { _ in })
  {
    if !pod.isTerminal {
      let marked = try? server.modifyStatus(
        Pod.self, pod.metadata.namespace, pod.metadata.name
      ) {
        $0.status.phase = "Failed"
        explain(&$0.status)
      }
      guard marked != nil else { return }
    }
    let options = DeleteOptions(gracePeriodSeconds: 0, uid: pod.metadata.uid)
    _ = try? server.delete(
      Pod.self, pod.metadata.namespace, pod.metadata.name, options: options)
  }
}

extension Pod {
  /// Whether a kubelet evicted it (`pkg/kubelet/eviction`, `PodIsEvicted`).
  fileprivate var isEvicted: Bool { status.phase == "Failed" && status.reason == "Evicted" }
}
