import KubernetesAPI
import SimulationKernel

/// Stops one container: preStop hook, SIGTERM, SIGKILL at the deadline (`killContainer`).
///
/// Whole seconds that the hook and the wait for its turn took count against the grace period; at
/// least 2 s are left after them.
final class ContainerKill {
  private let kubelet: Kubelet
  private let worker: PodWorker
  private let container: Container
  private let isInit: Bool
  private let containerID: String
  private let graceSeconds: Int64
  private let message: String
  private let order: TerminationOrder?

  init(
    kubelet: Kubelet, worker: PodWorker, container: Container, isInit: Bool, containerID: String,
    graceSeconds: Int64, message: String, order: TerminationOrder? = nil
  ) {
    self.kubelet = kubelet
    self.worker = worker
    self.container = container
    self.isInit = isInit
    self.containerID = containerID
    self.graceSeconds = graceSeconds
    self.message = message
    self.order = order
  }

  /// Calls back when the process has ended.
  func run(_ completion: @escaping () -> Void) {
    worker.event(.normal("Killing", message), container: container, isInit: isInit)
    runHook { [self] grace in
      waitForTurn(grace) { [self] grace in
        terminate(within: grace) { [order, container] in
          order?.ended(container.name)
          completion()
        }
      }
    }
  }

  private var now: Int64 { kubelet.simulation.now.nanoseconds }

  /// Hands on what is left of the grace period, seconds.
  private func runHook(_ next: @escaping (Int64) -> Void) {
    guard let hook = container.lifecycle?.preStop, graceSeconds > 0 else {
      return next(graceSeconds)
    }
    let began = now
    var isOver = false
    let over = { [self] in
      if isOver { return }
      isOver = true
      next(graceSeconds - (now - began) / 1_000_000_000)
    }
    kubelet.runHook(hook, of: container, in: worker.pod, containerID: containerID) {
      [worker, container, isInit] failure in
      if failure != nil {
        worker.event(
          .warning("FailedPreStopHook", "PreStopHook failed"), container: container,
          isInit: isInit)
      }
      over()
    }
    kubelet.after(.seconds(graceSeconds), over)
  }

  private func waitForTurn(_ grace: Int64, _ next: @escaping (Int64) -> Void) {
    guard let order, grace > 0 else { return next(grace) }
    let began = now
    var isOver = false
    let over = { [self] in
      if isOver { return }
      isOver = true
      next(grace - (now - began) / 1_000_000_000)
    }
    order.whenTurn(container.name, over)
    if !isOver { kubelet.after(.seconds(grace), over) }
  }

  /// `pkg/kubelet/kuberuntime/kuberuntime_container.go` minimumGracePeriodInSeconds.
  static let minimumGraceNanoseconds: Int64 = 2_000_000_000

  private func terminate(within seconds: Int64, _ completion: @escaping () -> Void) {
    guard let process = kubelet.runtime.process(containerID) else { return completion() }
    kubelet.whenEnded(containerID, completion)
    kubelet.after(.nanoseconds(max(seconds * 1_000_000_000, Self.minimumGraceNanoseconds))) {
      [kubelet, containerID] in
      kubelet.runtime.process(containerID)?.kill()
    }
    process.signalTerminate()
  }
}
