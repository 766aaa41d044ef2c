import KubernetesAPI
import SimulationKernel

/// One pod that follows a script.
final class ScriptedPod {
  private enum State {
    /// Bound, the container does not exist yet.
    case creating
    /// The image cannot be pulled.
    case pullFailed
    /// The container runs.
    case running
    /// The container has just ended.
    case terminated
    /// The container waits for its next start.
    case backingOff
  }

  private static let terminatedShows = Duration.milliseconds(300)
  private static let backOffMax = 300
  private static let retryInterval = Duration.seconds(1)

  private unowned let owner: ScriptedPods
  private let key: ObjectKey
  let uid: String
  let node: String
  /// Shared by the pods of an image.
  private let sharedScript: Shared<PodScript>
  private let ordinal: Int
  private let address: String
  private var state = State.creating
  private var isReady = false
  private var restarts = 0
  private var ends = 0
  private var isStopping = false
  private var isGone = false
  private var startedAt: Timestamp?
  private var lastEnd: Shared<ContainerStateTerminated>?
  /// Steps of earlier starts are void.
  private var generation = 0

  init(owner: ScriptedPods, pod: Pod, script: Shared<PodScript>, ordinal: Int, address: String) {
    self.owner = owner
    key = pod.key
    uid = pod.metadata.uid
    node = pod.spec.nodeName
    sharedScript = script
    self.ordinal = ordinal
    self.address = address
  }

  private var script: PodScript { sharedScript.value }

  func cancel() { isGone = true }

  private func after(_ delay: Duration, _ step: @escaping (ScriptedPod) -> Void) {
    let expected = generation
    owner.server.simulation.schedule(after: delay + owner.reaction()) { [weak self] in
      guard let self else { return }
      owner.nodes.perform(on: node) { [weak self] in
        guard let self, !self.isGone, self.generation == expected else { return }
        step(self)
      }
    }
  }

  func begin() {
    after(.zero) { $0.post() }
    if script.pullError {
      after(script.start) { pod in
        pod.state = .pullFailed
        pod.post()
      }
    } else {
      after(script.start) { $0.run() }
    }
  }

  private func run() {
    generation += 1
    state = .running
    isReady = false
    startedAt = owner.server.now
    post()
    if let ready = script.ready {
      after(ready + script.readyStep * ((ordinal - 1) % 10)) { $0.setReady(true) }
    }
    for flap in script.flaps { after(flap.after) { $0.setReady(flap.isReady) } }
    if let crashAfter = script.crashAfter, ends < script.crashes ?? .max {
      after(crashAfter) { $0.end() }
    }
  }

  private func setReady(_ ready: Bool) {
    isReady = ready
    post()
  }

  private func end() {
    generation += 1
    ends += 1
    state = .terminated
    isReady = false
    var end = ContainerStateTerminated()
    end.exitCode = script.exitCode
    end.reason = script.exitCode == 0 ? "Completed" : "Error"
    end.startedAt = startedAt
    end.finishedAt = owner.server.now
    lastEnd = Shared(end)
    post()
    let delay = min(Self.backOffMax, 10 << min(ends - 1, 10))
    after(Self.terminatedShows) { pod in
      pod.state = .backingOff
      pod.post()
      pod.after(.seconds(delay)) { pod in
        pod.restarts += 1
        pod.run()
      }
    }
  }

  /// The deletion mark was seen.
  func stop() {
    if isStopping { return }
    isStopping = true
    let simulation = owner.server.simulation
    simulation.schedule(after: script.stop + owner.reaction()) { [weak self] in
      guard let self else { return }
      owner.nodes.perform(on: node) { [weak self] in self?.finish() }
    }
  }

  private func finish() {
    if isGone { return }
    isGone = true
    // Gone already, or another pod of that name: nothing is left to do.
    let deleted = try? owner.server.delete(
      Pod.self, key.namespace, key.name,
      options: DeleteOptions(gracePeriodSeconds: 0, uid: uid))
    if deleted == nil, owner.server.faults.isActive {
      isGone = false
      again { $0.finish() }
    }
  }

