import KubernetesAPI
import SimulationKernel

/// One sync of a pod that is to run (`kubelet.go` SyncPod and `kuberuntime_manager.go` SyncPod).
///
/// Status first, then volumes, then containers: those that probes condemned are killed, a sandbox
/// is made if there is none, and what should run is started, one container after the other.
final class PodSync {
  struct Start {
    var container: Container
    var isInit: Bool
  }

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
    worker.volumes.whenMounted { [self] in
      guard kubelet.isRunning else { return }
      worker.isWaitingForVolumes = false
      kubelet.probes.add(pod)
      killCondemned()
    }
  }

  // MARK: - Kills

  private func killCondemned() {
    if hasRunOut { return endAll() }
    let condemned = all.compactMap { container, isInit in
      snapshot.latest(container.name).flatMap { record in
        record.state == .running ? verdict(container, record, isInit) : nil
      }
    }
    var rest = condemned.count
    if rest == 0 { return makeSandbox(killed: []) }
    let names = Set(condemned.filter(\.restarts).map(\.container.name))
    let running = snapshot.containers.count { $0.state == .running }
    let isEnd = names.isEmpty && running == condemned.count
    for one in condemned {
      ContainerKill(
        kubelet: kubelet, worker: worker, container: one.container, isInit: one.isInit,
        containerID: one.record.id, graceSeconds: one.graceSeconds,
        message: isEnd ? "Stopping container \(one.container.name)" : one.message
      ).run { [self] in
        rest -= 1
        if rest > 0 { return }
        if isEnd { return endSandbox() }
        makeSandbox(killed: names)
      }
    }
  }

  /// Whether nothing but sidecars runs and nothing will be started again.
  private var hasRunOut: Bool {
    let isOver = pod.spec.containers.allSatisfy { container in
      snapshot.latest(container.name)?.state == .exited
        && !PodStatusRules.shouldRestart(container, pod: pod, snapshot: snapshot)
    }
    return isOver && snapshot.sandboxes.first?.isReady == true
  }

  private func endAll() {
    let kills = pod.spec.initContainers.compactMap { container in
      snapshot.latest(container.name).flatMap { record in
        record.state != .running
          ? nil
          : ContainerKill(
            kubelet: kubelet, worker: worker, container: container, isInit: true,
            containerID: record.id, graceSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
            message: "Stopping container \(container.name)")
      }
    }
    var rest = kills.count
    if rest == 0 { return endSandbox() }
    for kill in kills {
      kill.run { [self] in
        rest -= 1
        if rest == 0 { endSandbox() }
      }
    }
  }

  private struct Verdict {
    var container: Container
    var record: ContainerRecord
    var isInit: Bool
    var restarts: Bool
    var graceSeconds: Int64
    var message: String
  }

  /// Whether a running container must go: a probe says so, or its image was changed.
  private func verdict(
    _ container: Container, _ record: ContainerRecord, _ isInit: Bool
  ) -> Verdict? {
    let grace = pod.spec.terminationGracePeriodSeconds ?? 30
    if record.image != container.image {
      return Verdict(
        container: container, record: record, isInit: isInit, restarts: true,
        graceSeconds: grace,
        message: "Container \(container.name) definition changed, will be restarted")
    }
    if worker.resize.restarting.remove(container.name) != nil {
      return Verdict(
        container: container, record: record, isInit: isInit, restarts: true,
        graceSeconds: grace, message: "Container \(container.name) resize requires restart")
    }
    let id = "containerd://" + record.id
    guard
      let kind = kubelet.probes.wantsKill(worker.uid, container: container.name, containerID: id)
    else { return nil }
    let probe = kind == .liveness ? container.livenessProbe : container.startupProbe
    let restarts = pod.spec.restartPolicy != "Never" || isInit
    return Verdict(
      container: container, record: record, isInit: isInit, restarts: restarts,
      graceSeconds: probe?.terminationGracePeriodSeconds ?? grace,
      message: "Container \(container.name) failed \(kind.rawValue.lowercased()) probe"
        + (restarts ? ", will be restarted" : ""))
  }

  /// Nothing is left to run and nothing to start: the pod ends.
  private func endSandbox() {
    kubelet.after(kubelet.timings.stopSandbox) { [self] in
      kubelet.runtime.stopSandboxes(worker.uid)
      worker.finish(.success)
    }
  }

  private var all: [(Container, Bool)] {
    pod.spec.initContainers.filter(PodStatusRules.isSidecar).map { ($0, true) }
      + pod.spec.containers.map { ($0, false) }
  }

  // MARK: - Sandbox

  private func makeSandbox(killed: Set<String>) {
    if let sandbox = snapshot.sandboxes.first, sandbox.isReady {
      return start(containersToStart(killed: killed, isSandboxNew: false))
    }
    let isAnew = !snapshot.sandboxes.isEmpty
    if isAnew {
      worker.event(
        .normal("SandboxChanged", "Pod sandbox changed, it will be killed and re-created."))
    }
    kubelet.after(kubelet.timings.sandbox) { [self] in
      let ip = pod.spec.hostNetwork ? "" : kubelet.allocateAddress()
      kubelet.runtime.addSandbox(worker.uid, ip: ip)
      start(containersToStart(killed: killed, isSandboxNew: true))
    }
  }

  /// What should run and does not (`computePodActions`).
  private func containersToStart(killed: Set<String>, isSandboxNew: Bool) -> [Start] {
    var starts: [Start] = []
    let known = isSandboxNew ? RuntimePodSnapshot() : snapshot
    for container in pod.spec.initContainers {
      let latest = known.latest(container.name)
      if PodStatusRules.isSidecar(container) {
        let wantsRestart =
          killed.contains(container.name)
          || PodStatusRules.shouldRestart(container, pod: pod, snapshot: known, isInit: true)
        if wantsRestart { starts.append(Start(container: container, isInit: true)) }
        if latest == nil || !isSidecarStarted(container) { return starts }
        continue
      }
      if latest?.state == .exited && latest?.exitCode == 0 { continue }
      if PodStatusRules.shouldRestart(container, pod: pod, snapshot: known, isInit: true) {
        starts.append(Start(container: container, isInit: true))
      }
      return starts
    }
    for container in pod.spec.containers {
      let wantsRestart =
        killed.contains(container.name) && pod.spec.restartPolicy != "Never"
        || PodStatusRules.shouldRestart(container, pod: pod, snapshot: known)
      if wantsRestart { starts.append(Start(container: container, isInit: false)) }
    }
    return starts
  }

  private func isSidecarStarted(_ container: Container) -> Bool {
    let status = kubelet.writer.status(worker.uid)?.initContainerStatuses.first {
      $0.name == container.name
    }
    return status.map { kubelet.probes.isStarted(worker.uid, $0) } ?? false
  }

  // MARK: - Starts

  private func start(_ starts: [Start]) {
    guard kubelet.isRunning else { return }
    guard let first = starts.first else { return worker.finish(hasError ? .error : .success) }
    ContainerStart(worker: worker, snapshot: snapshot, start: first).run { [self] failure in
      worker.failures[first.container.name] = failure
      if failure != nil {
        hasError = true
        if first.isInit { return worker.finish(.error) }
      }
      start(Array(starts.dropFirst()))
    }
  }
}
