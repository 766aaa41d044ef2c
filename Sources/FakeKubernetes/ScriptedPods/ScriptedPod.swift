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
  /// Where the store keeps the pod.
  private let place: Int32
  let node: String
  /// Shared by the pods of an image.
  private let sharedScript: Shared<PodScript>
  private let ordinal: Int
  private let address: String
  @exclusivity(unchecked) private var state = State.creating
  @exclusivity(unchecked) private var isReady = false
  @exclusivity(unchecked) private var restarts = 0
  private var ends = 0
  private var isStopping = false
  @exclusivity(unchecked) private var isGone = false
  @exclusivity(unchecked) private var startedAt: Timestamp?
  @exclusivity(unchecked) private var lastEnd: Shared<ContainerStateTerminated>?
  /// Steps of earlier starts are void.
  @exclusivity(unchecked) private var generation = 0

  init(owner: ScriptedPods, pod: Pod, script: Shared<PodScript>, ordinal: Int, address: String) {
    self.owner = owner
    key = pod.key
    uid = pod.metadata.uid
    place = pod.metadata.place
    node = pod.spec.nodeName
    sharedScript = script
    self.ordinal = ordinal
    self.address = address
  }

  private var script: PodScript { sharedScript.value }

  func cancel() { isGone = true }

  private func after(_ delay: Duration, _ step: @escaping (ScriptedPod) -> Void) {
    let expected = generation
    let nanoseconds = delay.wholeNanoseconds + owner.reaction()
    owner.server.simulation.schedule(afterNanoseconds: nanoseconds) { [self] in
      if owner.nodes.isAlive(node) { return take(step, expected) }
      owner.nodes.perform(on: node) { [weak self] in self?.take(step, expected) }
    }
  }

  /// Takes a step unless it is void.
  private func take(_ step: (ScriptedPod) -> Void, _ expected: Int) {
    if !isGone, generation == expected { step(self) }
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
    let nanoseconds = script.stop.wholeNanoseconds + owner.reaction()
    owner.server.simulation.schedule(afterNanoseconds: nanoseconds) { [self] in
      if owner.nodes.isAlive(node) { return finish() }
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
      let current = owner.server.current(Pod.self, place: place, uid: uid),
      current.isReady != isReady
    else { return }
    post()
  }

  /// Writes the pod's status as the kubelet would.
  func post() {
    guard !isGone, owner.nodes.isAlive(node) else { return }
    let server = owner.server
    guard let current = server.current(Pod.self, place: place, uid: uid) else { return }
    var status = current.status
    status.hostIPs = owner.hostIPs
    status.hostIP = owner.hostIPs[0].ip
    status.startTime = status.startTime ?? server.now
    if state == .running || startedAt != nil {
      status.phase = "Running"
      status.podIP = address
      if status.podIPs.isEmpty { status.podIPs = [HostIP(ip: address)] }
    } else {
      status.phase = "Pending"
    }
    let content = current.spec.content
    status.conditions = owner.statuses.conditions(
      status.conditions, content, isReady: isReady, now: server.now)
    status.containerStatuses = owner.statuses.containers(content, seen)
    let written = try? server.setStatus(status, of: current)
    if written == nil, server.faults.isActive { again { $0.post() } }
  }

  /// The state of the pod's containers.
  private var seen: ScriptedStatuses.Containers {
    let state: ScriptedStatuses.ContainerPhase =
      switch self.state {
      case .creating: .waiting("ContainerCreating")
      case .pullFailed: .waiting("ImagePullBackOff")
      case .running: .running(startedAt)
      case .terminated: .terminated
      case .backingOff: .waiting("CrashLoopBackOff")
      }
    return ScriptedStatuses.Containers(
      phase: state, isReady: isReady, restarts: restarts, lastEnd: lastEnd)
  }
}