  /// Repeats a write that a fault of the API server refused, as a kubelet's next sync does.
  private func again(_ write: @escaping (ScriptedPod) -> Void) {
    owner.server.simulation.schedule(after: Self.retryInterval) { [weak self] in
      if let self { write(self) }
    }
  }

  /// Writes the status again if somebody else has said something different of the pod.
  func correct() {
    guard !isGone, owner.nodes.isAlive(node),
      let current = owner.server.find(Pod.self, key.namespace, key.name),
      current.metadata.uid == uid, current.isReady != isReady
    else { return }
    post()
  }

  /// Writes the pod's status as the kubelet would.
  func post() {
    guard !isGone, owner.nodes.isAlive(node) else { return }
    let server = owner.server
    guard let current = server.find(Pod.self, key.namespace, key.name),
      current.metadata.uid == uid
    else { return }
    let containers = current.spec.content.value.containers
    var status = current.status
    status.hostIP = "10.0.0.1"
    status.hostIPs = [HostIP(ip: "10.0.0.1")]
    status.startTime = status.startTime ?? server.now
    if state == .running || startedAt != nil {
      status.phase = "Running"
      status.podIP = address
      status.podIPs = [HostIP(ip: address)]
    } else {
      status.phase = "Pending"
    }
    let names = containers.map(\.name)
    let reason = isReady ? "" : "ContainersNotReady"
    let message =
      isReady ? "" : "containers with unready status: [\(names.joined(separator: " "))]"
    set(&status, "Initialized", .true, "", "")
    set(&status, "Ready", isReady ? .true : .false, reason, message)
    set(&status, "ContainersReady", isReady ? .true : .false, reason, message)
    status.containerStatuses = containers.map(containerStatus)
    let written = try? server.modifyStatus(Pod.self, key.namespace, key.name) {
      $0.status = status
    }
    if written == nil, server.faults.isActive { again { $0.post() } }
  }

  private func set(
    _ status: inout PodStatus, _ type: String, _ value: ConditionStatus, _ reason: String,
    _ message: String
  ) {
    let now = owner.server.now
    guard let index = status.conditions.firstIndex(where: { $0.type == type }) else {
      status.conditions.append(
        Condition(
          type: type, status: value, reason: reason, message: message, lastTransitionTime: now))
      return
    }
    if status.conditions[index].status != value {
      status.conditions[index].lastTransitionTime = now
    }
    status.conditions[index].status = value
    status.conditions[index].reason = reason
    status.conditions[index].message = message
  }

  private func containerStatus(_ container: Container) -> ContainerStatus {
    var status = ContainerStatus()
    status.name = container.name
    status.image = container.image
    status.ready = isReady
    status.restartCount = restarts
    status.started = state == .running
    if restarts > 0 || state == .backingOff { status.lastState.terminated = lastEnd?.value }
    switch state {
    case .creating: status.state.waiting = waiting("ContainerCreating", "")
    case .pullFailed:
      status.state.waiting = waiting(
        "ImagePullBackOff", "Back-off pulling image \"\(container.image)\"")
    case .running:
      var running = ContainerStateRunning()
      running.startedAt = startedAt
      status.state.running = running
    case .terminated: status.state.terminated = lastEnd?.value
    case .backingOff:
      status.state.waiting = waiting("CrashLoopBackOff", "back-off restarting failed container")
    }
    return status
  }

  private func waiting(_ reason: String, _ message: String) -> ContainerStateWaiting {
    var waiting = ContainerStateWaiting()
    waiting.reason = reason
    waiting.message = message
    return waiting
  }
}

extension HostIP {
  fileprivate init(ip: String) {
    self.init()
    self.ip = ip
  }
}
