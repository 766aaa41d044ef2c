import KubernetesAPI

/// The strategies and what a change of size or a pause does.
extension DeploymentController {
  /// Source: `pkg/controller/deployment/rolling.go` rolloutRolling.
  ///
  /// What was found a moment ago would be found again if it was settled.
  func rollingUpdate(_ given: Deployment, _ all: [ReplicaSet], _ found: FoundReplicaSets)
    throws(StatusError)
  {
    var deployment = given
    let (known, old, _) =
      try found.isSettled ? found : findReplicaSets(&deployment, all, createsNew: true)
    guard var new = known else { return }
    if let size = RollingUpdateRules.nextNewSize(deployment, old: old, newReplicaSet: new),
      try scale(&new, to: size, deployment)
    {
      return try writeRolloutStatus(deployment, all: old + [new], new: new)
    }
    var current = old
    let next = RollingUpdateRules.nextOldSizes(deployment, old: old, newReplicaSet: new)
    // As upstream: a size that could not be written is no failure of the whole.
    let isResized = (try? resize(next.sizes, &current, deployment)) != nil
    if next.isDone, isResized {
      return try writeRolloutStatus(deployment, all: current + [new], new: new)
    }
    if ProgressRules.isComplete(deployment, deployment.status) { try cleanUp(old, deployment) }
    try writeRolloutStatus(deployment, all: current + [new], new: new)
  }

  private func resize(
    _ sizes: [(replicaSet: ReplicaSet, size: Int)], _ all: inout [ReplicaSet],
    _ deployment: Deployment
  ) throws(StatusError) {
    for (replicaSet, size) in sizes {
      guard let index = all.firstIndex(where: { $0.metadata.uid == replicaSet.metadata.uid })
      else { continue }
      try scale(&all[index], to: size, deployment)
    }
  }

  /// Source: `pkg/controller/deployment/recreate.go`.
  func recreate(_ given: Deployment, _ all: [ReplicaSet]) throws(StatusError) {
    var deployment = given
    var (new, old, _) = try findReplicaSets(&deployment, all, createsNew: false)
    var hasScaled = false
    for index in old.indices where old[index].desired > 0 {
      hasScaled = try scale(&old[index], to: 0, deployment) || hasScaled
    }
    if hasScaled || hasRunningPods(old) {
      return try writeRolloutStatus(deployment, all: old + [new].compactMap { $0 }, new: new)
    }
    if new == nil { (new, old, _) = try findReplicaSets(&deployment, all, createsNew: true) }
    guard var replicaSet = new else { return }
    if replicaSet.desired != deployment.desired {
      try scale(&replicaSet, to: deployment.desired, deployment)
    }
    if ProgressRules.isComplete(deployment, deployment.status) { try cleanUp(old, deployment) }
    try writeRolloutStatus(deployment, all: old + [replicaSet], new: replicaSet)
  }

  /// Whether the wanted size changed since a ReplicaSet was written last.
  func isScalingEvent(_ deployment: Deployment, _ found: FoundReplicaSets) -> Bool {
    (found.old + [found.new].compactMap { $0 }).active.contains { replicaSet in
      guard let desired = replicaSet.annotation(integer: RevisionAnnotations.desiredReplicas)
      else { return false }
      return desired != deployment.desired
    }
  }

  /// Source: `pkg/controller/deployment/sync.go` sync.
  func scaleOnly(_ given: Deployment, _ all: [ReplicaSet]) throws(StatusError) {
    var deployment = given
    var (new, old, _) = try findReplicaSets(&deployment, all, createsNew: false)
    try scale(deployment, &new, &old)
    if deployment.spec.paused { try cleanUp(old, deployment) }
    try writeStatus(deployment, all: old + [new].compactMap { $0 }, new: new)
  }

  private func scale(_ deployment: Deployment, _ new: inout ReplicaSet?, _ old: inout [ReplicaSet])
    throws(StatusError)
  {
    for (replicaSet, size) in ProportionalScaling.sizes(deployment, new: new, old: old) {
      var changed = replicaSet
      try scale(&changed, to: size, deployment)
      put(changed, &new, &old)
    }
  }

  private func put(_ changed: ReplicaSet, _ new: inout ReplicaSet?, _ old: inout [ReplicaSet]) {
    if new?.metadata.uid == changed.metadata.uid { new = changed }
    for index in old.indices where old[index].metadata.uid == changed.metadata.uid {
      old[index] = changed
    }
  }

  /// Marks that a pause began or ended, so that the deadline does not count meanwhile.
  func checkPaused(_ deployment: inout Deployment) throws(StatusError) {
    guard ProgressRules.deadline(deployment) != nil else { return }
    let current = deployment.status.conditions.first(ProgressRules.progressing)
    if current?.reason == ProgressRules.deadlineExceeded { return }
    let isMarked = current?.reason == "DeploymentPaused"
    if deployment.spec.paused == isMarked { return }
    deployment.status.conditions.set(
      ProgressRules.deploymentCondition(
        ProgressRules.progressing, .unknown,
        deployment.spec.paused ? "DeploymentPaused" : "DeploymentResumed",
        deployment.spec.paused ? "Deployment is paused" : "Deployment is resumed",
        client.server.now))
    try client.updateStatus(deployment)
  }

  /// Source: `pkg/controller/deployment/progress.go` syncRolloutStatus.
  func writeRolloutStatus(_ given: Deployment, all: [ReplicaSet], new: ReplicaSet?)
    throws(StatusError)
  {
    var deployment = given
    let now = client.server.wallNanoseconds
    let status = ProgressRules.rolloutStatus(deployment, all: all, new: new, nowNanoseconds: now)
    if status == deployment.status {
      switch ProgressRules.recheck(deployment, status, nowNanoseconds: now) {
      case .never: break
      case .now: queue.addRateLimited(deployment.key)
      case .after(let left): queue.add(deployment.key, after: left + .seconds(1))
      }
      return
    }
    deployment.status = status
    try client.updateStatus(deployment)
  }

  /// Writes counts and availability, without a look at progress.
  func writeStatus(_ given: Deployment, all: [ReplicaSet], new: ReplicaSet?) throws(StatusError) {
    var deployment = given
    let status = ProgressRules.status(deployment, all: all, new: new, now: client.server.now)
    if status == deployment.status { return }
    deployment.status = status
    try client.updateStatus(deployment)
  }
}
