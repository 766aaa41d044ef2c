/// What checks, triggers and columns can look at.
package enum Metric: Hashable, Sendable {
  /// The Deployment's spec.replicas.
  case desired
  /// status.replicas.
  case replicas
  /// status.updatedReplicas.
  case updated
  /// status.readyReplicas.
  case ready
  /// status.availableReplicas.
  case available
  /// Pods that exist, those being deleted included.
  case pods
  /// Pods that no machine has been found for.
  case pending
  /// Machines with ready pods of the service.
  case nodes
  /// Container restarts, over all of the service's pods that were.
  case restarts
  /// The Deployment's revision.
  case revision
  /// `complete`, `progressing` or `ProgressDeadlineExceeded`.
  case rollout
  /// A condition of the Deployment, by its type.
  case condition(String)
  /// A condition of the autoscaler, by its type.
  case autoscaler(String)
  /// CPU as a fraction of the requests, as the autoscaler last saw it.
  case utilisation
  /// Events about the service and its pods so far, by their reason.
  case events(String)
  /// Lines so far that pods have logged and that contain a text.
  case logLines(String)
  /// The model that the service is assigned.
  case assignedModel
  /// The model that answered last.
  case servedModel
  /// The fraction of right answers in the operator's last evaluation.
  case evaluation
  /// Requests that were answered or failed.
  case requests
  /// Requests that failed.
  case failures
  /// Requests that failed with a gRPC status.
  case failuresOf(String)
  /// Failed requests as a fraction of all, 0 to 1.
  case errorRate
  /// Requests that failed with a gRPC status as a fraction of all, 0 to 1.
  case errorRateOf(String)
  /// Answers by a model that the service was not assigned when they were given.
  case wrongAnswers
  /// Different models that answered.
  case models
  /// Right answers as a fraction of all answers, against the labelled set, 0 to 1.
  case accuracy
  /// A percentile of the latency from the intended send time, in nanoseconds.
  case latency(percentile: Double)
  /// Answers a second.
  case throughput
  /// The number of pods times the hours that they existed.
  case podHours

  /// The words of the language for it.
  package var words: String {
    switch self {
    case .desired: "desired"
    case .replicas: "replicas"
    case .updated: "updated"
    case .ready: "ready"
    case .available: "available"
    case .pods: "pods"
    case .pending: "pending"
    case .nodes: "nodes"
    case .restarts: "restarts"
    case .revision: "revision"
    case .rollout: "rollout"
    case .condition(let type): "condition \(type)"
    case .autoscaler(let type): "autoscaler \(type)"
    case .utilisation: "utilisation"
    case .events(let reason): "events \(reason)"
    case .logLines(let text): "log \"\(text)\""
    case .assignedModel: "assigned model"
    case .servedModel: "served model"
    case .evaluation: "evaluation"
    case .requests: "requests"
    case .failures: "failures"
    case .failuresOf(let status): "failures \(status)"
    case .errorRate: "error rate"
    case .errorRateOf(let status): "error rate \(status)"
    case .wrongAnswers: "wrong answers"
    case .models: "models"
    case .accuracy: "accuracy"
    case .latency(let percentile): "p\(Units.plain(percentile)) latency"
    case .throughput: "throughput"
    case .podHours: "pod hours"
    }
  }

  /// Its entry in the table of observations.
  package var entry: MetricEntry {
    let pattern =
      switch self {
      case .condition: "condition TYPE"
      case .autoscaler: "autoscaler TYPE"
      case .events: "events REASON"
      case .logLines: "log \"TEXT\""
      case .failuresOf: "failures STATUS"
      case .errorRateOf: "error rate STATUS"
      case .latency: "pN latency"
      default: words
      }
    guard let entry = MetricEntry.all.first(where: { $0.words == pattern }) else {
      preconditionFailure("\(pattern) is not in the table of observations")
    }
    return entry
  }

  /// Whether it counts requests within a check's window, rather than showing a state.
  package var isOverRequests: Bool { entry.isOverRequests }

  /// Whether it can be judged after every event: a state, or a count that only grows.
  package var isAtEveryInstant: Bool { entry.isAtEveryInstant }
}
