import KubernetesAPI
import Scenario
import SimulationKernel

/// A pod at one moment.
public struct PodView: Sendable, CustomStringConvertible {
  /// Its name.
  public let name: String
  /// Its service as `application/level`; nil for a pod of none.
  public let service: String?
  /// The machine that it is on; nil: none has been found.
  public let node: String?
  /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
  public let phase: String
  /// Whether its Ready condition is true.
  public let isReady: Bool
  /// Whether it was told to stop.
  public let isBeingDeleted: Bool
  /// Restarts of its containers.
  public let restarts: Int
  /// The revision of the Deployment that it is of; nil: not known.
  public let revision: Int?
  /// Why its container waits, such as `CrashLoopBackOff`; nil: it does not.
  public let waitingReason: String?

  /// The pod in one line.
  public var description: String {
    "\(name): \(waitingReason ?? phase)\(isReady ? ", ready" : "")"
      + " on \(node ?? "no machine"), \(restarts) restarts"
  }

  init(_ pod: Pod, revision: Int?) {
    name = pod.metadata.name
    service = pod.metadata.labels["app"].map { "\($0)/\(pod.metadata.namespace)" }
    node = pod.spec.nodeName.isEmpty ? nil : pod.spec.nodeName
    phase = pod.status.phase
    isReady = pod.isReady
    isBeingDeleted = pod.metadata.deletionTimestamp != nil
    restarts = pod.status.containerStatuses.reduce(0) { $0 + $1.restartCount }
    waitingReason = pod.status.containerStatuses.lazy.compactMap(\.state.waiting?.reason).first
    self.revision = revision
  }

  /// The revision that a ReplicaSet has of its Deployment.
  static func revision(_ metadata: ObjectMeta) -> Int? {
    metadata.annotations["deployment.kubernetes.io/revision"].flatMap { Int($0) }
  }
}

/// A machine at one moment.
public struct NodeView: Sendable, CustomStringConvertible {
  /// Its name.
  public let name: String
  /// Its labels.
  public let labels: [String: String]
  /// Whether its Ready condition is true.
  public let isReady: Bool
  /// Whether new pods may come onto it: it is not cordoned.
  public let isSchedulable: Bool
  /// Pods on it that have not ended.
  public let podCount: Int

  /// The machine in one line.
  public var description: String {
    "\(name): \(isReady ? "Ready" : "NotReady")\(isSchedulable ? "" : ", cordoned"),"
      + " \(podCount) pods"
  }

  init(_ node: Node, podCount: Int) {
    name = node.metadata.name
    labels = node.metadata.labels
    isReady = node.status.conditions.first { $0.type == "Ready" }?.status == .true
    isSchedulable = !node.spec.unschedulable
    self.podCount = podCount
  }
}

/// Something that the cluster tells of an object.
public struct EventView: Sendable, CustomStringConvertible {
  /// The last time, in wall seconds since 1970 of the simulation.
  public let wallSeconds: Int64
  /// Why, in one word, such as `FailedScheduling`.
  public let reason: String
  /// The object as `kind/name`.
  public let object: String
  /// The object's namespace; empty for machines.
  public let namespace: String
  /// What is told.
  public let message: String
  /// How often it was told.
  public let count: Int
  /// Whether it is a warning.
  public let isWarning: Bool

  /// The event in one line.
  public var description: String { "\(reason) \(object): \(message) (\(count) times)" }

  init(_ event: Event) {
    wallSeconds = (event.lastTimestamp ?? event.firstTimestamp)?.seconds ?? 0
    reason = event.reason
    object = "\(event.involvedObject.kind)/\(event.involvedObject.name)"
    namespace = event.involvedObject.namespace
    message = event.message
    count = max(1, event.count)
    isWarning = event.type == "Warning"
  }
}

/// A line that a pod logged.
public struct LogView: Sendable, CustomStringConvertible {
  /// When, from the start.
  public let time: Duration
  /// The pod's name.
  public let pod: String
  /// The line, without its end.
  public let text: String

  /// The line.
  public var description: String { text }

  init(_ line: LogLine) {
    time = line.time - .zero
    pod = line.pod
    text = line.text
  }
}
