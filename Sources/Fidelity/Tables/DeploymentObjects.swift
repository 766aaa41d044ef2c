import FakeKubernetes
import JSON
import KubernetesAPI

/// Deployments and ReplicaSets of the fields of `deployment_*` rows.
extension TableRow {
  /// A Deployment with size and strategy; absent fields are left out.
  func deployment(strategy: String = "RollingUpdate") throws -> Deployment {
    var deployment = Deployment()
    deployment.metadata.name = "foo"
    deployment.spec.replicas =
      optionalInt("deploymentReplicas") ?? optionalInt("desired") ?? optionalInt("replicas")
    deployment.spec.strategy.type = optionalText("strategy") ?? strategy
    if value("maxSurge") != nil || value("maxUnavailable") != nil {
      var rollingUpdate = RollingUpdate()
      rollingUpdate.maxSurge = value("maxSurge").flatMap { IntOrString(json: $0) }
      rollingUpdate.maxUnavailable = value("maxUnavailable").flatMap { IntOrString(json: $0) }
      deployment.spec.strategy.rollingUpdate = rollingUpdate
    }
    deployment.spec.progressDeadlineSeconds = optionalInt("progressDeadlineSeconds")
    deployment.spec.revisionHistoryLimit = optionalInt("revisionHistoryLimit")
    return deployment
  }

  /// A ReplicaSet of a size, with as many pods as `status` says available.
  func replicaSet(_ name: String, replicas: Int, available: Int = 0, created: Int64 = 0)
    -> ReplicaSet
  {
    var replicaSet = ReplicaSet()
    replicaSet.metadata.name = name
    replicaSet.metadata.uid = name
    // Tables count seconds from some moment; any time of the API will do for it.
    replicaSet.metadata.creationTimestamp = Timestamp(seconds: 1_000_000 + created)
    replicaSet.spec.replicas = replicas
    replicaSet.status.replicas = replicas
    replicaSet.status.availableReplicas = available
    return replicaSet
  }

  /// A ReplicaSet of the fields name, replicas, created, available and both size annotations.
  func sizedReplicaSet() throws -> ReplicaSet {
    var replicaSet = replicaSet(
      try text("name"), replicas: try int("replicas"), available: optionalInt("available") ?? 0,
      created: try int64("created"))
    for (field, annotation) in [
      ("desiredAnnotation", RevisionAnnotations.desiredReplicas),
      ("maxAnnotation", RevisionAnnotations.maxReplicas),
    ] {
      if let size = optionalInt(field) { replicaSet.metadata.annotations[annotation] = "\(size)" }
    }
    return replicaSet
  }

  /// The fields replicas, updated, ready and available.
  func deploymentStatus() throws -> DeploymentStatus {
    var status = DeploymentStatus()
    status.replicas = try int("replicas")
    status.updatedReplicas = try int("updated")
    status.readyReplicas = optionalInt("ready") ?? 0
    status.availableReplicas = try int("available")
    return status
  }

  /// Condition Progressing of status, reason, lastUpdate and lastTransition; nil for null.
  func progressing() throws -> Condition? {
    guard let row = try optionalObject("progressing") else { return nil }
    var condition = Condition(
      type: ProgressRules.progressing, status: try row.conditionStatus(),
      reason: try row.text("reason"))
    condition.lastUpdateTime = row.optionalInt("lastUpdate").map {
      Timestamp(seconds: Int64($0))
    }
    condition.lastTransitionTime = row.optionalInt("lastTransition").map {
      Timestamp(seconds: Int64($0))
    }
    return condition
  }

  func conditionStatus() throws -> ConditionStatus {
    let text = try text("status")
    guard let status = ConditionStatus(rawValue: text) else { throw TableError(text) }
    return status
  }

  /// The names as `want` has them, if they are the same in another order.
  func inAnyOrder(_ seen: [String], like field: String) -> JSONValue {
    guard let wanted = want[field] else { return JSONValue(seen) }
    let names = (wanted.arrayValue ?? []).map { $0.stringValue ?? "" }
    return names.sorted() == seen.sorted() ? wanted : JSONValue(seen)
  }
}
