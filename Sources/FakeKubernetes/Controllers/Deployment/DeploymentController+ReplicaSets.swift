import KubernetesAPI

/// The new ReplicaSet, revisions and sizes (`pkg/controller/deployment/sync.go`).
extension DeploymentController {
  /// A Deployment's ReplicaSets; `isSettled`: they were as they should be, and nothing was written.
  typealias FoundReplicaSets = (new: ReplicaSet?, old: [ReplicaSet], isSettled: Bool)

  /// The new ReplicaSet, made if wanted, and the old ones, with revisions brought up to date.
  func findReplicaSets(
    _ deployment: inout Deployment, _ all: [ReplicaSet], createsNew: Bool
  ) throws(StatusError) -> FoundReplicaSets {
    let found = ReplicaSetChoice.newReplicaSet(deployment, all)
    let old = ReplicaSetChoice.others(than: found, all)
    let revision = RevisionAnnotations.maxRevision(old) + 1
    if let existing = found {
      let kept = try keep(existing, &deployment, revision)
      return (kept.replicaSet, old, kept.isSettled)
    }
    if !createsNew { return (nil, old, false) }
    return (try createNew(&deployment, old, revision), old, false)
  }

  private func keep(_ existing: ReplicaSet, _ deployment: inout Deployment, _ revision: Int64)
    throws(StatusError) -> (replicaSet: ReplicaSet, isSettled: Bool)
  {
    var replicaSet = existing
    let annotationsChanged = RevisionAnnotations.update(
      &replicaSet, from: deployment, revision: revision, exists: true)
    if annotationsChanged || existing.spec.minReadySeconds != deployment.spec.minReadySeconds {
      replicaSet.spec.minReadySeconds = deployment.spec.minReadySeconds
      return (try client.update(replicaSet), false)
    }
    var needsUpdate = setRevision(&deployment, replicaSet.revision)
    if ProgressRules.deadline(deployment) != nil,
      deployment.status.conditions.first(ProgressRules.progressing) == nil
    {
      deployment.status.conditions.set(
        ProgressRules.deploymentCondition(
          ProgressRules.progressing, .true, "FoundNewReplicaSet",
          "Found new replica set \"\(replicaSet.metadata.name)\"", client.server.now))
      needsUpdate = true
    }
    if needsUpdate { try client.updateStatus(deployment) }
    return (replicaSet, !needsUpdate)
  }

  private func setRevision(_ deployment: inout Deployment, _ revision: Int64) -> Bool {
    let text = String(revision)
    if deployment.metadata.annotations[RevisionAnnotations.revision] == text { return false }
    deployment.metadata.annotations[RevisionAnnotations.revision] = text
    return true
  }

  private func createNew(_ deployment: inout Deployment, _ old: [ReplicaSet], _ revision: Int64)
    throws(StatusError) -> ReplicaSet
  {
    let wanted = newReplicaSet(deployment, old, revision)
    let created: ReplicaSet
    var exists = false
    do throws(StatusError) {
      created = try client.create(wanted)
    } catch {
      if error.isAlreadyExists {
        created = try resolveCollision(wanted, &deployment, error)
        exists = true
      } else {
        try reportFailure(error, wanted, &deployment)
        throw error
      }
    }
    if !exists, wanted.desired > 0 {
      recorder.record(
        deployment, .normal, "ScalingReplicaSet",
        "Scaled up replica set \(created.metadata.name) from 0 to \(wanted.desired)")
    }
    var needsUpdate = setRevision(&deployment, revision)
    if !exists, ProgressRules.deadline(deployment) != nil {
      let condition = ProgressRules.deploymentCondition(
        ProgressRules.progressing, .true, "NewReplicaSetCreated",
        "Created new replica set \"\(created.metadata.name)\"", client.server.now)
      deployment.status.conditions.set(condition)
      needsUpdate = true
    }
    if needsUpdate { try client.updateStatus(deployment) }
    return created
  }

