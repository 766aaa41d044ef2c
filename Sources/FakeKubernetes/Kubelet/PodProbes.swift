import KubernetesAPI
import SimulationKernel

/// The probes of one node's pods: a worker for each, asked at its period.
///
/// Source: `pkg/kubelet/prober`. A worker's beat counts from the pod's first sync; a kubelet that
/// started less than a period ago lets it begin at a random part of the period.
final class PodProbes {
  private final class Worker {
    let pod: Pod
    let container: Container
    let probe: Probe
    /// Nil: its port is a name that the container does not have.
    let check: ProbeCheck?
    var machine: ProbeWorker
    var timer: SimulationTimer?
    var isChecking = false
    var isBeatMissed = false
    var isStopped = false
    var nextBeat: Int64

    init(
      pod: Pod, container: Container, kind: ProbeKind, probe: Probe, check: ProbeCheck?, at: Int64
    ) {
      self.pod = pod
      self.container = container
      self.probe = probe
      self.check = check
      nextBeat = at
      machine = ProbeWorker(
        kind: kind, initialDelaySeconds: probe.initialDelaySeconds,
        successThreshold: max(1, probe.successThreshold),
        failureThreshold: probe.failureThreshold == 0 ? 3 : probe.failureThreshold)
    }
  }

  private let simulation: Simulation
  private let runtime: NodeRuntime
  private let writer: PodStatusWriter
  private let timings: KubeletTimings
  private let random: RandomStream
  private let startedNanoseconds: Int64
  private var workers: [String: [String: Worker]] = [:]
  /// A result was published that the pod's sync must look at.
  var onResult: (_ uid: String) -> Void = { _ in }
  /// A check failed: write an event about the container.
  var onFailure: (Pod, Container, ProbeKind, String) -> Void = { _, _, _, _ in }
  /// A check could not be made: write an event about the container.
  var onError: (Pod, Container, ProbeKind, String) -> Void = { _, _, _, _ in }

  init(
    simulation: Simulation, runtime: NodeRuntime, writer: PodStatusWriter,
    timings: KubeletTimings, node: String
  ) {
    self.simulation = simulation
    self.runtime = runtime
    self.writer = writer
    self.timings = timings
    random = simulation.randomStream("kubelet/\(node)/probes")
    startedNanoseconds = simulation.now.nanoseconds
  }

  /// Starts the workers of a pod; those that exist go on.
  func add(_ pod: Pod) {
    let uid = pod.metadata.uid
    if workers[uid] != nil { return }
    var added: [String: Worker] = [:]
    let sidecars = pod.spec.initContainers.filter(PodStatusRules.isSidecar)
    for container in sidecars + pod.spec.containers {
      let probes: [(ProbeKind, Probe?)] = [
        (.startup, container.startupProbe), (.readiness, container.readinessProbe),
        (.liveness, container.livenessProbe),
      ]
      for (kind, probe) in probes {
        guard let probe else { continue }
        let check = ProbeWording.check(probe, container: container)
        let worker = Worker(
          pod: pod, container: container, kind: kind, probe: probe, check: check,
          at: simulation.now.nanoseconds)
        added[Self.key(container.name, kind)] = worker
        begin(worker)
      }
    }
    workers[uid] = added
  }

  private static func key(_ container: String, _ kind: ProbeKind) -> String {
    container + "/" + kind.rawValue
  }

  /// Whether a running container counts as started.
  func isStarted(_ uid: String, _ status: ContainerStatus) -> Bool {
    guard status.state.running != nil else { return false }
    guard let worker = workers[uid]?[Self.key(status.name, .startup)] else { return true }
    return worker.machine.containerID == status.containerID && worker.machine.published == .success
  }

  /// Whether a running container counts as ready; one that does not is asked at once.
  ///
  /// The probe's beat counts anew from there.
  func isReady(_ uid: String, _ status: ContainerStatus) -> Bool {
    guard status.state.running != nil else { return false }
    guard let worker = workers[uid]?[Self.key(status.name, .readiness)] else { return true }
    if worker.machine.containerID == status.containerID, worker.machine.published == .success {
      return true
    }
    simulation.schedule(after: timings.statusWrite) { [weak self] in
      guard let self, !worker.isStopped else { return }
      worker.timer?.cancel()
      worker.nextBeat = simulation.now.nanoseconds + period(worker)
      arm(worker)
      tick(worker)
    }
    return false
  }

