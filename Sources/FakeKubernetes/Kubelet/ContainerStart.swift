import JSON
import KubernetesAPI
import SimulationKernel

/// Starts one container: back-off, image, environment, record, process, postStart hook.
///
/// Source: `pkg/kubelet/kuberuntime/kuberuntime_container.go` startContainer.
final class ContainerStart {
  private let worker: PodWorker
  private let kubelet: Kubelet
  private let snapshot: RuntimePodSnapshot
  private let container: Container
  private let isInit: Bool
  private var completion: (StartFailure?) -> Void = { _ in }

  init(worker: PodWorker, snapshot: RuntimePodSnapshot, start: PodActions.Start) {
    self.worker = worker
    self.snapshot = snapshot
    kubelet = worker.kubelet
    container = start.container
    isInit = start.isInit
  }

  /// Calls back with nil once it runs, or why it could not be started.
  func run(_ completion: @escaping (StartFailure?) -> Void) {
    self.completion = completion
    if let failure = backOff() { return completion(failure) }
    kubelet.images.ensure(
      container, podUID: worker.uid, event: { [self] in event($0) },
      completion: { [self] failure in
        guard kubelet.isRunning else { return }
        if let failure { return fail(failure, failure.eventMessage) }
        create()
      })
  }

  private func event(_ event: KubeletEvent) {
    worker.event(event, container: container, isInit: isInit)
  }

  private func fail(_ failure: StartFailure, _ message: String) {
    event(.warning("Failed", "Error: \(message)"))
    completion(failure)
  }

  /// Whether too little time has passed since the last end (`doBackOff`).
  private func backOff() -> StartFailure? {
    guard let exited = snapshot.latestExited(container.name) else { return nil }
    // `kuberuntime/helpers.go` GetBackoffKey: other resources begin anew.
    let key =
      "\(worker.uid)/\(container.name)/\(container.image)/\(container.resources.json.text())"
    let now = kubelet.simulation.now.nanoseconds
    kubelet.restarts.collectGarbage(at: kubelet.lastHousekeeping)
    if kubelet.restarts.isBackingOff(key, since: exited.finishedNanoseconds, now: now) {
      event(
        .warning(
          "BackOff",
          "Back-off restarting failed container \(container.name) in pod \(worker.text)"))
      let delay = RestartBackOff.text(kubelet.restarts.delay(key))
      return StartFailure(
        reason: "CrashLoopBackOff",
        message: "back-off \(delay) restarting failed container=\(container.name) "
          + "pod=\(worker.text)")
    }
    kubelet.restarts.next(key, event: exited.finishedNanoseconds, now: now)
    return nil
  }

  private func create() {
    if let message = kubelet.forbiddenRoot(container, worker) {
      return fail(StartFailure(reason: "CreateContainerConfigError", message: message), message)
    }
    let environment: [(name: String, value: String)]
    switch kubelet.environment(of: container, in: worker) {
    case .success(let resolved): environment = resolved
    case .failure(let missing):
      return fail(
        StartFailure(reason: "CreateContainerConfigError", message: missing.message),
        missing.message)
    }
    kubelet.after(kubelet.timings.createContainer) { [self] in
      let id = kubelet.runtime.createContainer(
        worker.uid, name: container.name, image: container.image, restartCount: restartCount)
      worker.resize.give(container.name)
      event(.normal("Created", "Created container: \(container.name)"))
      kubelet.after(kubelet.timings.startContainer) { [self] in
        start(id, environment: environment)
      }
    }
  }

  /// One more than the last record's, or what the API remembers.
  private var restartCount: Int {
    if let latest = kubelet.runtime.snapshot(worker.uid).latest(container.name) {
      return latest.restartCount + 1
    }
    let status = kubelet.writer.status(worker.uid)
    let old = ((status?.containerStatuses ?? []) + (status?.initContainerStatuses ?? []))
      .first { $0.name == container.name }
    return old?.restartCount ?? 0
  }

  private func start(_ id: String, environment: [(name: String, value: String)]) {
    let command = container.command.first ?? container.name
    let context = kubelet.context(for: container, id: id, in: worker, environment: environment)
    let cause =
      kubelet.containerRuntime.startFailure(context)
      ?? "stat \(command): no such file or directory"
    let failure =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
      + "runc create failed: unable to start container process: exec: \"\(command)\": "
      + "\(cause): unknown"
    let isStarted = kubelet.runtime.startContainer(worker.uid, id: id, failure: failure) {
      kubelet.containerRuntime.start(context)
    }
    guard isStarted else {
      return fail(StartFailure(reason: "RunContainerError", message: failure), failure)
    }
    event(.normal("Started", "Started container \(container.name)"))
    kubelet.traceContainer("started", worker, container.name)
    postStart(id)
  }

  private func postStart(_ id: String) {
    guard let hook = container.lifecycle?.postStart else { return completion(nil) }
    kubelet.runHook(hook, of: container, in: worker.pod, containerID: id) { [self] output in
      guard let output else { return completion(nil) }
      event(.warning("FailedPostStartHook", "PostStartHook failed"))
      ContainerKill(
        kubelet: kubelet, worker: worker, container: container, isInit: isInit, containerID: id,
        graceSeconds: worker.pod.spec.terminationGracePeriodSeconds ?? 30,
        message: "FailedPostStartHook"
      ).run { [self] in
        let kind =
          hook.httpGet.map { "HTTP lifecycle hook (\($0.path))" }
          ?? "Exec lifecycle hook ([\((hook.exec?.command ?? []).joined(separator: " "))])"
        completion(
          StartFailure(
            reason: "PostStartHookError",
            message: "\(kind) for Container \"\(container.name)\" in "
              + "Pod \"\(worker.text)\" failed - error: \(output)"))
      }
    }
  }
}

extension StartFailure {
  /// What the event after `Error: ` says: image failures only their reason.
  var eventMessage: String { reason }
}
