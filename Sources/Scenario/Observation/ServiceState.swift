package import SimulationKernel

/// What the world shows of one service at the present moment.
package struct ServiceState {
  /// The Deployment's spec.replicas.
  package var desired = 0
  /// status.replicas.
  package var replicas = 0
  /// status.updatedReplicas.
  package var updated = 0
  /// status.readyReplicas.
  package var ready = 0
  /// status.availableReplicas.
  package var available = 0
  /// Pods that exist.
  package var pods = 0
  /// Pods without a node.
  package var pending = 0
  /// Nodes with ready pods.
  package var nodes = 0
  /// Container restarts of all pods that were.
  package var restarts = 0
  /// The Deployment's revision.
  package var revision = 0
  /// The Deployment's conditions by type.
  package var conditions: [String: ConditionState] = [:]
  /// The autoscaler's conditions by type.
  package var autoscaler: [String: ConditionState] = [:]
  /// CPU in percent of the requests, as the autoscaler last saw it.
  package var utilisationPercent: Int?
  /// Events so far by reason.
  package var events: [String: Int] = [:]
  /// Lines of logs so far that contain a text that the scenario asks for.
  package var logLines: [String: Int] = [:]
  /// The fraction of right answers in the last evaluation.
  package var evaluation: Double?
  /// How far the rollout is.
  package var rollout = Rollout.progressing
  /// The model that the service is assigned; nil before it has one.
  package var assignedModel: String?
  /// The model that answered last.
  package var servedModel: String?

  /// A condition of an object.
  package struct ConditionState: Equatable {
    /// `True`, `False` or `Unknown`.
    package var status: String
    /// Why, in one word.
    package var reason: String
  }

  /// How far a rollout is, in the words of a Deployment's status.
  package enum Rollout: String {
    /// Every pod is of the newest revision and available.
    case complete
    /// Not complete, and the deadline has not passed.
    case progressing
    /// No progress for progressDeadlineSeconds.
    case deadlineExceeded = "ProgressDeadlineExceeded"
  }
}

/// How one request ended.
package struct RequestRecord {
  /// When the schedule wanted it sent; latency counts from here.
  package var intended: SimulationTime
  /// When the answer, or the failure, was there.
  package var ended: SimulationTime
  /// The gRPC status code's name, `OK` for an answer.
  package var status: String
  /// The model that answered, as the answering server said.
  package var model: String?
  /// Whether that model was assigned to the service between sending and answer.
  package var isAssignedModel: Bool
  /// Whether the answer is the label of the input.
  package var isRight: Bool

  /// How many requests the record stands for: more than one where arrivals are aggregated.
  package var count = 1

  /// Whether it was answered.
  package var isAnswered: Bool { status == "OK" }
}

/// A line that a pod of a service logged.
package struct LogLine {
  /// When it was logged.
  package var time: SimulationTime
  /// Whose pod it was.
  package var service: ServiceReference
  /// The pod's name.
  package var pod: String
  /// The line, without its end.
  package var text: String
}