  /// Whether a container's startup probe has succeeded, or it has none.
  func hasStarted(_ uid: String, container: String, containerID: String) -> Bool {
    guard let machine = workers[uid]?[Self.key(container, .startup)]?.machine else { return true }
    return machine.containerID == containerID && machine.published == .success
  }

  /// Whether a liveness or startup probe wants the container killed; which.
  func wantsKill(_ uid: String, container: String, containerID: String) -> ProbeKind? {
    [ProbeKind.liveness, .startup].first { kind in
      guard let machine = workers[uid]?[Self.key(container, kind)]?.machine else { return false }
      return machine.containerID == containerID && machine.isOnHold
        && machine.published == .failure
    }
  }

  /// The pod is being stopped: of its containers only readiness goes on, of its sidecars all.
  ///
  /// Source: `pkg/kubelet/prober/prober_manager.go` StopLivenessAndStartup, which forgets sidecars.
  func stopLivenessAndStartup(_ pod: Pod) {
    for container in pod.spec.containers {
      for kind in [ProbeKind.liveness, .startup] {
        if let worker = workers[pod.metadata.uid]?[Self.key(container.name, kind)] { stop(worker) }
      }
    }
  }

  func remove(_ uid: String) {
    for worker in (workers.removeValue(forKey: uid) ?? [:]).values { stop(worker) }
  }

  func removeAll() {
    for uid in workers.keys.sorted() { remove(uid) }
  }

  private func stop(_ worker: Worker) {
    worker.isStopped = true
    worker.timer?.cancel()
  }

  private func period(_ worker: Worker) -> Int64 {
    Int64(worker.probe.periodSeconds == 0 ? 10 : worker.probe.periodSeconds) * 1_000_000_000
  }

  private func begin(_ worker: Worker) {
    let period = period(worker)
    if simulation.now.nanoseconds - startedNanoseconds < period, startedNanoseconds > 0 {
      worker.nextBeat += Int64(random.integer(below: Int(period)))
    }
    arm(worker)
  }

  private func arm(_ worker: Worker) {
    worker.timer = simulation.schedule(at: SimulationTime(nanoseconds: worker.nextBeat)) {
      [weak self, weak worker] in
      guard let self, let worker, !worker.isStopped else { return }
      worker.nextBeat += period(worker)
      arm(worker)
      tick(worker)
    }
  }

  private func tick(_ worker: Worker) {
    if worker.isStopped { return }
    if worker.isChecking {
      worker.isBeatMissed = true
      return
    }
    let before = (worker.machine.containerID, worker.machine.published)
    let action = worker.machine.tick(situation(worker))
    // `results_manager.go` Set: the first result of a container is always news.
    if before != (worker.machine.containerID, worker.machine.published) { publish(worker) }
    switch action {
    case .wait: break
    case .stop: stop(worker)
    case .check: check(worker)
    }
  }

  private func situation(_ worker: Worker) -> ProbeWorker.Situation {
    let status = writer.status(worker.pod.metadata.uid)
    let all = (status?.containerStatuses ?? []) + (status?.initContainerStatuses ?? [])
    let container = all.first { $0.name == worker.container.name }
    let state: ProbeWorker.Situation.State =
      container?.state.running != nil
      ? .running : container?.state.terminated != nil ? .terminated : .waiting
    let id = container?.containerID ?? ""
    let record = runtime.snapshot(worker.pod.metadata.uid).containers.first {
      "containerd://" + $0.id == id
    }
    return ProbeWorker.Situation(
      phase: status?.phase,
      restartPolicyIsNever: worker.pod.spec.restartPolicy == "Never"
        && !PodStatusRules.isSidecar(worker.container),
      containerID: id.isEmpty ? nil : id, state: state, isStarted: container?.started == true,
      runningNanoseconds: simulation.now.nanoseconds
        - (record?.startedNanoseconds ?? 0) / 1_000_000_000 * 1_000_000_000)
  }

