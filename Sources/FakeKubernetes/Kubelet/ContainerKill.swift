import KubernetesAPI
import SimulationKernel

/// Stops one container: preStop hook, SIGTERM, SIGKILL at the deadline (`killContainer`).
///
/// The hook's time counts against the grace period; at least 2 s are left after it.
final class ContainerKill {
  private let kubelet: Kubelet
  private let worker: PodWorker
  private let container: Container
  private let isInit: Bool
  private let containerID: String
  private let graceSeconds: Int64
  private let message: String

  init(
    kubelet: Kubelet, worker: PodWorker, container: Container, isInit: Bool, containerID: String,
    graceSeconds: Int64, message: String
  ) {
    self.kubelet = kubelet
    self.worker = worker
    self.container = container
    self.isInit = isInit
    self.containerID = containerID
    self.graceSeconds = graceSeconds
    self.message = message
  }

  /// Calls back when the process has ended.
  func run(_ completion: @escaping () -> Void) {
    guard kubelet.runtime.process(containerID) != nil else { return completion() }
    worker.event(.normal("Killing", message), container: container, isInit: isInit)
    let grace = graceSeconds * 1_000_000_000
    guard let hook = container.lifecycle?.preStop, graceSeconds > 0 else {
      return terminate(within: grace, completion)
    }
    let began = kubelet.simulation.now.nanoseconds
    var isOver = false
    var isHookOver = false
    let over = { [self] in
      if isOver { return }
      isOver = true
      terminate(within: grace - (kubelet.simulation.now.nanoseconds - began), completion)
    }
    let hookFailed = { [self] in
      if isHookOver { return }
      isHookOver = true
      worker.event(
        .warning("FailedPreStopHook", "PreStopHook failed"), container: container, isInit: isInit)
    }
    // A hook that outlasts the container fails with it.
    kubelet.whenEnded(containerID, hookFailed)
    kubelet.runHook(hook, of: container, in: worker.pod, containerID: containerID) { failure in
      if failure != nil { hookFailed() }
      isHookOver = true
      over()
    }
    kubelet.after(.nanoseconds(grace), over)
  }

  /// `pkg/kubelet/kuberuntime/kuberuntime_container.go` minimumGracePeriodInSeconds.
  static let minimumGraceNanoseconds: Int64 = 2_000_000_000

  private func terminate(within grace: Int64, _ completion: @escaping () -> Void) {
    guard let process = kubelet.runtime.process(containerID) else { return completion() }
    kubelet.whenEnded(containerID, completion)
    kubelet.after(.nanoseconds(max(grace, Self.minimumGraceNanoseconds))) {
      [kubelet, containerID] in
      kubelet.runtime.process(containerID)?.kill()
    }
    process.signalTerminate()
  }
}
