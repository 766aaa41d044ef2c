import KubernetesAPI
import SimulationKernel

/// What the kubelet believes of its pods' statuses, written to the API when it changes.
///
/// Source: `pkg/kubelet/status/status_manager.go`. The last status is kept here and is the base of
/// the next one; a write merges it with the conditions that others own.
final class PodStatusWriter {
  private struct Entry {
    var key: ObjectKey
    var status: PodStatus
    var isWritePending = false
    /// Whether the pod's containers are gone, so that its phase may be a final one.
    var isStopped = false
    /// Whether the kubelet is done with the pod, so that a deleted one may leave the API.
    var isFinished = false
  }

  private let server: APIServer
  private let delay: Duration
  private var entries: [String: Entry] = [:]
  /// Whether the kubelet's process lives; writes of a dead one are dropped.
  var isAlive = true
  /// How far the machine's clock is ahead, in seconds.
  var clockSkewSeconds: Int64 = 0

  private var now: Timestamp { server.now + clockSkewSeconds }

  static let owned = [
    "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
    "PodResizePending", "PodResizeInProgress",
  ]

  init(server: APIServer, delay: Duration) {
    self.server = server
    self.delay = delay
  }

  /// The status as last believed.
  func status(_ uid: String) -> PodStatus? { entries[uid]?.status }

  /// The pod's containers are gone.
  func markStopped(_ uid: String) { entries[uid]?.isStopped = true }

  /// Takes over a new status and writes it if it differs.
  func set(_ pod: Pod, _ given: PodStatus) {
    let uid = pod.metadata.uid
    var entry = entries[uid] ?? Entry(key: pod.key, status: pod.status)
    let isNew = entries[uid] == nil
    var status = given
    settleConditions(&status, previous: entry.status, generation: pod.metadata.generation)
    status.cutMessages(count: pod.spec.containers.count + pod.spec.initContainers.count)
    if !isNew && status == entry.status {
      entries[uid] = entry
      return
    }
    entry.status = status
    entries[uid] = entry
    scheduleWrite(uid)
  }

  /// A readiness probe changed its mind.
  func setReadiness(_ pod: Pod, containerID: String, isReady: Bool) {
    change(pod, containerID) { container, status in
      container(&status) { $0.ready = isReady }
      let others = server.find(Pod.self, pod.metadata.namespace, pod.metadata.name)?.status
      let fresh = PodStatusRules.conditions(
        spec: pod.spec, phase: status.phase, initStatuses: status.initContainerStatuses,
        statuses: status.containerStatuses, isSandboxReady: true,
        others: others?.conditions ?? [])
      for type in ["Ready", "ContainersReady"] {
        guard let index = status.conditions.firstIndex(where: { $0.type == type }),
          let condition = fresh.first(type)
        else { continue }
        status.conditions[index] = condition
      }
    }
  }

  /// A startup probe succeeded or began anew; the conditions follow at the pod's next sync.
  func setStarted(_ pod: Pod, containerID: String, isStarted: Bool) {
    change(pod, containerID) { container, status in
      container(&status) { $0.started = isStarted }
    }
  }

  private typealias ContainerChange = (inout PodStatus, (inout ContainerStatus) -> Void) -> Void

  private func change(
    _ pod: Pod, _ containerID: String, _ body: (ContainerChange, inout PodStatus) -> Void
  ) {
    // What was said before is written before it is taken back.
    if entries[pod.metadata.uid]?.isWritePending == true { write(pod.metadata.uid) }
    guard var status = entries[pod.metadata.uid]?.status else { return }
    let isWanted = { (status: ContainerStatus) in status.containerID == containerID }
    if let index = status.containerStatuses.firstIndex(where: isWanted) {
      body({ $1(&$0.containerStatuses[index]) }, &status)
    } else if let index = status.initContainerStatuses.firstIndex(where: isWanted) {
      body({ $1(&$0.initContainerStatuses[index]) }, &status)
    } else {
      return
    }
    set(pod, status)
  }

  /// The kubelet is done with a pod: containers without an end get one, a deleted pod goes.
  func terminate(_ pod: Pod, hasInitialized: Bool) {
    let uid = pod.metadata.uid
    guard var entry = entries[uid] else { return }
    var status = entry.status
    func end(_ list: inout ArraySlice<ContainerStatus>) {
      for index in list.indices
      where list[index].state.terminated == nil {
        var lost = ContainerStateTerminated()
        lost.exitCode = ExitStatus.killed
        lost.reason = "ContainerStatusUnknown"
        lost.message = "The container could not be located when the pod was terminated"
        list[index].state = ContainerState()
        list[index].state.terminated = lost
        list[index].ready = false
        list[index].started = false
      }
    }
    if hasInitialized { end(&status.containerStatuses[...]) }
    // All but those at the end that never ran, but always the first.
    let last = status.initContainerStatuses.lastIndex {
      $0.state.waiting == nil || $0.lastState.terminated != nil
    }
    end(&status.initContainerStatuses[..<min((last ?? 0) + 1, status.initContainerStatuses.count)])
    if status.phase != "Succeeded" && status.phase != "Failed" { status.phase = "Failed" }
    entry.isStopped = true
    entry.isFinished = true
    entry.status = status
    entries[uid] = entry
    scheduleWrite(uid)
  }

  /// The API has the pod's deletion mark now; a finished pod may go.
  func deletionMarked(_ uid: String) {
    if entries[uid]?.isFinished == true { scheduleWrite(uid) }
  }

