package import KubernetesAPI

/// When a rollout is complete, progressing or stuck.
///
/// Source: `pkg/controller/deployment/progress.go` and `util/deployment_util.go`. Times in the API
/// have whole seconds, the clock has nanoseconds: a condition written at 10.3 s reads 10 s, so a
/// deadline of 5 s has passed from just after 15.0 s.
package enum ProgressRules {
  package static let progressing = "Progressing"
  package static let available = "Available"
  package static let replicaFailure = "ReplicaFailure"
  package static let newReplicaSetAvailable = "NewReplicaSetAvailable"
  package static let deadlineExceeded = "ProgressDeadlineExceeded"

  /// Nil and 2^31-1 mean none.
  package static func deadline(_ deployment: Deployment) -> Int? {
    guard let seconds = deployment.spec.progressDeadlineSeconds, seconds != Int(Int32.max) else {
      return nil
    }
    return seconds
  }

  package static func isComplete(_ deployment: Deployment, _ status: DeploymentStatus) -> Bool {
    status.updatedReplicas == deployment.desired && status.replicas == deployment.desired
      && status.availableReplicas == deployment.desired
      && status.observedGeneration >= deployment.metadata.generation
  }

  package static func isProgressing(old: DeploymentStatus, new: DeploymentStatus) -> Bool {
    new.updatedReplicas > old.updatedReplicas
      || new.replicas - new.updatedReplicas < old.replicas - old.updatedReplicas
      || new.readyReplicas > old.readyReplicas || new.availableReplicas > old.availableReplicas
  }

  package static func hasTimedOut(
    _ deployment: Deployment, _ status: DeploymentStatus, nowNanoseconds: Int64
  ) -> Bool {
    guard let deadline = deadline(deployment),
      let condition = status.conditions.first(progressing)
    else { return false }
    if condition.reason == newReplicaSetAvailable { return false }
    if condition.reason == deadlineExceeded { return true }
    guard let since = condition.lastUpdateTime else { return true }
    return (since.seconds + Int64(deadline)) * 1_000_000_000 < nowNanoseconds
  }

  /// When a rollout must be looked at again so that its deadline is noticed.
  package enum Recheck: Equatable {
    case never
    /// With back-off, at once.
    case now
    /// When the deadline has passed, in so much time, and a second more.
    case after(Duration)
  }

  package static func recheck(
    _ deployment: Deployment, _ status: DeploymentStatus, nowNanoseconds: Int64
  ) -> Recheck {
    guard let deadline = deadline(deployment),
      let condition = deployment.status.conditions.first(progressing)
    else { return .never }
    if isComplete(deployment, status) || condition.reason == deadlineExceeded { return .never }
    // Progress is not looked at in this state, so that nothing could come of another look. Upstream
    // looks again every 5 ms for as long as it lasts.
    if status.replicas == status.updatedReplicas, condition.reason == newReplicaSetAvailable {
      return .never
    }
    let since = condition.lastUpdateTime?.seconds ?? 0
    let left = (since + Int64(deadline)) * 1_000_000_000 - nowNanoseconds
    return left < 1_000_000_000 ? .now : .after(.nanoseconds(left))
  }

  /// The status in the middle of a rollout: counts, and how it goes.
  package static func rolloutStatus(
    _ deployment: Deployment, all: [ReplicaSet], new: ReplicaSet?, nowNanoseconds: Int64
  ) -> DeploymentStatus {
    let now = Timestamp(seconds: nowNanoseconds / 1_000_000_000)
    var status = status(deployment, all: all, new: new, now: now)
    updateConditions(
      &status, of: deployment, all: all, new: new, nowNanoseconds: nowNanoseconds)
    return status
  }

  /// Counts and conditions from ReplicaSets.
  package static func status(
    _ deployment: Deployment, all: [ReplicaSet], new: ReplicaSet?, now: Timestamp
  ) -> DeploymentStatus {
    var status = DeploymentStatus()
    status.observedGeneration = deployment.metadata.generation
    status.replicas = all.totalStatusReplicas
    status.updatedReplicas = new?.status.replicas ?? 0
    status.readyReplicas = all.reduce(0) { $0 + $1.status.readyReplicas }
    status.availableReplicas = all.reduce(0) { $0 + $1.status.availableReplicas }
    status.unavailableReplicas = max(0, all.totalReplicas - status.availableReplicas)
    status.collisionCount = deployment.status.collisionCount
    status.conditions = deployment.status.conditions
    let minimum = deployment.desired - RollingUpdateRules.maxUnavailable(deployment)
    let isAvailable = status.availableReplicas >= minimum
    status.conditions.set(
      deploymentCondition(
        available, isAvailable ? .true : .false,
        isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        isAvailable
          ? "Deployment has minimum availability."
          : "Deployment does not have minimum availability.", now))
    return status
  }

  /// Brings condition Progressing and ReplicaFailure of a new status up to date.
  package static func updateConditions(
    _ status: inout DeploymentStatus, of deployment: Deployment, all: [ReplicaSet],
    new: ReplicaSet?, nowNanoseconds: Int64
  ) {
    let now = Timestamp(seconds: nowNanoseconds / 1_000_000_000)
    if deadline(deployment) == nil { status.conditions.remove(progressing) }
    let current = deployment.status.conditions.first(progressing)
    let wasComplete =
      status.replicas == status.updatedReplicas && current?.reason == newReplicaSetAvailable
    if deadline(deployment) != nil, !wasComplete {
      let subject =
        new.map { "ReplicaSet \"\($0.metadata.name)\"" }
        ?? "Deployment \"\(deployment.metadata.name)\""
      if isComplete(deployment, status) {
        status.conditions.set(
          deploymentCondition(
            progressing, .true, newReplicaSetAvailable, "\(subject) has successfully progressed.",
            now))
      } else if isProgressing(old: deployment.status, new: status) {
        var condition = deploymentCondition(
          progressing, .true, "ReplicaSetUpdated", "\(subject) is progressing.", now)
        if let current {
          if current.status == .true { condition.lastTransitionTime = current.lastTransitionTime }
          status.conditions.remove(progressing)
        }
        status.conditions.set(condition)
      } else if hasTimedOut(deployment, status, nowNanoseconds: nowNanoseconds) {
        status.conditions.set(
          deploymentCondition(
            progressing, .false, deadlineExceeded, "\(subject) has timed out progressing.", now))
      }
    }
    if let failure = replicaFailure(all, new) {
      status.conditions.set(failure)
    } else {
      status.conditions.remove(replicaFailure)
    }
  }

  /// The failure of the new ReplicaSet, else of any other.
  private static func replicaFailure(_ all: [ReplicaSet], _ new: ReplicaSet?) -> Condition? {
    let failure =
      new?.status.conditions.first(replicaFailure)
      ?? all.lazy.compactMap { $0.status.conditions.first(replicaFailure) }.first
    guard var condition = failure else { return nil }
    condition.lastUpdateTime = condition.lastTransitionTime
    return condition
  }

  package static func deploymentCondition(
    _ type: String, _ status: ConditionStatus, _ reason: String, _ message: String,
    _ now: Timestamp
  ) -> Condition {
    var condition = Condition(
      type: type, status: status, reason: reason, message: message, lastTransitionTime: now)
    condition.lastUpdateTime = now
    return condition
  }
}

extension [Condition] {
  /// Sets a condition; one with equal status and reason stays as it is, one with equal status
  /// keeps its transition time.
  package mutating func set(_ condition: Condition) {
    let current = first(condition.type)
    if let current, current.status == condition.status, current.reason == condition.reason {
      return
    }
    var condition = condition
    if let current, current.status == condition.status {
      condition.lastTransitionTime = current.lastTransitionTime
    }
    remove(condition.type)
    append(condition)
  }

  /// Removes the condition of that type, if there is one.
  package mutating func remove(_ type: String) { removeAll { $0.type == type } }
}
