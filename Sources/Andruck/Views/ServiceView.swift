import Scenario

/// What the world shows of one service at one moment.
public struct ServiceView: Sendable, CustomStringConvertible {
  /// How far a rollout is, in the words of a Deployment's status.
  public enum Rollout: String, Sendable {
    /// Every pod is of the newest revision and available.
    case complete
    /// Not complete, and the deadline has not passed.
    case progressing
    /// No progress for progressDeadlineSeconds.
    case deadlineExceeded = "ProgressDeadlineExceeded"
  }

  /// A condition of an object.
  public struct Condition: Sendable, Hashable {
    /// `True`, `False` or `Unknown`.
    public let status: String
    /// Why, in one word.
    public let reason: String
  }

  /// `application/level`.
  public let name: String
  /// The Deployment's spec.replicas.
  public let desired: Int
  /// status.replicas.
  public let replicas: Int
  /// status.updatedReplicas.
  public let updated: Int
  /// status.readyReplicas.
  public let ready: Int
  /// status.availableReplicas.
  public let available: Int
  /// Pods that exist, those being deleted included.
  public let pods: Int
  /// Pods that no machine has been found for.
  public let pending: Int
  /// Machines with ready pods of the service.
  public let nodes: Int
  /// Container restarts, over all of the service's pods that were.
  public let restarts: Int
  /// The Deployment's revision.
  public let revision: Int
  /// How far the rollout is.
  public let rollout: Rollout
  /// The Deployment's conditions by type.
  public let conditions: [String: Condition]
  /// The autoscaler's conditions by type.
  public let autoscaler: [String: Condition]
  /// CPU as a fraction of the requests, as the autoscaler last saw it; nil: it has seen none.
  public let utilisation: Double?
  /// Events about the service and its pods so far, by their reason.
  public let events: [String: Int]
  /// The model that the service is assigned; nil before it has one.
  public let assignedModel: String?
  /// The model that answered the traffic last.
  public let servedModel: String?
  /// The fraction of right answers in the operator's last evaluation.
  public let evaluation: Double?

  /// The service in one line.
  public var description: String {
    "\(name): \(available) of \(desired) available, \(ready) ready, \(updated) updated,"
      + " rollout \(rollout.rawValue), \(restarts) restarts,"
      + " \(assignedModel ?? "no model") assigned, \(servedModel ?? "none") served"
  }

  init(name: String, _ state: ServiceState) {
    self.name = name
    desired = state.desired
    replicas = state.replicas
    updated = state.updated
    ready = state.ready
    available = state.available
    pods = state.pods
    pending = state.pending
    nodes = state.nodes
    restarts = state.restarts
    revision = state.revision
    rollout =
      switch state.rollout {
      case .complete: .complete
      case .progressing: .progressing
      case .deadlineExceeded: .deadlineExceeded
      }
    conditions = state.conditions.mapValues { Condition(status: $0.status, reason: $0.reason) }
    autoscaler = state.autoscaler.mapValues { Condition(status: $0.status, reason: $0.reason) }
    utilisation = state.utilisationPercent.map { Double($0) / 100 }
    events = state.events
    assignedModel = state.assignedModel
    servedModel = state.servedModel
    evaluation = state.evaluation
  }
}
