import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `deployment_*` about a rollout's progress.
enum DeploymentProgressRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "deployment_complete": complete, "deployment_progressing": isProgressing,
    "deployment_timed_out": timedOut, "deployment_conditions": conditions,
    "deployment_requeue_stuck": requeue, "deployment_sync_rollout_status": syncStatus,
  ]

  /// A time far behind every time of a row that names none for now, seconds.
  private static let lateSeconds: Int64 = 1_000_000_000

  private static func complete(_ row: TableRow) throws -> JSONValue {
    var deployment = try row.deployment()
    deployment.metadata.generation = try row.int64("generation")
    var status = try row.deploymentStatus()
    status.observedGeneration = try row.int64("observedGeneration")
    return ["complete": .bool(ProgressRules.isComplete(deployment, status))]
  }

  private static func isProgressing(_ row: TableRow) throws -> JSONValue {
    let old = try row.object("old").deploymentStatus()
    let new = try row.object("new").deploymentStatus()
    return ["progressing": .bool(ProgressRules.isProgressing(old: old, new: new))]
  }

  private static func timedOut(_ row: TableRow) throws -> JSONValue {
    var status = DeploymentStatus()
    status.conditions = [try row.progressing()].compactMap { $0 }
    let timedOut = ProgressRules.hasTimedOut(
      try row.deployment(), status,
      nowNanoseconds: row.optionalNanoseconds("now") ?? lateSeconds * 1_000_000_000)
    return ["timedOut": .bool(timedOut)]
  }

  private static func conditions(_ row: TableRow) throws -> JSONValue {
    func condition(_ row: TableRow) throws -> Condition {
      Condition(
        type: try row.text("type"), status: try row.conditionStatus(),
        reason: try row.text("reason"))
    }
    var conditions = try row.rows("conditions").map(condition)
    if try row.text("op") == "set" {
      conditions.set(try condition(row.object("condition")))
    } else {
      conditions.remove(try row.text("type"))
    }
    let seen = conditions.map { condition -> JSONValue in
      [
        "type": .string(condition.type), "status": .string(condition.status.rawValue),
        "reason": .string(condition.reason),
      ]
    }
    return ["conditions": .array(seen)]
  }

  private static func requeue(_ row: TableRow) throws -> JSONValue {
    var deployment = try row.deployment(strategy: "Recreate")
    let status = try row.object("status").deploymentStatus()
    deployment.status = status
    deployment.status.conditions = [try row.progressing()].compactMap { $0 }
    switch ProgressRules.recheck(
      deployment, status, nowNanoseconds: row.optionalNanoseconds("now") ?? 0)
    {
    case .never: return ["requeueAfterSeconds": -1]
    case .now: return ["requeueAfterSeconds": 0]
    case .after(let left):
      let (seconds, attoseconds) = left.components
      return ["requeueAfterSeconds": .number(Double(seconds) + Double(attoseconds) / 1e18)]
    }
  }

  private static func syncStatus(_ row: TableRow) throws -> JSONValue {
    var deployment = try row.deployment(strategy: "Recreate")
    let before = try row.progressing()
    deployment.status = try row.object("status").deploymentStatus()
    deployment.status.conditions = [before].compactMap { $0 }
    func replicaSet(_ row: TableRow) throws -> ReplicaSet {
      var replicaSet = row.replicaSet(
        try row.text("name"), replicas: try row.int("specReplicas"),
        available: try row.int("available"))
      replicaSet.status.replicas = try row.int("statusReplicas")
      return replicaSet
    }
    let new = try row.optionalObject("newRS").map(replicaSet)
    let all = try row.rows("otherRSs").map(replicaSet) + [new].compactMap { $0 }
    let status = ProgressRules.rolloutStatus(
      deployment, all: all, new: new, nowNanoseconds: lateSeconds * 1_000_000_000)
    guard let after = status.conditions.first(ProgressRules.progressing) else {
      return ["progressing": .null]
    }
    return [
      "progressing": [
        "status": .string(after.status.rawValue), "reason": .string(after.reason),
        "lastUpdateUnchanged": .bool(after.lastUpdateTime == before?.lastUpdateTime),
        "lastTransitionUnchanged": .bool(
          after.lastTransitionTime == before?.lastTransitionTime),
      ]
    ]
  }
}