  func forget(_ uid: String) { entries[uid] = nil }

  func forgetAll() { entries = [:] }

  /// Conditions keep their time while their status stays.
  private func settleConditions(
    _ status: inout PodStatus, previous: PodStatus, generation: Int64
  ) {
    // A probe may tell of a pod that it saw before the last change of its spec.
    let generation = max(generation, previous.observedGeneration)
    status.observedGeneration = generation
    for index in status.conditions.indices {
      let type = status.conditions[index].type
      let old = previous.conditions.first(type)
      let isSame = old?.status == status.conditions[index].status
      status.conditions[index].lastTransitionTime =
        isSame ? old?.lastTransitionTime ?? now : now
      status.conditions[index].observedGeneration = generation
    }
  }

  private func scheduleWrite(_ uid: String) {
    guard entries[uid]?.isWritePending == false else { return }
    entries[uid]?.isWritePending = true
    server.simulation.schedule(after: delay) { [weak self] in self?.write(uid) }
  }

  private func write(_ uid: String) {
    guard isAlive, let entry = entries[uid] else { return }
    entries[uid]?.isWritePending = false
    guard let stored = server.find(Pod.self, entry.key.namespace, entry.key.name),
      stored.metadata.uid == uid
    else { return }
    let merged = merge(entry, into: stored.status)
    if merged != stored.status {
      let written = try? server.modifyStatus(Pod.self, entry.key.namespace, entry.key.name) {
        $0.status = merged
      }
      // status_manager.go: what could not be written is tried again every 10 s.
      if written == nil, server.faults.isActive { return writeAgain(uid) }
    }
    if entry.isFinished, stored.metadata.isBeingDeleted {
      let options = DeleteOptions(gracePeriodSeconds: 0, uid: uid)
      let deleted = try? server.delete(
        Pod.self, entry.key.namespace, entry.key.name, options: options)
      if deleted == nil, server.faults.isActive { writeAgain(uid) }
    }
  }

  /// The API has a status of the pod; if somebody else changed what is ours, it is written again.
  ///
  /// Source: `status_manager.go` needsReconcile, looked at every 10 s.
  func reconcile(_ pod: Pod) {
    let uid = pod.metadata.uid
    guard let entry = entries[uid], !entry.isWritePending, !entry.isFinished,
      ready(merge(entry, into: pod.status)) != ready(pod.status)
    else { return }
    writeAgain(uid)
  }

  private func ready(_ status: PodStatus) -> ConditionStatus? {
    status.conditions.first("Ready")?.status
  }

  private func writeAgain(_ uid: String) {
    entries[uid]?.isWritePending = true
    server.simulation.schedule(after: .seconds(10)) { [weak self] in self?.write(uid) }
  }

  private func merge(_ entry: Entry, into stored: PodStatus) -> PodStatus {
    var status = entry.status
    status.qosClass = stored.qosClass
    status.nominatedNodeName = stored.nominatedNodeName
    let isFinal = status.phase == "Succeeded" || status.phase == "Failed"
    if isFinal && !entry.isStopped && stored.phase != "Succeeded" && stored.phase != "Failed" {
      status.phase = stored.phase
      status.reason = stored.reason
      status.message = stored.message
    }
    let isOwned = { (condition: Condition) in Self.owned.contains(condition.type) }
    let scheduled = stored.conditions.filter { $0.type == "PodScheduled" }
    var others = stored.conditions.filter { !isOwned($0) }
    // Why the kubelet ended a pod is told when the pod has ended.
    if let target = status.conditions.first("DisruptionTarget"),
      target.reason == "TerminationByKubelet", status.phase == "Failed"
    {
      others = others.filter { $0.type != target.type } + [target]
    }
    status.conditions = status.conditions.filter { $0.type != "PodScheduled" && isOwned($0) }
    if scheduled.isEmpty {
      var condition = Condition(
        type: "PodScheduled", status: .true, lastTransitionTime: server.now)
      condition.observedGeneration = status.observedGeneration
      status.conditions.append(condition)
    }
    status.conditions += scheduled.map {
      var condition = $0
      condition.observedGeneration = status.observedGeneration
      return condition
    }
    status.conditions = others + status.conditions
    return status
  }
}

extension PodStatus {
  /// What the messages of all ended containers may have together, bytes
  /// (`pkg/kubelet/container/runtime.go` MaxPodTerminationMessageLogLength).
  private static let messageBytesMax = 12 << 10

  /// Cuts the messages of ended containers, each to its share (`status_manager.go` normalizeStatus).
  ///
  /// Only pods of four containers and more feel it: no message is longer than 4 KiB.
  fileprivate mutating func cutMessages(count: Int) {
    if count < 4 { return }
    let most = Self.messageBytesMax / count
    for index in containerStatuses.indices { containerStatuses[index].cutMessages(most) }
    for index in initContainerStatuses.indices { initContainerStatuses[index].cutMessages(most) }
  }
}

extension ContainerStatus {
  fileprivate mutating func cutMessages(_ bytesMax: Int) {
    for path in [\ContainerStatus.state.terminated, \.lastState.terminated] {
      guard let message = self[keyPath: path]?.message, message.utf8.count > bytesMax else {
        continue
      }
      self[keyPath: path]?.message = String(decoding: message.utf8.prefix(bytesMax), as: UTF8.self)
    }
  }
}
