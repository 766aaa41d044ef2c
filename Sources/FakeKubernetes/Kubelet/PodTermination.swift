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
    let builder = PodStatusBuilder(kubelet: kubelet, worker: worker, snapshot: snapshot)
    kubelet.writer.set(worker.pod, builder.build(isTerminal: false))
    kubelet.probes.stopLivenessAndStartup(worker.pod)
    PodKill(kubelet: kubelet, worker: worker, graceSeconds: graceSeconds)
      .run(kubelet.runtime.snapshot(worker.uid).containers) { [self] in stopSandbox() }
  }

  /// At least a second (`pod_workers.go` calculateEffectiveGracePeriod).
  private var graceSeconds: Int64 {
    if worker.isEvicted { return 1 }
    let pod = worker.pod
    return max(
      1, pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30)
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
