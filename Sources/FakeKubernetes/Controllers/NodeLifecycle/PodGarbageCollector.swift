import KubernetesAPI
import SimulationKernel

/// Removes pods whose node is gone, and unbound ones that are being deleted.
///
/// Source: `pkg/controller/podgc/gc_controller.go`. A missing node is quarantined for 40 s first.
package final class PodGarbageCollector {
  private let server: APIServer
  private let simulation: Simulation
  private let settings: NodeLifecycleSettings
  private let nodes: Informer<Node>
  private let pods: Informer<Pod>
  private let podsByNode: Int
  private let endingUnbound: Int
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
    podsByNode = pods.addIndex("node") { $0.spec.nodeName.isEmpty ? nil : $0.spec.nodeName }
    endingUnbound = pods.addIndex("unbound and being deleted") {
      $0.spec.nodeName.isEmpty && $0.metadata.isBeingDeleted ? "" : nil
    }
    later()
  }

  private func later() {
    simulation.schedule(after: settings.podCollectionPeriod) { [weak self] in
      self?.collect()
      self?.later()
    }
  }

  private func collect() {
    let missing = pods.values(index: podsByNode).filter { nodes.find("", $0) == nil }
    let now = simulation.now.nanoseconds
    missingSince = missingSince.filter { missing.contains($0.key) }
    for name in missing where missingSince[name] == nil { missingSince[name] = now }
    for pod in pods.objects(index: endingUnbound, "") { remove(pod) }
    let homeless = missing.filter { name in
      now - (missingSince[name] ?? now) >= settings.orphanQuarantine.wholeNanoseconds
        && server.find(Node.self, "", name) == nil
    }
    for pod in homeless.flatMap({ pods.objects(index: podsByNode, $0) }).sorted(by: {
      $0.key < $1.key
    }) {
      if !pod.isTerminal {
        _ = try? server.modifyStatus(Pod.self, pod.metadata.namespace, pod.metadata.name) {
          $0.status.phase = "Failed"
          $0.status.setDisruption(
            reason: "DeletionByPodGC", message: "PodGC: node no longer exists", now: server.now)
        }
      }
      remove(pod)
    }
  }

  private func remove(_ pod: Pod) {
    let options = DeleteOptions(gracePeriodSeconds: 0, uid: pod.metadata.uid)
    _ = try? server.delete(
      Pod.self, pod.metadata.namespace, pod.metadata.name, options: options)
  }
}
