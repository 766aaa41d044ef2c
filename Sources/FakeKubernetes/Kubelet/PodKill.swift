import KubernetesAPI

/// Stops all running containers of a pod, sidecars in their order after the others.
///
/// Source: `kuberuntime_container.go` killContainersWithSyncResult. All are told at once, and all
/// preStop hooks run at once; what waits for its turn is only the signal.
struct PodKill {
  let kubelet: Kubelet
  let worker: PodWorker
  /// nil: each container's own.
  var graceSeconds: Int64?

  /// Calls back when none of the given containers runs any more.
  func run(_ records: [ContainerRecord], _ completion: @escaping () -> Void) {
    let spec = worker.pod.spec
    let running = records.filter { $0.state == .running }
    let order = TerminationOrder(spec, running: Set(running.map(\.name)))
    let containers = spec.initContainers.map { ($0, true) } + spec.containers.map { ($0, false) }
    let kills = running.reversed().compactMap { record in
      containers.first { $0.0.name == record.name }.map { container, isInit in
        ContainerKill(
          kubelet: kubelet, worker: worker, container: container, isInit: isInit,
          containerID: record.id,
          graceSeconds: graceSeconds ?? spec.terminationGracePeriodSeconds ?? 30,
          message: "Stopping container \(container.name)", order: order)
      }
    }
    var rest = kills.count
    if rest == 0 { return completion() }
    for kill in kills {
      kill.run {
        rest -= 1
        if rest == 0 { completion() }
      }
    }
  }
}