  private func check(_ worker: Worker) {
    guard let id = worker.machine.containerID else { return }
    guard let check = worker.check else {
      // `pkg/kubelet/prober/prober.go`: the result is thrown away.
      return onError(
        worker.pod, worker.container, worker.machine.kind, ProbeWording.unknownPort(worker.probe))
    }
    worker.isChecking = true
    let seconds = worker.probe.timeoutSeconds == 0 ? 1 : worker.probe.timeoutSeconds
    let ip = writer.status(worker.pod.metadata.uid)?.podIP ?? ""
    let place = ProbeWording.Place(worker.probe, podIP: ip)
    var isAnswered = false
    var deadline: SimulationTimer?
    let finish = { [weak self] (failure: String?) in
      if isAnswered { return }
      isAnswered = true
      deadline?.cancel()
      self?.checked(worker, failure)
    }
    var isRefused = false
    deadline = simulation.schedule(after: .seconds(seconds)) {
      finish(ProbeWording.timeout(check, place: place, seconds: seconds, isRefused: isRefused))
    }
    let name = String(id.dropFirst("containerd://".count))
    // What another host than the pod would say is that nothing listens there.
    let target = place.host == ip ? name : ""
    ask(check, of: target, after: timings.probe) { [weak self] answer in
      if let error = self?.error(answer, check) {
        deadline?.cancel()
        if isAnswered { return }
        isAnswered = true
        self?.errored(worker, error)
        return
      }
      guard case .grpc = check, answer == .refused else {
        return finish(ProbeWording.failure(answer, check: check, place: place))
      }
      isRefused = true
      self?.connectAgain(check, of: name, until: { isAnswered }) {
        isRefused = false
        finish(ProbeWording.failure($0, check: check, place: place))
      }
    }
  }

  private func ask(
    _ check: ProbeCheck, of id: String, after delay: Duration,
    completion: @escaping (ProbeAnswer) -> Void
  ) {
    simulation.schedule(after: delay) { [weak self] in
      guard let process = self?.runtime.process(id) else { return completion(.refused) }
      process.probe(check, completion: completion)
    }
  }

  /// gRPC's client tries every second to connect, until the probe's time is over.
  private func connectAgain(
    _ check: ProbeCheck, of id: String, until isOver: @escaping () -> Bool,
    completion: @escaping (ProbeAnswer) -> Void
  ) {
    ask(check, of: id, after: .seconds(1)) { [weak self] answer in
      if isOver() { return }
      if answer != .refused { return completion(answer) }
      self?.connectAgain(check, of: id, until: isOver, completion: completion)
    }
  }

  /// Why a command could not even be run.
  private func error(_ answer: ProbeAnswer, _ check: ProbeCheck) -> String? {
    switch (answer, check) {
    case (.notStarted(let cause), _): ProbeWording.notStarted(cause, id: runtime.newID())
    case (.refused, .exec): ProbeWording.isEnded
    default: nil
    }
  }

  /// A check could not be made: its result is thrown away (`pkg/kubelet/prober/worker.go`).
  private func errored(_ worker: Worker, _ message: String) {
    worker.isChecking = false
    if worker.isStopped { return }
    onError(worker.pod, worker.container, worker.machine.kind, message)
    beatAgain(worker)
  }

  private func beatAgain(_ worker: Worker) {
    if !worker.isBeatMissed { return }
    worker.isBeatMissed = false
    tick(worker)
  }

  private func checked(_ worker: Worker, _ failure: String?) {
    worker.isChecking = false
    if worker.isStopped { return }
    if let failure { onFailure(worker.pod, worker.container, worker.machine.kind, failure) }
    if worker.machine.checked(failure == nil ? .success : .failure) { publish(worker) }
    beatAgain(worker)
  }

  private func publish(_ worker: Worker) {
    guard let id = worker.machine.containerID else { return }
    let isSuccess = worker.machine.published == .success
    switch worker.machine.kind {
    case .readiness:
      writer.setReadiness(worker.pod, containerID: id, isReady: isSuccess)
      onResult(worker.pod.metadata.uid)
    case .startup:
      writer.setStarted(worker.pod, containerID: id, isStarted: isSuccess)
      onResult(worker.pod.metadata.uid)
    case .liveness:
      if !isSuccess { onResult(worker.pod.metadata.uid) }
    }
  }
}
