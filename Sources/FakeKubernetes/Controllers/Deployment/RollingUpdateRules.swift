package import KubernetesAPI

/// How far a rollout may stray from the wanted size, and the sizes that follow.
///
/// Source: `pkg/controller/deployment/util/deployment_util.go`, `pkg/controller/deployment/rolling.go`.
package enum RollingUpdateRules {
  /// Surge rounded up and unavailable rounded down; both zero give one unavailable.
  ///
  /// 25% and 25% of 3 give surge 1, unavailable 0. Nil if one is not a number or percentage.
  package static func resolveFenceposts(
    maxSurge: IntOrString?, maxUnavailable: IntOrString?, desired: Int
  ) -> (surge: Int, unavailable: Int)? {
    let zero = IntOrString.int(0)
    guard let surge = (maxSurge ?? zero).scaled(total: desired, roundingUp: true),
      let unavailable = (maxUnavailable ?? zero).scaled(total: desired, roundingUp: false)
    else { return nil }
    if surge == 0 && unavailable == 0 { return (0, 1) }
    return (Int(Int32(truncatingIfNeeded: surge)), Int(Int32(truncatingIfNeeded: unavailable)))
  }

  private static func fenceposts(_ deployment: Deployment) -> (surge: Int, unavailable: Int) {
    let rollingUpdate = deployment.spec.strategy.rollingUpdate
    return resolveFenceposts(
      maxSurge: rollingUpdate?.maxSurge, maxUnavailable: rollingUpdate?.maxUnavailable,
      desired: deployment.desired) ?? (0, 0)
  }

  /// How many pods may be there beyond the wanted number; zero but for rolling updates.
  package static func maxSurge(_ deployment: Deployment) -> Int {
    deployment.isRollingUpdate ? fenceposts(deployment).surge : 0
  }

  /// How many wanted pods may be unavailable, at most all of them; zero but for rolling updates.
  package static func maxUnavailable(_ deployment: Deployment) -> Int {
    if !deployment.isRollingUpdate || deployment.desired == 0 { return 0 }
    return min(fenceposts(deployment).unavailable, deployment.desired)
  }

  /// How many pods must be available at any time.
  package static func minAvailable(_ deployment: Deployment) -> Int {
    deployment.isRollingUpdate ? deployment.desired - maxUnavailable(deployment) : 0
  }

  /// The next size of the new ReplicaSet.
  ///
  /// 10 wanted, surge 2, 10 old and 0 new pods: 12 - 10 = 2 new pods.
  package static func newReplicas(
    _ deployment: Deployment, all: [ReplicaSet], newReplicaSet: ReplicaSet
  ) -> Int {
    guard deployment.isRollingUpdate else { return deployment.desired }
    let total = all.totalReplicas
    let most = deployment.desired + maxSurge(deployment)
    if total >= most { return newReplicaSet.desired }
    return newReplicaSet.desired + min(most - total, deployment.desired - newReplicaSet.desired)
  }

  /// The size that the new ReplicaSet is to get now, nil if it has the right one.
  ///
  /// Source: `pkg/controller/deployment/rolling.go` reconcileNewReplicaSet.
  package static func nextNewSize(
    _ deployment: Deployment, old: [ReplicaSet], newReplicaSet: ReplicaSet
  ) -> Int? {
    if newReplicaSet.desired == deployment.desired { return nil }
    if newReplicaSet.desired > deployment.desired { return deployment.desired }
    let size = newReplicas(deployment, all: old + [newReplicaSet], newReplicaSet: newReplicaSet)
    return size == newReplicaSet.desired ? nil : size
  }

  /// The sizes that old ReplicaSets are to get now, in the order in which they are written.
  ///
  /// Pods that are not available go first; a ReplicaSet may come twice. Empty if nothing is to go.
  /// With a stale status of an old ReplicaSet nothing counts as done, whatever was written.
  /// Source: `pkg/controller/deployment/rolling.go` reconcileOldReplicaSets.
  package static func nextOldSizes(
    _ deployment: Deployment, old: [ReplicaSet], newReplicaSet: ReplicaSet
  ) -> (sizes: [(replicaSet: ReplicaSet, size: Int)], isDone: Bool) {
    var active = old.active
    let budget = maxScaledDown(
      deployment, all: active + [newReplicaSet], newReplicaSet: newReplicaSet)
    if active.isEmpty || budget <= 0 { return ([], false) }
    let unhealthy = cleanUpUnhealthy(active, budget: budget)
    if unhealthy.isStale { return (unhealthy.sizes, false) }
    for (replicaSet, size) in unhealthy.sizes {
      for index in active.indices where active[index].metadata.uid == replicaSet.metadata.uid {
        active[index].spec.replicas = size
      }
    }
    let sizes =
      unhealthy.sizes + scaleDownOld(deployment, all: active + [newReplicaSet], old: active).sizes
    return (sizes, !sizes.isEmpty)
  }

  /// How many old pods may go at most; zero or less means none.
  package static func maxScaledDown(
    _ deployment: Deployment, all: [ReplicaSet], newReplicaSet: ReplicaSet
  ) -> Int {
    let minAvailable = deployment.desired - maxUnavailable(deployment)
    let newUnavailable = newReplicaSet.desired - newReplicaSet.status.availableReplicas
    return all.totalReplicas - minAvailable - newUnavailable
  }

  /// The sizes of old ReplicaSets without pods that are not available, oldest first.
  ///
  /// Returns the ReplicaSets to resize, each with its size, and how many pods go. One that says it
  /// has more available pods than it wants has a stale status, as after a resize a moment ago:
  /// nothing more is looked at, and nobody is to scale down by what is said to be available.
  package static func cleanUpUnhealthy(_ old: [ReplicaSet], budget: Int) -> (
    sizes: [(replicaSet: ReplicaSet, size: Int)], count: Int, isStale: Bool
  ) {
    var sizes: [(ReplicaSet, Int)] = []
    var count = 0
    for replicaSet in old.sortedByCreation() {
      if count >= budget { break }
      let unhealthy = replicaSet.desired - replicaSet.status.availableReplicas
      if replicaSet.desired == 0 || unhealthy == 0 { continue }
      if unhealthy < 0 { return (sizes, count, true) }
      let removed = min(budget - count, unhealthy)
      sizes.append((replicaSet, replicaSet.desired - removed))
      count += removed
    }
    return (sizes, count, false)
  }

  /// The sizes of old ReplicaSets when what is available beyond need goes, oldest first.
  package static func scaleDownOld(_ deployment: Deployment, all: [ReplicaSet], old: [ReplicaSet])
    -> (sizes: [(replicaSet: ReplicaSet, size: Int)], count: Int)
  {
    let minAvailable = deployment.desired - maxUnavailable(deployment)
    let budget = all.reduce(0) { $0 + $1.status.availableReplicas } - minAvailable
    var sizes: [(ReplicaSet, Int)] = []
    var count = 0
    for replicaSet in old.sortedByCreation() where budget > 0 {
      if count >= budget { break }
      if replicaSet.desired == 0 { continue }
      let removed = min(replicaSet.desired, budget - count)
      sizes.append((replicaSet, replicaSet.desired - removed))
      count += removed
    }
    return (sizes, count)
  }
}

