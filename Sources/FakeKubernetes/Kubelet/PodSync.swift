import KubernetesAPI
import SimulationKernel

/// One sync of a pod that is to run (`kubelet.go` SyncPod and `kuberuntime_manager.go` SyncPod).
///
/// Status first, then volumes, then containers: those that must go are killed, a sandbox is made if
/// there is none, and what should run is started, one container after the other.
final class PodSync {
  let worker: PodWorker
  let kubelet: Kubelet
  let snapshot: RuntimePodSnapshot
  private var hasError = false

  init(_ worker: PodWorker, _ snapshot: RuntimePodSnapshot) {
    self.worker = worker
    self.snapshot = snapshot
    kubelet = worker.kubelet
  }

  private var pod: Pod { worker.pod }

  func run() {
    worker.resize.look(worker)
    let builder = PodStatusBuilder(kubelet: kubelet, worker: worker, snapshot: snapshot)
    let status = builder.build(isTerminal: false)
    kubelet.writer.set(pod, status)
    if status.phase == "Failed" || status.phase == "Succeeded" { return worker.becameTerminal() }
    kubelet.armDeadline(worker, status)
    worker.isWaitingForVolumes = true
    worker.volumes.whenMounted { [self] areMounted in
      guard kubelet.isRunning else { return }
      worker.isWaitingForVolumes = false
      // `pkg/kubelet/volumemanager/volume_manager.go`: a wait that is over says nothing.
      guard areMounted else { return worker.finish(.error) }
      kubelet.probes.add(pod)
      act(PodActions(pod: pod, snapshot: snapshot, verdicts: verdicts))
    }
  }

  private var verdicts: PodActions.Verdicts {
    let (probes, uid) = (kubelet.probes, worker.uid)
    return PodActions.Verdicts(
      isStarted: { probes.hasStarted(uid, container: $0.name, containerID: Self.id($1)) },
      condemns: { probes.wantsKill(uid, container: $0.name, containerID: Self.id($1)) },
      resizes: { [worker] in worker.resize.restarting.remove($0.name) != nil })
  }

  private static func id(_ record: ContainerRecord) -> String { "containerd://" + record.id }

  private func act(_ actions: PodActions) {
    if actions.endsPod { return endAll() }
    kill(actions.kills[...]) { [self] in makeSandbox(actions) }
  }

  /// One after the other.
  private func kill(_ kills: ArraySlice<PodActions.Kill>, _ completion: @escaping () -> Void) {
    guard let first = kills.first else { return completion() }
    ContainerKill(
      kubelet: kubelet, worker: worker, container: first.container, isInit: first.isInit,
      containerID: first.containerID, graceSeconds: first.graceSeconds, message: first.message
    ).run { [self] in kill(kills.dropFirst(), completion) }
  }

  /// Nothing is left to run and nothing to start: what still runs is stopped, and the sandbox.
  private func endAll() {
    PodKill(kubelet: kubelet, worker: worker).run(snapshot.containers) { [self] in
      kubelet.after(kubelet.timings.stopSandbox) { [self] in
        kubelet.runtime.stopSandboxes(worker.uid)
        worker.finish(.success)
      }
    }
  }

  private func makeSandbox(_ actions: PodActions) {
    if snapshot.sandboxes.first?.isReady == true { return start(actions.starts) }
    if !snapshot.sandboxes.isEmpty {
      worker.event(
        .normal("SandboxChanged", "Pod sandbox changed, it will be killed and re-created."))
    }
    kubelet.after(kubelet.timings.sandbox) { [self] in
      let ip = pod.spec.hostNetwork ? "" : kubelet.allocateAddress()
      kubelet.runtime.addSandbox(pod, ip: ip)
      start(actions.starts)
    }
  }

  private func start(_ starts: [PodActions.Start]) {
    guard kubelet.isRunning else { return }
    guard let first = starts.first else { return worker.finish(hasError ? .error : .success) }
    ContainerStart(worker: worker, snapshot: snapshot, start: first).run { [self] failure in
      worker.failures[first.container.name] = failure
      if failure != nil {
        hasError = true
        if first.isInit && !first.isSidecar { return worker.finish(.error) }
      }
      start(Array(starts.dropFirst()))
    }
  }
}
