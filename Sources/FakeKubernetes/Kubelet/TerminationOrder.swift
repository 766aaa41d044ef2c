import KubernetesAPI

/// The order in which the containers of a pod with sidecars are stopped.
///
/// A sidecar waits for all containers and for the sidecar after it, at most as long as it has
/// grace. Source: `pkg/kubelet/kuberuntime/kuberuntime_termination_order.go`.
final class TerminationOrder {
  private var prerequisites: [String: [String]] = [:]
  private var running: Set<String>
  private var waiters: [(name: String, action: () -> Void)] = []

  /// nil: the pod has no sidecars and no order.
  init?(_ spec: PodSpec, running: Set<String>) {
    let sidecars = spec.initContainers.filter(PodStatusRules.isSidecar)
    if sidecars.isEmpty { return nil }
    self.running = running
    var next: String?
    for sidecar in sidecars.reversed() {
      prerequisites[sidecar.name] = spec.containers.map(\.name) + (next.map { [$0] } ?? [])
      next = sidecar.name
    }
  }

  private func mayGo(_ name: String) -> Bool {
    !(prerequisites[name] ?? []).contains { running.contains($0) }
  }

  /// Calls once when it is the container's turn, at once if it is.
  func whenTurn(_ name: String, _ action: @escaping () -> Void) {
    if mayGo(name) { action() } else { waiters.append((name, action)) }
  }

  /// A container has ended.
  func ended(_ name: String) {
    running.remove(name)
    let ready = waiters.filter { mayGo($0.name) }
    waiters.removeAll { mayGo($0.name) }
    for waiter in ready { waiter.action() }
  }
}