extension Deployment {
  /// The wanted number of pods.
  package var desired: Int { spec.replicas ?? 1 }
  package var isRollingUpdate: Bool { spec.strategy.type == "RollingUpdate" }
}

extension ReplicaSet {
  /// The wanted number of pods.
  package var desired: Int { spec.replicas ?? 1 }
}

extension [ReplicaSet] {
  /// The sum of wanted sizes.
  package var totalReplicas: Int { reduce(0) { $0 + $1.desired } }

  /// The sum of reported sizes.
  package var totalStatusReplicas: Int { reduce(0) { $0 + $1.status.replicas } }

  /// The sum of terminating pods; nil if a ReplicaSet that was observed does not report them.
  ///
  /// One that was not observed yet has none. Nobody reports them in v1.34 unless feature
  /// DeploymentReplicaSetTerminatingReplicas is on. Source: `util/deployment_util.go`
  /// GetTerminatingReplicaCountForReplicaSets.
  package var totalTerminatingReplicas: Int? {
    var total = 0
    for replicaSet in self {
      if let terminating = replicaSet.status.terminatingReplicas {
        total += terminating
      } else if replicaSet.status.observedGeneration > 0 {
        return nil
      }
    }
    return total
  }

  /// Those with a wanted size above zero.
  package var active: [ReplicaSet] { filter { $0.desired > 0 } }

  /// Oldest first; names break ties.
  package func sortedByCreation() -> [ReplicaSet] {
    if count < 2 { return self }
    return sorted { left, right in
      let times = (left.metadata.creationTimestamp, right.metadata.creationTimestamp)
      if times.0 == times.1 { return left.metadata.name < right.metadata.name }
      return (times.0?.seconds ?? 0) < (times.1?.seconds ?? 0)
    }
  }
}
