/// Something that must hold, evaluated on the trace as it happens.
package struct Check {
  /// How a check's condition is to hold over its window.
  package enum Kind: String, CaseIterable {
    /// After every event of the window.
    case always
    /// After no event of the window.
    case never
    /// After some event of the window.
    case eventually
    /// At the end of the window, for what was counted in it.
    case over
    /// At the end of the story.
    case atEnd
  }

  /// How the condition is to hold.
  package var kind: Kind
  /// What is to hold.
  package var condition: Condition
  /// The window's start.
  package var from: Moment
  /// The window's end; nil: the end of the story.
  package var until: Moment?
  /// The length of the window of `eventually`, from its start on.
  package var within: Duration?
  /// The check in the author's words.
  package var text: String
  /// Where it stands in the file.
  package var location: SourceLocation
}

/// A comparison of something observed with a value, such as `digits/production available >= 2`.
package struct Condition {
  /// Whom it is about.
  package var service: ServiceReference
  /// What is looked at.
  package var metric: Metric
  /// How it is compared.
  package var comparison: Comparison
  /// What it is compared with.
  package var value: Value
  /// The condition in the author's words.
  package var text: String

  /// How two values are compared.
  package enum Comparison: String, CaseIterable {
    /// Not less.
    case atLeast = ">="
    /// Not more.
    case atMost = "<="
    /// The same; `is` means the same.
    case equal = "="
    /// Not the same.
    case notEqual = "!="
    /// Less.
    case less = "<"
    /// More.
    case more = ">"
  }

  /// What an observation is compared with.
  package enum Value: Equatable {
    /// A number: a count, a fraction of one, or nanoseconds, as the metric says.
    case number(Double)
    /// A word, such as a model's name.
    case word(String)
  }
}

/// What checks and triggers can look at.
package enum Metric: Hashable {
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
  /// Container restarts, over all of the service's pods that were.
  case restarts
  /// `complete`, `progressing` or `ProgressDeadlineExceeded`.
  case rollout
  /// The model that the service is assigned.
  case assignedModel
  /// The model that answered last.
  case servedModel
  /// Requests that were answered or failed.
  case requests
  /// Requests that failed.
  case failures
  /// Failed requests as a fraction of all, 0 to 1.
  case errorRate
  /// Answers by a model that the service was not assigned when they were given.
  case wrongAnswers
  /// Right answers as a fraction of all answers, against the labelled set, 0 to 1.
  case accuracy
  /// A percentile of the latency from the intended send time, in nanoseconds.
  case latency(percentile: Double)

  /// The words of the language for it.
  package var words: String {
    switch self {
    case .desired: "desired"
    case .replicas: "replicas"
    case .updated: "updated"
    case .ready: "ready"
    case .available: "available"
    case .pods: "pods"
    case .restarts: "restarts"
    case .rollout: "rollout"
    case .assignedModel: "assigned model"
    case .servedModel: "served model"
    case .requests: "requests"
    case .failures: "failures"
    case .errorRate: "error rate"
    case .wrongAnswers: "wrong answers"
    case .accuracy: "accuracy"
    case .latency(let percentile): "p\(Units.plain(percentile)) latency"
    }
  }

  /// Whether it counts requests within a check's window, rather than showing a state.
  package var isOverRequests: Bool {
    switch self {
    case .requests, .failures, .errorRate, .wrongAnswers, .accuracy, .latency: true
    case .desired, .replicas, .updated, .ready, .available, .pods, .restarts, .rollout,
      .assignedModel, .servedModel:
      false
    }
  }
}
