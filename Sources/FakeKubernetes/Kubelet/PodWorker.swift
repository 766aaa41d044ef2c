import JSON
import KubernetesAPI
import SimulationKernel

/// The kubelet's work on one pod: one sync at a time, then the next when something asks for it.
///
/// Source: `pkg/kubelet/pod_workers.go`. A sync sees the runtime as a list newer than the last
/// sync saw it. After success it comes again in 60 to 90 s, after an error in 10 to 15 s.
final class PodWorker {
  enum Phase {
    /// The pod is to run.
    case syncing
    /// Its containers are being stopped.
    case terminating
    /// They are gone; what is left is cleaned up.
    case terminated
    /// The kubelet is done with it.
    case finished
  }

  /// How a sync went.
  enum Outcome { case success, error, transition }

  unowned let kubelet: Kubelet
  let uid: String
  /// The pod as last seen from the API.
  var pod: Pod
  private(set) var phase = Phase.syncing
  /// Why containers could not be started, until their next start.
  var failures: [String: StartFailure] = [:]
  /// Why the kubelet ends the pod by itself (deadline): phase reason and message.
  var endReason: (reason: String, message: String)?
  /// Whether the kubelet ends the pod because the node lacks memory; its grace is a second then.
  private(set) var isEvicted = false
  var isRemovedFromAPI = false
  /// What the node has set aside for the pod, and a change of it that is under way.
  var resize: PodResize
  private(set) lazy var volumes = kubelet.makeVolumes(self)
  private var hasBegun = false
  /// The status that came with the last change that was not our own doing.
  private(set) var noticedStatus = PodStatus()
  private var isBusy = false
  private var isPending = false
  private var lastSync: Int64 = -1
  private var queued: SimulationTimer?

  /// Whether the kubelet is done with the pod.
  var isFinished: Bool {
    if case .finished = phase { return true }
    return false
  }

  /// Whether the pod counts among what the node runs: its containers may still run.
  var isActive: Bool {
    switch phase {
    case .syncing, .terminating: !isRemovedFromAPI
    case .terminated, .finished: false
    }
  }

  init(kubelet: Kubelet, pod: Pod, resize: PodResize? = nil) {
    self.kubelet = kubelet
    self.pod = pod
    uid = pod.metadata.uid
    self.resize = resize ?? PodResize(pod)
  }

  /// The pod changed in the API, or is gone from it.
  func update(_ new: Pod, isRemoved: Bool) {
    let isNews = !hasBegun || isRemoved || differs(from: new) || hasGateChanged(new)
    hasBegun = true
    if isNews { noticedStatus = new.status }
    pod = new
    isRemovedFromAPI = isRemovedFromAPI || isRemoved
    switch phase {
    case .syncing:
      let isEnded = new.isTerminal
      if new.metadata.isBeingDeleted || isRemoved || isEnded {
        beginTerminating()
      } else if !isNews {
        return
      }
      kubelet.specChanged(self)
      requestSync()
    case .terminating, .terminated: break
    case .finished: kubelet.writer.deletionMarked(uid)
    }
  }

  /// Whether the pod changed in more than its status, which is our own doing.
  private func differs(from new: Pod) -> Bool {
    pod.spec != new.spec || pod.metadata.labels != new.metadata.labels
      || pod.metadata.annotations != new.metadata.annotations
      || pod.metadata.deletionTimestamp != new.metadata.deletionTimestamp
      || pod.metadata.deletionGracePeriodSeconds != new.metadata.deletionGracePeriodSeconds
  }

  /// Whether conditions that readiness gates ask for changed.
  private func hasGateChanged(_ new: Pod) -> Bool {
    for gate in pod.spec.readinessGates?.arrayValue ?? [] {
      guard let type = gate["conditionType"]?.stringValue else { continue }
      if pod.status.conditions.first(type)?.status != new.status.conditions.first(type)?.status {
        return true
      }
    }
    return false
  }

  /// The kubelet itself ends the pod, at its next sync.
  func end(reason: String, message: String) {
    guard case .syncing = phase else { return }
    endReason = (reason, message)
    requestSync()
  }

  /// The kubelet ends the pod at once, because the node lacks memory.
  func evict(message: String) {
    guard case .syncing = phase else { return }
    endReason = ("Evicted", message)
    isEvicted = true
    beginTerminating()
    requestSync()
  }

  private func beginTerminating() {
    phase = .terminating
    volumes.cancel()
    if isBusy && isWaitingForVolumes { finish(.error) }
  }

  /// Asks for a sync, now or after the one that is under way.
  func requestSync() {
    if isBusy {
      isPending = true
    } else {
      begin()
    }
  }

  private func begin() {
    if case .finished = phase { return }
    isBusy = true
    isPending = false
    queued?.cancel()
    queued = nil
    kubelet.relist.whenNewer(uid, than: lastSync) { [weak self] snapshot in
      guard let self, kubelet.isRunning else { return }
      switch phase {
      case .syncing: PodSync(self, snapshot).run()
      case .terminating: PodTermination(self, snapshot).run()
      case .terminated: cleanUp()
      case .finished: isBusy = false
      }
    }
  }

  /// Whether the pod's deadline is being watched.
  var armedDeadline: Int64?
  /// Whether a sync waits for mounts, which a deletion interrupts.
  var isWaitingForVolumes = false

  /// A sync has ended.
  func finish(_ outcome: Outcome) {
    isWaitingForVolumes = false
    isBusy = false
    lastSync = kubelet.simulation.now.nanoseconds
    if isPending { return begin() }
    if case .finished = phase { return }
    queued = kubelet.requeue(outcome) { [weak self] in self?.requestSync() }
  }

  /// All containers have ended by themselves for good.
  func becameTerminal() {
    if case .syncing = phase { phase = .terminating }
    finish(.transition)
  }

  /// The containers have been stopped.
  func stopped() {
    phase = .terminated
    kubelet.writer.markStopped(uid)
    finish(.transition)
  }

  private func cleanUp() {
    phase = .finished
    isBusy = false
    kubelet.finished(self)
  }

  /// The kubelet's process ends; the worker's callbacks do nothing any more.
  func abandon() {
    queued?.cancel()
    volumes.cancel()
    phase = .finished
  }

  /// Writes an event about the pod or one of its containers.
  func event(_ event: KubeletEvent, container: Container? = nil, isInit: Bool = false) {
    let path = container.map {
      isInit ? "spec.initContainers{\($0.name)}" : "spec.containers{\($0.name)}"
    }
    kubelet.record(pod, path ?? "", event)
  }

  /// The pod as messages name it: `name_namespace(uid)`.
  var text: String { "\(pod.metadata.name)_\(pod.metadata.namespace)(\(uid))" }
}
