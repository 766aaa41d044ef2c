import KubernetesAPI

/// The strategies and what a change of size or a pause does.
extension DeploymentController {
  /// Source: `pkg/controller/deployment/rolling.go` rolloutRolling.
  func rollingUpdate(_ given: Deployment, _ all: [ReplicaSet]) throws(StatusError) {
    var deployment = given
    let (found, old) = try findReplicaSets(&deployment, all, createsNew: true)
    guard var new = found else { return }
    if new.desired != deployment.desired {
      let size =
        new.desired > deployment.desired
        ? deployment.desired
        : RollingUpdateRules.newReplicas(deployment, all: old + [new], newReplicaSet: new)
      if size != new.desired, try scale(&new, to: size, deployment) {
        return try writeRolloutStatus(deployment, all: old + [new], new: new)
      }
    }
    var current = old
    if try scaleDownOld(&current, new, deployment) {
      return try writeRolloutStatus(deployment, all: current + [new], new: new)
    }
    if ProgressRules.isComplete(deployment, deployment.status) { try cleanUp(old, deployment) }
    try writeRolloutStatus(deployment, all: current + [new], new: new)
  }

  private func scaleDownOld(
    _ all: inout [ReplicaSet], _ new: ReplicaSet, _ deployment: Deployment
  ) throws(StatusError) -> Bool {
    let old = all.active
    if old.isEmpty { return false }
    let budget = RollingUpdateRules.maxScaledDown(
      deployment, all: old + [new], newReplicaSet: new)
    if budget <= 0 { return false }
    let unhealthy = RollingUpdateRules.cleanUpUnhealthy(old, budget: budget)
    try resize(unhealthy.sizes, &all, deployment)
    let rest = all.filter { replicaSet in
      old.contains { $0.metadata.uid == replicaSet.metadata.uid }
    }
    let surplus = RollingUpdateRules.scaleDownOld(deployment, all: rest + [new], old: rest)
    try resize(surplus.sizes, &all, deployment)
    return unhealthy.count + surplus.count > 0
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
    var (new, old) = try findReplicaSets(&deployment, all, createsNew: false)
    var hasScaled = false
    for index in old.indices where old[index].desired > 0 {
      hasScaled = try scale(&old[index], to: 0, deployment) || hasScaled
    }
    if hasScaled || hasRunningPods(old) {
      return try writeRolloutStatus(deployment, all: old + [new].compactMap { $0 }, new: new)
    }
    if new == nil { (new, old) = try findReplicaSets(&deployment, all, createsNew: true) }
    guard var replicaSet = new else { return }
    if replicaSet.desired != deployment.desired {
      try scale(&replicaSet, to: deployment.desired, deployment)
    }
    if ProgressRules.isComplete(deployment, deployment.status) { try cleanUp(old, deployment) }
    try writeRolloutStatus(deployment, all: old + [replicaSet], new: replicaSet)
  }

  /// Whether the wanted size changed since a ReplicaSet was written last.
  func isScalingEvent(_ deployment: inout Deployment, _ all: [ReplicaSet]) throws(StatusError)
    -> Bool
  {
    let (new, old) = try findReplicaSets(&deployment, all, createsNew: false)
    return (old + [new].compactMap { $0 }).active.contains { replicaSet in
      guard let desired = replicaSet.annotation(integer: RevisionAnnotations.desiredReplicas)
      else { return false }
      return desired != deployment.desired
    }
  }

  /// Source: `pkg/controller/deployment/sync.go` sync.
  func scaleOnly(_ given: Deployment, _ all: [ReplicaSet]) throws(StatusError) {
    var deployment = given
    var (new, old) = try findReplicaSets(&deployment, all, createsNew: false)
    try scale(deployment, &new, &old)
    if deployment.spec.paused { try cleanUp(old, deployment) }
    try writeStatus(deployment, all: old + [new].compactMap { $0 }, new: new)
  }

  private func scale(_ deployment: Deployment, _ new: inout ReplicaSet?, _ old: inout [ReplicaSet])
    throws(StatusError)
  {
    let all = old + [new].compactMap { $0 }
    if let only = onlyToScale(all, new, old) {
      var replicaSet = only
      if replicaSet.desired != deployment.desired {
        try scale(&replicaSet, to: deployment.desired, deployment)
        put(replicaSet, &new, &old)
      }
      return
    }
    if let new, new.desired == deployment.desired,
      new.annotation(integer: RevisionAnnotations.desiredReplicas) == deployment.desired,
      new.status.availableReplicas == deployment.desired
    {
      for index in old.indices where old[index].desired > 0 {
        try scale(&old[index], to: 0, deployment)
      }
      return
    }
    guard deployment.isRollingUpdate else { return }
    for (replicaSet, size) in ProportionalScaling.sizes(deployment, active: all.active) {
      var changed = replicaSet
      try scale(&changed, to: size, deployment)
      put(changed, &new, &old)
    }
  }

  /// The one active ReplicaSet; without any the new one, or the latest old one.
  private func onlyToScale(_ all: [ReplicaSet], _ new: ReplicaSet?, _ old: [ReplicaSet])
    -> ReplicaSet?
  {
    let active = all.active
    switch active.count {
    case 0: return new ?? old.sortedByCreation().last
    case 1: return active[0]
    default: return nil
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
    var status = ProgressRules.status(deployment, all: all, new: new, now: client.server.now)
    ProgressRules.updateConditions(
      &status, of: deployment, all: all, new: new, nowNanoseconds: now)
    if status == deployment.status {
      switch ProgressRules.recheck(deployment, status, nowNanoseconds: now) {
      case .never: break
      case .now: queue.addRateLimited(deployment.key)
      case .after(let delay): queue.add(deployment.key, after: delay)
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
