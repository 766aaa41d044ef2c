import KubernetesAPI
import SimulationKernel

/// Stops a pod's containers and its sandbox (`kubelet.go` SyncTerminatingPod).
final class PodTermination {
  private let worker: PodWorker
  private let kubelet: Kubelet
  private let snapshot: RuntimePodSnapshot

  init(_ worker: PodWorker, _ snapshot: RuntimePodSnapshot) {
    self.worker = worker
    self.snapshot = snapshot
    kubelet = worker.kubelet
  }

  func run() {
    worker.failures = [:]
    let builder = PodStatusBuilder(kubelet: kubelet, worker: worker, snapshot: snapshot)
    kubelet.writer.set(worker.pod, builder.build(isTerminal: false))
    kubelet.probes.stopLivenessAndStartup(worker.uid)
    let running = kubelet.runtime.snapshot(worker.uid).containers.filter { $0.state != .exited }
    let sidecars = Set(
      worker.pod.spec.initContainers.filter(PodStatusRules.isSidecar).map(\.name))
    let plain = running.filter { !sidecars.contains($0.name) }
    let late = running.filter { sidecars.contains($0.name) }
    kill(plain) { [self] in kill(late) { [self] in stopSandbox() } }
  }

  private func kill(_ records: [ContainerRecord], _ completion: @escaping () -> Void) {
    let spec = worker.pod.spec
    let usual =
      worker.pod.metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30
    let grace = worker.isEvicted ? 1 : usual
    let containers = spec.initContainers.map { ($0, true) } + spec.containers.map { ($0, false) }
    let kills = records.reversed().compactMap { record in
      containers.first { $0.0.name == record.name }.map { container, isInit in
        ContainerKill(
          kubelet: kubelet, worker: worker, container: container, isInit: isInit,
          containerID: record.id, graceSeconds: grace,
          message: "Stopping container \(container.name)")
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

  private func stopSandbox() {
    guard kubelet.isRunning else { return }
    kubelet.after(kubelet.timings.stopSandbox) { [self] in
      kubelet.runtime.stopSandboxes(worker.uid)
      kubelet.probes.remove(worker.uid)
      let builder = PodStatusBuilder(
        kubelet: kubelet, worker: worker, snapshot: kubelet.runtime.snapshot(worker.uid))
      kubelet.writer.set(worker.pod, builder.build(isTerminal: true))
      worker.stopped()
    }
  }
}
