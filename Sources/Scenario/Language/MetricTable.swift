/// What conditions and columns can look at, for reading, messages and the reference.
package struct MetricEntry: Sendable {
  /// What an observation is compared with.
  package enum Unit: Sendable {
    case wholeNumber
    case number
    case share
    case duration
    case rate
    case rollout
    case word
  }

  /// The words of the language, with an upper-case word for what is filled in.
  package var words: String
  /// What it is compared with.
  package var unit: Unit
  /// Whether it counts requests within a window.
  package var isOverRequests: Bool
  /// Whether it is known at every instant, not only at the end of a window.
  package var isAtEveryInstant: Bool
  /// What it is, in one sentence.
  package var doc: String
  /// A condition with it.
  package var example: String
}

extension MetricEntry {
  private static func state(
    _ words: String, _ doc: String, _ example: String, _ unit: Unit = .wholeNumber
  ) -> MetricEntry {
    MetricEntry(
      words: words, unit: unit, isOverRequests: false, isAtEveryInstant: true, doc: doc,
      example: "digits/production \(words) \(example)")
  }

  private static func counted(
    _ words: String, _ doc: String, _ example: String, _ unit: Unit = .wholeNumber,
    isAtEveryInstant: Bool
  ) -> MetricEntry {
    MetricEntry(
      words: words, unit: unit, isOverRequests: true, isAtEveryInstant: isAtEveryInstant, doc: doc,
      example: "digits/production \(words) \(example)")
  }

  /// All of them, in the order of the reference.
  package static let all: [MetricEntry] = [
    state("desired", "spec.replicas of the Deployment.", ">= 3"),
    state("replicas", "status.replicas.", "<= 4"),
    state("updated", "status.updatedReplicas.", ">= 1"),
    state("ready", "status.readyReplicas.", ">= 3"),
    state("available", "status.availableReplicas.", ">= 3"),
    state("pods", "Pods that exist.", "<= 4"),
    state("pending", "Pods that no machine has been found for.", "= 0"),
    state("nodes", "Machines with ready pods of the service.", ">= 2"),
    state("restarts", "Restarts of containers so far.", "= 0"),
    state("revision", "The Deployment's revision.", "= 2"),
    state(
      "rollout", "`complete`, `progressing` or `ProgressDeadlineExceeded`.", "is complete",
      .rollout),
    MetricEntry(
      words: "condition TYPE", unit: .word, isOverRequests: false, isAtEveryInstant: true,
      doc: "A condition of the Deployment: its status or its reason.",
      example: "digits/production condition Available is True"),
    MetricEntry(
      words: "autoscaler TYPE", unit: .word, isOverRequests: false, isAtEveryInstant: true,
      doc: "A condition of the autoscaler: its status or its reason.",
      example: "digits/production autoscaler ScalingActive is False"),
    state(
      "utilisation", "CPU in percent of the requests, as the autoscaler last saw it.", "<= 90%",
      .share),
    MetricEntry(
      words: "events REASON", unit: .wholeNumber, isOverRequests: false, isAtEveryInstant: true,
      doc: "Events of the cluster about the service and its pods so far, by their reason.",
      example: "digits/production events FailedScheduling >= 1"),
    MetricEntry(
      words: "log \"TEXT\"", unit: .wholeNumber, isOverRequests: false, isAtEveryInstant: true,
      doc: "Lines so far that the pods have logged and that contain a text.",
      example: "digits/production log \"cannot start\" >= 1"),
    state("assigned model", "The model that the service is assigned.", "is digits-v1.model", .word),
    state("served model", "The model that answered last.", "is digits-v1.model", .word),
    state(
      "evaluation", "The share of right answers in the operator's last evaluation.", ">= 90%",
      .share),
    counted("requests", "Requests that ended.", ">= 1000", isAtEveryInstant: true),
    counted("failures", "Requests that failed.", "= 0", isAtEveryInstant: true),
    MetricEntry(
      words: "failures STATUS", unit: .wholeNumber, isOverRequests: true, isAtEveryInstant: true,
      doc: "Requests that failed with a gRPC status.",
      example: "digits/production failures UNAVAILABLE = 0"),
    counted(
      "wrong answers", "Answers by a model that was not assigned, or not what that model says.",
      "= 0", isAtEveryInstant: true),
    counted(
      "models", "Different models that answered; more than one: versions were mixed.", "= 1",
      isAtEveryInstant: true),
    counted("error rate", "Failed requests, of all.", "< 1%", .share, isAtEveryInstant: false),
    MetricEntry(
      words: "error rate STATUS", unit: .share, isOverRequests: true, isAtEveryInstant: false,
      doc: "Requests that failed with a gRPC status, of all.",
      example: "digits/production error rate DEADLINE_EXCEEDED < 1%"),
    counted("accuracy", "Right answers, of all.", ">= 90%", .share, isAtEveryInstant: false),
    MetricEntry(
      words: "pN latency", unit: .duration, isOverRequests: true, isAtEveryInstant: false,
      doc: "A percentile of the time from the intended sending to the answer.",
      example: "digits/production p99 latency <= 250ms"),
    counted(
      "throughput", "Answers a second.", ">= 400/s", .rate, isAtEveryInstant: false),
    MetricEntry(
      words: "pod hours", unit: .number, isOverRequests: false, isAtEveryInstant: false,
      doc: "What the service's pods cost: their number times the hours that they existed.",
      example: "digits/production pod hours <= 2.5"),
  ]

  /// Finds the observation that the author's words name.
  package static func metric(_ words: String) -> Metric? {
    let plain: [Metric] = [
      .desired, .replicas, .updated, .ready, .available, .pods, .pending, .nodes, .restarts,
      .revision, .rollout, .utilisation, .assignedModel, .servedModel, .evaluation, .requests,
      .failures, .wrongAnswers, .models, .errorRate, .accuracy, .throughput, .podHours,
    ]
    if let metric = plain.first(where: { $0.words == words }) { return metric }
    if let text = words.dropping("log \""), text.last == "\"", text.count > 1 {
      return .logLines(String(text.dropLast()))
    }
    if let status = words.dropping("error rate "), status.isOneWord {
      return .errorRateOf(status)
    }
    let parts = words.split(separator: " ").map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "condition": return .condition(parts[1])
    case "autoscaler": return .autoscaler(parts[1])
    case "events": return .events(parts[1])
    case "failures": return .failuresOf(parts[1])
    default: break
    }
    guard parts[1] == "latency", parts[0].first == "p",
      let percentile = Units.number(String(parts[0].dropFirst())), (0...100).contains(percentile)
    else { return nil }
    return .latency(percentile: percentile)
  }
}

extension String {
  /// What follows a beginning; nil if the text does not begin so.
  fileprivate func dropping(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }

  fileprivate var isOneWord: Bool { !isEmpty && !contains(" ") }
}
