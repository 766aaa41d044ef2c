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

  /// The pod with the resources that are set aside for it.
  private var pod: Pod { worker.resize.allocated(worker.pod) }

  func run() {
    worker.resize.look(worker, snapshot)
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
      resizes: { [worker] container, _ in worker.resize.needsRestart(container) })
  }

  private static func id(_ record: ContainerRecord) -> String { "containerd://" + record.id }

  private func act(_ actions: PodActions) {
    if actions.endsPod { return endAll() }
    kill(actions.kills[...]) { [self] in
      if !resizeRunning() { hasError = true }
      makeSandbox(actions)
    }
  }

  /// Gives running containers what is set aside for them; false: they use too much of it.
  ///
  /// The next list of containers tells that they have it (`kuberuntime_manager.go`
  /// doPodResizeAction).
  private func resizeRunning() -> Bool {
    let running = Set(kubelet.runtime.runningProcesses(worker.uid).map(\.name))
    let changed = pod.spec.resizable.map(\.name).filter {
      running.contains($0) && worker.resize.differs($0)
    }
    if changed.isEmpty { return true }
    if let obstacle = MemoryDecrease(worker).obstacle(of: changed) {
      worker.resize.fail(obstacle)
      return false
    }
    worker.resize.clearFailure()
    for name in changed { worker.resize.give(name) }
    kubelet.relist.whenNewer(worker.uid, than: kubelet.simulation.now.nanoseconds) {
      [weak worker] _ in
      worker?.requestSync()
    }
    return true
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
