import KubernetesAPI
import SimulationKernel

/// A node: its kubelet and its machine.
///
/// The kubelet may stop and start while containers run on; the machine may die, which ends them,
/// and boot again.
package final class Kubelet {
  package let configuration: KubeletConfiguration
  package let timings: KubeletTimings
  /// What hostPath volumes of this node find.
  package let fileSystem: HostFileSystem
  /// Whether the kubelet's process runs.
  package private(set) var isRunning = false
  let server: APIServer
  let simulation: Simulation
  let containerRuntime: any ContainerRuntime
  let runtime: NodeRuntime
  let images: ImagePuller
  var restarts = RestartBackOff()
  private(set) var writer: PodStatusWriter
  /// How far the machine's clock is ahead of the others', in seconds; it stamps conditions.
  package var clockSkewSeconds: Int64 = 0 {
    didSet { writer.clockSkewSeconds = clockSkewSeconds }
  }
  private(set) var probes: PodProbes
  private(set) var relist: PodRelist
  private(set) var recorder: EventRecorder
  let random: RandomStream
  private(set) var workers: [String: PodWorker] = [:]
  /// Pods that ask for more than the node can give now.
  var pendingResizes: [String] = []
  var resizeTimer: SimulationTimer?
  /// What a process that ended had set aside for its pods, until the next one knows them
  /// (`allocation_manager.go` allocatedPodsStateFile).
  var checkpoints: [String: PodResize] = [:]
  /// Pods that the API does not have, while they are being stopped.
  var stopping: Set<String> = []
  private var endWaiters: [String: [() -> Void]] = [:]
  private var addresses = 0
  private let tickPhase: Int64
  /// Counts starts of the process; what belongs to an earlier one does nothing.
  private var generation = 0
  /// When the process started.
  private(set) var startedNanoseconds: Int64 = 0
  private let feed: PodFeed
  /// What the containers have printed.
  var logs = ContainerLogs()
  private(set) lazy var node = NodeReporter(kubelet: self)
  private(set) lazy var pressure = MemoryPressure(kubelet: self)

  /// Makes a node that is switched off; `start` brings it up.
  package init(
    server: APIServer, configuration: KubeletConfiguration,
    registry: ImageRegistry, runtime: any ContainerRuntime, fileSystem: HostFileSystem,
    feed: PodFeed,
    timings: KubeletTimings = KubeletTimings()
  ) {
    self.server = server
    recorder = Self.makeRecorder(server, configuration)
    simulation = server.simulation
    self.configuration = configuration
    self.timings = timings
    self.fileSystem = fileSystem
    self.feed = feed
    containerRuntime = runtime
    random = simulation.randomStream("kubelet/\(configuration.name)")
    self.runtime = NodeRuntime(simulation: simulation, node: configuration.name)
    images = ImagePuller(
      simulation: simulation, registry: registry, timings: timings, configuration: configuration)
    let chance = Int64(random.integer(below: 1_000_000_000))
    let phase = timings.relistPhase?.wholeNanoseconds ?? chance
    tickPhase = (phase + 950_000_000) % 1_000_000_000
    writer = PodStatusWriter(server: server, delay: timings.statusWrite)
    probes = PodProbes(
      simulation: simulation, runtime: self.runtime, writer: writer, timings: timings,
      node: configuration.name)
    relist = PodRelist(simulation: simulation, runtime: self.runtime, phaseNanoseconds: phase)
    relistPhase = phase
    connect()
  }

  private let relistPhase: Int64

  private func connect() {
    runtime.onChanged = { [weak self] in
      guard let self, isRunning else { return }
      relist.runtimeChanged($0)
    }
    relist.onPodChanged = { [weak self] in self?.workers[$0]?.requestSync() }
    probes.onResult = { [weak self] in self?.workers[$0]?.requestSync() }
    probes.onFailure = { [weak self] pod, container, kind, message in
      self?.workers[pod.metadata.uid]?.event(
        .warning("Unhealthy", "\(kind.rawValue) probe failed: \(message)"), container: container,
        isInit: pod.spec.initContainers.contains { $0.name == container.name })
    }
    connectErrors()
  }

  private func connectErrors() {
    probes.onError = { [weak self] pod, container, kind, message in
      self?.workers[pod.metadata.uid]?.event(
        .warning(
          "Unhealthy",
          "\(kind.rawValue) probe errored and resulted in unknown state: \(message)"),
        container: container,
        isInit: pod.spec.initContainers.contains { $0.name == container.name })
    }
  }

  private static func makeRecorder(
    _ server: APIServer, _ configuration: KubeletConfiguration
  ) -> EventRecorder {
    let recorder = EventRecorder(server: server, component: "kubelet", host: configuration.name)
    recorder.limitsByReason = true
    return recorder
  }

  // MARK: - Life

  /// The kubelet's process starts: registers the node or reports it, and takes up its pods.
  package func start() {
    if isRunning { return }
    isRunning = true
    startedNanoseconds = simulation.now.nanoseconds
    generation += 1
    recorder = Self.makeRecorder(server, configuration)
    writer = PodStatusWriter(server: server, delay: timings.statusWrite)
    writer.clockSkewSeconds = clockSkewSeconds
    probes = PodProbes(
      simulation: simulation, runtime: runtime, writer: writer, timings: timings,
      node: configuration.name)
    relist = PodRelist(simulation: simulation, runtime: runtime, phaseNanoseconds: relistPhase)
    connect()
    node.start()
    pressure.start()
    relist.listAll()
    after(.seconds(1)) { [self] in
      feed.subscribe(configuration.name) { [weak self] pod, isRemoved in
        self?.podChanged(pod, isRemoved: isRemoved)
      }
    }
    after(KubeletTimings.housekeeping) { [self] in cleanUp() }
  }

  /// The kubelet's process ends; containers run on.
  package func stop() {
    if !isRunning { return }
    isRunning = false
    generation += 1
    feed.unsubscribe(configuration.name)
    writer.isAlive = false
    probes.removeAll()
    relist.stop()
    images.stop()
    node.stop()
    for uid in workers.keys.sorted() {
      workers[uid]?.abandon()
      checkpoints[uid] = workers[uid]?.resize
    }
    workers = [:]
    pendingResizes = []
    stopping = []
    endWaiters = [:]
    restarts = RestartBackOff()
  }

  /// The machine loses power: kubelet and containers are gone.
  package func die() {
    stop()
    runtime.loseAllProcesses()
  }

  // MARK: - Pods

  private func podChanged(_ pod: Pod, isRemoved: Bool) {
    let uid = pod.metadata.uid
    if let worker = workers[uid] {
      let old = worker.pod
      worker.update(pod, isRemoved: isRemoved)
      if isRemoved {
        retryResizes()
      } else {
        statusChanged(worker, from: old)
        writer.reconcile(pod)
      }
      if isRemoved, case .finished = worker.phase { forget(uid) }
      return
    }
    if isRemoved { return }
    let hasRecords = !runtime.snapshot(uid).containers.isEmpty
    if pod.isTerminal && !pod.metadata.isBeingDeleted && !hasRecords { return }
    if pod.status.startTime == nil, let refusal = refusal(pod) { return refuse(pod, refusal) }
    let worker = PodWorker(kubelet: self, pod: pod, resize: checkpoints[uid])
    workers[uid] = worker
    worker.update(pod, isRemoved: false)
  }

  /// Those whose pods are to run, in order of uid.
  var runningWorkers: [PodWorker] {
    workers.keys.sorted().compactMap { workers[$0] }.filter {
      if case .syncing = $0.phase { return true }
      return false
    }
  }

  private func refuse(_ pod: Pod, _ refusal: (reason: String, message: String)) {
    record(pod, "", .warning(refusal.reason, refusal.message))
    _ = try? server.modifyStatus(Pod.self, pod.metadata.namespace, pod.metadata.name) {
      $0.status.phase = "Failed"
      $0.status.reason = refusal.reason
      $0.status.message = "Pod was rejected: \(refusal.message)"
      $0.status.startTime = server.now
      $0.status.observedGeneration = $0.metadata.generation
    }
  }

  /// A worker has stopped its pod; unmounts, then lets a deleted pod leave the API.
  func finished(_ worker: PodWorker) {
    after(.milliseconds(50)) { [self] in
      let builder = PodStatusBuilder(
        kubelet: self, worker: worker, snapshot: runtime.snapshot(worker.uid))
      writer.set(worker.pod, builder.build(isTerminal: true))
      writer.terminate(
        worker.pod,
        hasInitialized: PodStatusRules.hasInitialized(worker.pod.spec, worker.noticedStatus))
      if worker.isRemovedFromAPI { forget(worker.uid) }
    }
  }

  private func forget(_ uid: String) {
    workers[uid] = nil
    writer.forget(uid)
    probes.remove(uid)
    forgetContainers(uid)
    pendingResizes.removeAll { $0 == uid }
  }

  /// Nothing of a pod is left on the node.
  func forgetContainers(_ uid: String) {
    for record in runtime.snapshot(uid).containers { logs.remove(record.id) }
    runtime.removePod(uid)
    relist.forget(uid)
  }

  /// Ends a pod that has been active for too long.
  func armDeadline(_ worker: PodWorker, _ status: PodStatus) {
    guard let seconds = worker.pod.spec.activeDeadlineSeconds, let start = status.startTime else {
      return
    }
    let rest = start.seconds + seconds - simulation.wallSeconds
    if worker.armedDeadline == seconds { return }
    worker.armedDeadline = seconds
    after(.seconds(max(0, rest))) { [weak worker] in
      guard let worker, worker.armedDeadline == seconds else { return }
      worker.end(
        reason: "DeadlineExceeded",
        message: "Pod was active on the node longer than the specified deadline")
    }
  }

  // MARK: - Time

  /// Calls `action` later, unless the kubelet's process has ended by then.
  func after(_ delay: Duration, _ action: @escaping () -> Void) {
    let started = generation
    simulation.schedule(after: delay) { [weak self] in
      guard let self, isRunning, generation == started else { return }
      action()
    }
  }

  private func draw(_ range: ClosedRange<Duration>) -> Int64 {
    let lower = range.lowerBound.wholeNanoseconds
    return lower + Int64(random.integer(below: Int(range.upperBound.wholeNanoseconds - lower) + 1))
  }

  /// When a pod's next sync comes: at the first beat of the worker queue's second after the delay.
  func requeue(_ outcome: PodWorker.Outcome, _ action: @escaping () -> Void) -> SimulationTimer {
    let delay: Int64 =
      switch outcome {
      case .transition: 0
      case .success: draw(timings.resync)
      case .error: draw(timings.backOff)
      }
    let due = simulation.now.nanoseconds + delay
    let second: Int64 = 1_000_000_000
    let beats = due <= tickPhase ? 0 : (due - tickPhase + second - 1) / second
    let started = generation
    return simulation.schedule(at: SimulationTime(nanoseconds: tickPhase + beats * second)) {
      [weak self] in
      guard let self, isRunning, generation == started else { return }
      action()
    }
  }

  /// The next free address of the node's pod network.
  func allocateAddress() -> String {
    addresses += 1
    return "\(configuration.podNetwork).\(addresses % 252 + 2)"
  }

  // MARK: - Processes

  /// Calls back when the container's process ends.
  func whenEnded(_ containerID: String, _ completion: @escaping () -> Void) {
    endWaiters[containerID, default: []].append(completion)
  }

  /// A process has ended: the runtime's record, the trace, and whoever waits.
  func processEnded(_ worker: PodWorker, _ container: String, _ id: String, _ status: ExitStatus) {
    runtime.ended(worker.uid, id, withLog(status, worker, container, id))
    simulation.trace.record(
      "container.ended", "\(worker.pod.key)/\(container)",
      [("code", .integer(Int64(status.code))), ("reason", .string(status.reason ?? ""))])
    for waiter in endWaiters.removeValue(forKey: id) ?? [] { waiter() }
  }

  /// Writes an event about a pod or one of its containers.
  func record(_ pod: Pod, _ fieldPath: String, _ event: KubeletEvent) {
    var reference = ObjectReference()
    reference.kind = "Pod"
    reference.apiVersion = "v1"
    reference.namespace = pod.metadata.namespace
    reference.name = pod.metadata.name
    reference.uid = pod.metadata.uid
    reference.resourceVersion = pod.metadata.resourceVersion
    reference.fieldPath = fieldPath
    recorder.record(
      reference, event.type == "Warning" ? .warning : .normal, event.reason, event.message)
  }

  /// What the node's running containers use now; nothing while the kubelet is away.
  package func containerUsage() -> [ContainerUsage] {
    if !isRunning { return [] }
    return workers.keys.sorted().flatMap { uid -> [ContainerUsage] in
      guard let pod = workers[uid]?.pod else { return [] }
      return runtime.snapshot(uid).containers.compactMap { record in
        guard let process = runtime.process(record.id) else { return nil }
        return ContainerUsage(
          namespace: pod.metadata.namespace, pod: pod.metadata.name, podLabels: pod.metadata.labels,
          container: record.name, containerID: record.id,
          startedNanoseconds: record.startedNanoseconds,
          cpuNanoseconds: process.cpuNanosecondsUsed, memoryBytes: process.memoryBytes)
      }
    }
  }

  func traceContainer(_ what: String, _ worker: PodWorker, _ container: String) {
    simulation.trace.record(
      "container.\(what)", "\(worker.pod.key)/\(container)",
      [("node", .string(configuration.name))])
  }
}