  private func newReplicaSet(_ deployment: Deployment, _ old: [ReplicaSet], _ revision: Int64)
    -> ReplicaSet
  {
    let hash = RevisionAnnotations.hash(
      deployment.spec.template, collisionCount: deployment.status.collisionCount)
    var replicaSet = ReplicaSet()
    replicaSet.metadata.name = "\(deployment.metadata.name.prefix(252 - hash.count))-\(hash)"
    replicaSet.metadata.namespace = deployment.metadata.namespace
    replicaSet.metadata.ownerReferences = [OwnerReference(controller: deployment)]
    replicaSet.spec.template = deployment.spec.template
    replicaSet.spec.template.metadata.labels[RevisionAnnotations.templateHash] = hash
    replicaSet.metadata.labels = replicaSet.spec.template.metadata.labels
    replicaSet.spec.selector = deployment.spec.selector
    replicaSet.spec.selector.matchLabels[RevisionAnnotations.templateHash] = hash
    replicaSet.spec.minReadySeconds = deployment.spec.minReadySeconds
    replicaSet.spec.replicas = 0
    replicaSet.spec.replicas = RollingUpdateRules.newReplicas(
      deployment, all: old + [replicaSet], newReplicaSet: replicaSet)
    _ = RevisionAnnotations.update(
      &replicaSet, from: deployment, revision: revision, exists: false)
    return replicaSet
  }

  /// An equal ReplicaSet of this Deployment is taken; any other one is a collision of hashes.
  private func resolveCollision(
    _ wanted: ReplicaSet, _ deployment: inout Deployment, _ error: StatusError
  ) throws(StatusError) -> ReplicaSet {
    let found = replicaSets.find(wanted.metadata.namespace, wanted.metadata.name)
    if let found, found.metadata.controller?.uid == deployment.metadata.uid,
      RevisionAnnotations.areEqual(found.spec.template, wanted.spec.template)
    {
      return found
    }
    if found == nil { throw error }
    deployment.status.collisionCount = (deployment.status.collisionCount ?? 0) + 1
    try client.updateStatus(deployment)
    throw error
  }

  private func reportFailure(
    _ error: StatusError, _ wanted: ReplicaSet, _ deployment: inout Deployment
  ) throws(StatusError) {
    if error.causes.contains(where: { $0.reason == "NamespaceTerminating" }) { return }
    let message = "Failed to create new replica set \"\(wanted.metadata.name)\": \(error.message)"
    if ProgressRules.deadline(deployment) != nil {
      let condition = ProgressRules.deploymentCondition(
        ProgressRules.progressing, .false, "ReplicaSetCreateError", message, client.server.now)
      deployment.status.conditions.set(condition)
      // As upstream: the failure to create counts, not one to tell of it.
      _ = try? client.updateStatus(deployment)
    }
    recorder.record(deployment, .warning, "ReplicaSetCreateError", message)
  }

  /// Resizes a ReplicaSet and brings its size annotations up to date; true if the size changed.
  @discardableResult
  func scale(_ replicaSet: inout ReplicaSet, to size: Int, _ deployment: Deployment)
    throws(StatusError) -> Bool
  {
    let oldSize = replicaSet.desired
    let changed = ProportionalScaling.resized(replicaSet, to: size, deployment)
    if changed == replicaSet { return false }
    replicaSet = try client.update(changed)
    if size == oldSize { return false }
    recorder.record(
      deployment, .normal, "ScalingReplicaSet",
      "Scaled \(size > oldSize ? "up" : "down") replica set \(replicaSet.metadata.name) from "
        + "\(oldSize) to \(size)")
    return true
  }

  /// Deletes old ReplicaSets beyond the history limit.
  func cleanUp(_ old: [ReplicaSet], _ deployment: Deployment) throws(StatusError) {
    let limit = deployment.spec.revisionHistoryLimit
    for replicaSet in ReplicaSetChoice.historyToDelete(old, limit: limit) {
      do throws(StatusError) {
        try client.delete(
          ReplicaSet.self, replicaSet.metadata.namespace, replicaSet.metadata.name)
      } catch {
        if !error.isNotFound { throw error }
      }
    }
  }
}
