import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `hpa_*` about what comes behind a proposal: stabilization, limits, rates.
enum AutoscalerRateRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "hpa_convert_rules": convertRules, "hpa_scale_limits": scaleLimits,
    "hpa_stabilize": stabilize, "hpa_stabilize_behavior": stabilizeWithBehavior,
    "hpa_scaling_with_rules": scaleWithRules, "hpa_store_scale_events": storeEvents,
  ]

  /// A moment from which rows count ages back.
  private static let now: Int64 = 1_000_000_000_000_000

  private static func convertRules(_ row: TableRow) throws -> JSONValue {
    let (replicas, reason) = ScaleLimit.withoutBehavior(
      current: try row.int("currentReplicas"), desired: try row.int("desiredReplicas"),
      minReplicas: try row.int("minReplicas"), maxReplicas: try row.int("maxReplicas"),
      factor: try row.int("scaleUpLimitFactor"), minimum: try row.int("scaleUpLimitMinimum"))
    return ["replicas": JSONValue(replicas), "condition": .string(reason.reason)]
  }

  /// Rules of the API; nil for null.
  static func rates(_ row: TableRow, _ key: String) throws -> ScalingRates? {
    try row.value(key).map { ScalingRates(try ScalingRules(json: $0)) }
  }

  private static func events(_ row: TableRow, _ key: String) throws -> ScaleEventLog {
    ScaleEventLog(
      try pairs(row, key).map { ScaleEventLog.Entry(change: $0, timestampNanoseconds: $1) })
  }

  private static func recommendations(_ row: TableRow) throws -> RecommendationLog {
    RecommendationLog(
      try pairs(row, "recommendations").map {
        RecommendationLog.Entry(replicas: $0, timestampNanoseconds: $1)
      })
  }

  /// A list of `[number, ageSeconds]` as numbers and times.
  private static func pairs(_ row: TableRow, _ key: String) throws -> [(Int, Int64)] {
    try row.list(key).map { pair in
      guard let number = pair[0]?.intValue, let age = pair[1]?.integerValue else {
        throw TableError("\(key) has \(pair)")
      }
      return (number, now - age * 1_000_000_000)
    }
  }

  private static func scaleLimits(_ row: TableRow) throws -> JSONValue {
    guard let rates = try rates(row, "rules") else { throw TableError("there are no rules") }
    let current = try row.int("currentReplicas")
    let up = try events(row, "scaleUpEvents")
    let down = try events(row, "scaleDownEvents")
    let limit =
      try row.text("direction") == "up"
      ? rates.scaleUpLimit(current: current, up: up, down: down, nowNanoseconds: now)
      : rates.scaleDownLimit(current: current, up: up, down: down, nowNanoseconds: now)
    return ["limit": JSONValue(limit)]
  }

  private static func stabilize(_ row: TableRow) throws -> JSONValue {
    var log = try recommendations(row)
    let replicas = log.stabilize(
      try row.int("desiredReplicas"),
      downscaleWindowNanoseconds: try row.nanoseconds("downscaleStabilizationSeconds"),
      nowNanoseconds: now)
    return ["replicas": JSONValue(replicas), "logLength": JSONValue(log.entries.count)]
  }

  private static func stabilizeWithBehavior(_ row: TableRow) throws -> JSONValue {
    var log = try recommendations(row)
    let replicas = log.stabilize(
      try row.int("desiredReplicas"), current: try row.int("currentReplicas"),
      upWindowNanoseconds: try row.nanoseconds("scaleUpStabilizationSeconds"),
      downWindowNanoseconds: try row.nanoseconds("scaleDownStabilizationSeconds"),
      nowNanoseconds: now)
    let isAsserted = row.want["storedRecommendations"].map { !$0.isNull } ?? false
    return [
      "replicas": JSONValue(replicas),
      "storedRecommendations": isAsserted ? JSONValue(log.entries.map(\.replicas)) : .null,
    ]
  }

  private static func scaleWithRules(_ row: TableRow) throws -> JSONValue {
    let (replicas, reason) = ScaleLimit.withBehavior(
      current: try row.int("currentReplicas"), desired: try row.int("desiredReplicas"),
      minReplicas: try row.int("minReplicas"), maxReplicas: try row.int("maxReplicas"),
      upRules: try rates(row, "scaleUpRules") ?? .defaultScaleUp,
      downRules: try rates(row, "scaleDownRules") ?? .defaultScaleDown,
      up: try events(row, "scaleUpEvents"), down: try events(row, "scaleDownEvents"),
      nowNanoseconds: now)
    return ["replicas": JSONValue(replicas), "condition": .string(reason.reason)]
  }

  private static func storeEvents(_ row: TableRow) throws -> JSONValue {
    var log = try events(row, "previous")
    let change = log.change(
      withinSeconds: try row.int("changePeriodSeconds"), nowNanoseconds: now)
    log.record(
      change: try row.int("replicaChange"), rules: try rates(row, "rules"), nowNanoseconds: now)
    let stored = log.entries.map { entry -> JSONValue in
      [JSONValue(entry.change), .bool(entry.isOutdated)]
    }
    return ["changeInPeriod": JSONValue(change), "stored": .array(stored)]
  }
}
