/// A reason and message that end up in a condition of the autoscaler.
package struct AutoscalerReason: Equatable, Sendable {
  package var reason: String
  package var message: String

  static let readyForNewScale = AutoscalerReason(
    reason: "ReadyForNewScale", message: "recommended size matches current size")
  static let scaleDownStabilized = AutoscalerReason(
    reason: "ScaleDownStabilized",
    message: "recent recommendations were higher than current one, "
      + "applying the highest recent recommendation")
  static let scaleUpStabilized = AutoscalerReason(
    reason: "ScaleUpStabilized",
    message: "recent recommendations were lower than current one, "
      + "applying the lowest recent recommendation")
  static let scaleUpLimit = AutoscalerReason(
    reason: "ScaleUpLimit",
    message: "the desired replica count is increasing faster than the maximum scale rate")
  static let scaleDownLimit = AutoscalerReason(
    reason: "ScaleDownLimit",
    message: "the desired replica count is decreasing faster than the maximum scale rate")
  static let tooManyReplicas = AutoscalerReason(
    reason: "TooManyReplicas",
    message: "the desired replica count is more than the maximum replica count")
  static let tooFewReplicas = AutoscalerReason(
    reason: "TooFewReplicas",
    message: "the desired replica count is less than the minimum replica count")
  static let withinRange = AutoscalerReason(
    reason: "DesiredWithinRange",
    message: "the desired count is within the acceptable range")
}

/// What an autoscaler proposed lately, before stabilization.
package struct RecommendationLog: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var replicas: Int
    package var timestampNanoseconds: Int64

    package init(replicas: Int, timestampNanoseconds: Int64) {
      self.replicas = replicas
      self.timestampNanoseconds = timestampNanoseconds
    }
  }

  package private(set) var entries: [Entry]

  package init(_ entries: [Entry] = []) {
    self.entries = entries
  }

  /// The highest of the window and this one, which is stored (`stabilizeRecommendation`).
  ///
  /// Example: 4 (120 s ago), 5 (60 s ago), now 3, window 300 s: 5.
  package mutating func stabilize(
    _ desired: Int, downscaleWindowNanoseconds: Int64, nowNanoseconds: Int64
  ) -> Int {
    let cutoff = nowNanoseconds - downscaleWindowNanoseconds
    var highest = desired
    var reusable: Int?
    for (index, entry) in entries.enumerated() {
      if entry.timestampNanoseconds < cutoff {
        reusable = index
      } else {
        highest = max(highest, entry.replicas)
      }
    }
    store(desired, at: reusable, nowNanoseconds)
    return highest
  }

  /// The present size clamped between the lowest of the up window and the highest of the down window.
  ///
  /// Source: `horizontal.go` stabilizeRecommendationWithBehaviors.
  package mutating func stabilize(
    _ desired: Int, current: Int, upWindowNanoseconds: Int64, downWindowNanoseconds: Int64,
    nowNanoseconds: Int64
  ) -> Int {
    let upCutoff = nowNanoseconds - upWindowNanoseconds
    let downCutoff = nowNanoseconds - downWindowNanoseconds
    var lowest = desired
    var highest = desired
    var reusable: Int?
    for (index, entry) in entries.enumerated() {
      if entry.timestampNanoseconds > upCutoff { lowest = min(lowest, entry.replicas) }
      if entry.timestampNanoseconds > downCutoff { highest = max(highest, entry.replicas) }
      if entry.timestampNanoseconds < upCutoff && entry.timestampNanoseconds < downCutoff {
        reusable = index
      }
    }
    store(desired, at: reusable, nowNanoseconds)
    return min(max(current, lowest), highest)
  }

  private mutating func store(_ replicas: Int, at index: Int?, _ now: Int64) {
    let entry = Entry(replicas: replicas, timestampNanoseconds: now)
    if let index { entries[index] = entry } else { entries.append(entry) }
  }
}

/// Limits of one step of scaling.
package enum ScaleLimit {
  /// Clamps to the bounds and the built-in rate: at most max(factor * current, minimum).
  ///
  /// Source: `horizontal.go` convertDesiredReplicasWithRules. Example: current 1, desired 10,
  /// max 10: 4 (`ScaleUpLimit`).
  package static func withoutBehavior(
    current: Int, desired: Int, minReplicas: Int, maxReplicas: Int, factor: Int = 2,
    minimum: Int = 4
  ) -> (replicas: Int, reason: AutoscalerReason) {
    let rate = max(factor * current, minimum)
    let (upper, reason): (Int, AutoscalerReason) =
      maxReplicas > rate ? (rate, .scaleUpLimit) : (maxReplicas, .tooManyReplicas)
    if desired < minReplicas { return (minReplicas, .tooFewReplicas) }
    if desired > upper { return (upper, reason) }
    return (desired, .withinRange)
  }

  /// Clamps to the bounds and the rates of `spec.behavior`.
  ///
  /// Source: `horizontal.go` convertDesiredReplicasWithBehaviorRate. The limit never crosses the
  /// present size.
  package static func withBehavior(
    current: Int, desired: Int, minReplicas: Int, maxReplicas: Int, upRules: ScalingRates,
    downRules: ScalingRates, up: ScaleEventLog, down: ScaleEventLog, nowNanoseconds: Int64
  ) -> (replicas: Int, reason: AutoscalerReason) {
    if desired > current {
      let limit = max(
        current,
        upRules.scaleUpLimit(current: current, up: up, down: down, nowNanoseconds: nowNanoseconds))
      let (upper, reason): (Int, AutoscalerReason) =
        maxReplicas > limit ? (limit, .scaleUpLimit) : (maxReplicas, .tooManyReplicas)
      if desired > upper { return (upper, reason) }
    } else if desired < current {
      let limit = min(
        current,
        downRules.scaleDownLimit(
          current: current, up: up, down: down, nowNanoseconds: nowNanoseconds))
      let (lower, reason): (Int, AutoscalerReason) =
        minReplicas < limit ? (limit, .scaleDownLimit) : (minReplicas, .tooFewReplicas)
      if desired < lower { return (lower, reason) }
    }
    return (desired, .withinRange)
  }
}
