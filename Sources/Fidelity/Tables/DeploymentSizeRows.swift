import FakeKubernetes
import JSON
import KubernetesAPI

/// Tables `deployment_*` about sizes.
enum DeploymentSizeRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "deployment_resolve_fenceposts": resolveFenceposts,
    "deployment_new_rs_new_replicas": newReplicas,
    "deployment_max_unavailable": { row in
      ["maxUnavailable": JSONValue(RollingUpdateRules.maxUnavailable(try row.deployment()))]
    },
    "deployment_min_available": { row in
      ["minAvailable": JSONValue(RollingUpdateRules.minAvailable(try row.deployment()))]
    },
    "deployment_replica_set_fraction": fraction,
    "deployment_replica_counts": counts,
    "deployment_reconcile_new_rs": reconcileNew,
    "deployment_reconcile_old_rs": reconcileOld,
    "deployment_cleanup_unhealthy": cleanUpUnhealthy,
    "deployment_scale_down_old": scaleDownOld,
    "deployment_scale_proportional": scaleProportionally,
  ]

  private static func resolveFenceposts(_ row: TableRow) throws -> JSONValue {
    let resolved = RollingUpdateRules.resolveFenceposts(
      maxSurge: row.value("maxSurge").flatMap { IntOrString(json: $0) },
      maxUnavailable: row.value("maxUnavailable").flatMap { IntOrString(json: $0) },
      desired: try row.int("desired"))
    return [
      "surge": JSONValue(resolved?.surge ?? 0),
      "unavailable": JSONValue(resolved?.unavailable ?? 0), "error": .bool(resolved == nil),
    ]
  }

  private static func newReplicas(_ row: TableRow) throws -> JSONValue {
    let new = row.replicaSet("new", replicas: try row.int("newRSReplicas"))
    let sizes = try row.list("allRSReplicas").map { $0.intValue ?? 0 }
    let all = sizes.enumerated().map { row.replicaSet("rs-\($0)", replicas: $1) }
    let size = RollingUpdateRules.newReplicas(try row.deployment(), all: all, newReplicaSet: new)
    return ["replicas": JSONValue(size)]
  }

  private static func fraction(_ row: TableRow) throws -> JSONValue {
    var deployment = try row.deployment()
    deployment.status.replicas = try row.int("deploymentStatusReplicas")
    var replicaSet = row.replicaSet("rs", replicas: try row.int("rsReplicas"))
    replicaSet.metadata.annotations[RevisionAnnotations.maxReplicas] = row.optionalText(
      "maxReplicasAnnotation")
    return ["fraction": JSONValue(ProportionalScaling.fraction(replicaSet, deployment))]
  }

  private static func counts(_ row: TableRow) throws -> JSONValue {
    let all = try row.rows("replicaSets").enumerated().map { index, field in
      var replicaSet = field.replicaSet("rs-\(index)", replicas: try field.int("spec"))
      replicaSet.status.replicas = try field.int("status")
      replicaSet.status.terminatingReplicas = field.optionalInt("terminating")
      replicaSet.status.observedGeneration = Int64(field.optionalInt("observedGeneration") ?? 0)
      return replicaSet
    }
    return [
      "spec": JSONValue(all.totalReplicas), "status": JSONValue(all.totalStatusReplicas),
      "terminating": JSONValue(all.totalTerminatingReplicas),
    ]
  }

  private static func reconcileNew(_ row: TableRow) throws -> JSONValue {
    let new = row.replicaSet("new", replicas: try row.int("newReplicas"))
    let old = row.replicaSet("old", replicas: try row.int("oldReplicas"))
    let size = RollingUpdateRules.nextNewSize(
      try row.deployment(), old: [old], newReplicaSet: new)
    return ["scaled": .bool(size != nil), "newReplicas": JSONValue(size ?? new.desired)]
  }

  private static func reconcileOld(_ row: TableRow) throws -> JSONValue {
    let new = row.replicaSet(
      "new", replicas: try row.int("newReplicas"), available: try row.int("newAvailable"))
    let old = row.replicaSet(
      "old", replicas: try row.int("oldReplicas"), available: try row.int("oldAvailable"))
    let next = RollingUpdateRules.nextOldSizes(
      try row.deployment(), old: [old], newReplicaSet: new)
    return [
      "scaled": .bool(next.isDone),
      "oldReplicas": JSONValue(next.sizes.last?.size ?? old.desired),
    ]
  }

  private static func cleanUpUnhealthy(_ row: TableRow) throws -> JSONValue {
    let old = row.replicaSet(
      "old", replicas: try row.int("oldReplicas"), available: try row.int("available"))
    let cleaned = RollingUpdateRules.cleanUpUnhealthy([old], budget: try row.int("maxCleanup"))
    return ["cleaned": JSONValue(cleaned.count)]
  }

  private static func scaleDownOld(_ row: TableRow) throws -> JSONValue {
    let old = row.replicaSet(
      "old", replicas: try row.int("oldReplicas"), available: try row.int("available"))
    let result = RollingUpdateRules.scaleDownOld(try row.deployment(), all: [old], old: [old])
    return [
      "scaled": .bool(result.count > 0),
      "oldReplicas": JSONValue(result.sizes.last?.size ?? old.desired),
    ]
  }

  private static func scaleProportionally(_ row: TableRow) throws -> JSONValue {
    let deployment = try row.deployment()
    let new = try row.optionalObject("newRS")?.sizedReplicaSet()
    let old = try row.rows("oldRSs").map { try $0.sizedReplicaSet() }
    var after: [String: ReplicaSet] = [:]
    for (replicaSet, size) in ProportionalScaling.sizes(deployment, new: new, old: old) {
      after[replicaSet.metadata.name] = ProportionalScaling.resized(
        replicaSet, to: size, deployment)
    }
    func size(_ replicaSet: ReplicaSet) -> JSONValue {
      JSONValue((after[replicaSet.metadata.name] ?? replicaSet).desired)
    }
    let unwritten = ([new].compactMap { $0 } + old).filter {
      after[$0.metadata.name] ?? $0 == $0
    }.map(\.metadata.name)
    return [
      "newReplicas": new.map(size) ?? .null,
      "oldReplicas": .object(JSONObject(old.map { ($0.metadata.name, size($0)) })),
      "notWritten": row.inAnyOrder(unwritten, like: "notWritten"),
    ]
  }
}
