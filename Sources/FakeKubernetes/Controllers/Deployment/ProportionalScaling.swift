package import KubernetesAPI

/// How a change of size in the middle of a rollout is spread over ReplicaSets.
///
/// Source: `pkg/controller/deployment/sync.go` scale.
package enum ProportionalScaling {
  /// The sizes that ReplicaSets are to get now, in the order in which they are written.
  ///
  /// One ReplicaSet alone takes all; a new one that is available in full sends the old ones to
  /// zero; otherwise the change is spread. A size that stays is given where annotations may change.
  package static func sizes(_ deployment: Deployment, new: ReplicaSet?, old: [ReplicaSet]) -> [(
    replicaSet: ReplicaSet, size: Int
  )] {
    if let only = onlyReplicaSet(new, old) {
      return only.desired == deployment.desired ? [] : [(only, deployment.desired)]
    }
    if let new, isSaturated(new, deployment) { return old.active.map { ($0, 0) } }
    guard deployment.isRollingUpdate else { return [] }
    return sizes(deployment, active: (old + [new].compactMap { $0 }).active)
  }

  /// The one active ReplicaSet; without any the new one, or the latest old one.
  private static func onlyReplicaSet(_ new: ReplicaSet?, _ old: [ReplicaSet]) -> ReplicaSet? {
    let active = (old + [new].compactMap { $0 }).active
    switch active.count {
    case 0: return new ?? old.sortedByCreation().last
    case 1: return active[0]
    default: return nil
    }
  }

  /// Whether all pods of the Deployment are of this ReplicaSet and available.
  private static func isSaturated(_ replicaSet: ReplicaSet, _ deployment: Deployment) -> Bool {
    replicaSet.desired == deployment.desired
      && replicaSet.annotation(integer: RevisionAnnotations.desiredReplicas) == deployment.desired
      && replicaSet.status.availableReplicas == deployment.desired
  }

  /// The ReplicaSet with a size and the annotations that tell of it.
  package static func resized(
    _ replicaSet: ReplicaSet, to size: Int, _ deployment: Deployment
  ) -> ReplicaSet {
    var changed = replicaSet
    RevisionAnnotations.setSizes(&changed, deployment)
    changed.spec.replicas = size
    return changed
  }

  /// The new sizes of active ReplicaSets, in the order in which they are written.
  package static func sizes(_ deployment: Deployment, active: [ReplicaSet]) -> [(
    replicaSet: ReplicaSet, size: Int
  )] {
    let allowed =
      deployment.desired > 0
      ? deployment.desired + RollingUpdateRules.maxSurge(deployment) : 0
    let toAdd = allowed - active.totalReplicas
    let ordered = active.sorted { left, right in
      if left.desired != right.desired { return left.desired > right.desired }
      return toAdd > 0 ? right.isOlder(than: left) : left.isOlder(than: right)
    }
    var sizes: [Int] = []
    var added = 0
    for replicaSet in ordered {
      if toAdd == 0 {
        sizes.append(replicaSet.desired)
        continue
      }
      let part = proportion(replicaSet, deployment, toAdd: toAdd, added: added)
      sizes.append(replicaSet.desired + part)
      added += part
    }
    if toAdd != 0, !sizes.isEmpty { sizes[0] = max(0, sizes[0] + toAdd - added) }
    return zip(ordered, sizes).map { ($0, $1) }
  }

  /// The part of a change that one ReplicaSet takes, clamped to what is left.
  static func proportion(
    _ replicaSet: ReplicaSet, _ deployment: Deployment, toAdd: Int, added: Int
  ) -> Int {
    if replicaSet.desired == 0 || toAdd == 0 || toAdd == added { return 0 }
    let fraction = fraction(replicaSet, deployment)
    let left = toAdd - added
    return toAdd > 0 ? min(fraction, left) : max(fraction, left)
  }

  /// The change that keeps a ReplicaSet's share of the whole.
  ///
  /// 5 of 12 pods when the Deployment grows to 24 with surge 0: round(5 * 24 / 12) - 5 = 5.
  package static func fraction(_ replicaSet: ReplicaSet, _ deployment: Deployment) -> Int {
    if deployment.desired == 0 { return -replicaSet.desired }
    let size = deployment.desired + RollingUpdateRules.maxSurge(deployment)
    var whole = replicaSet.annotation(integer: RevisionAnnotations.maxReplicas) ?? 0
    if whole == 0 {
      whole = deployment.status.replicas
      if whole == 0 { return 0 }
    }
    return roundedDivision(replicaSet.desired * size, whole) - replicaSet.desired
  }

  /// Division rounded half away from zero: 5 / 2 gives 3.
  private static func roundedDivision(_ dividend: Int, _ divisor: Int) -> Int {
    (2 * dividend + divisor) / (2 * divisor)
  }
}

extension ReplicaSet {
  fileprivate func isOlder(than other: ReplicaSet) -> Bool {
    let times = (metadata.creationTimestamp, other.metadata.creationTimestamp)
    if times.0 == times.1 { return metadata.name < other.metadata.name }
    return (times.0?.seconds ?? 0) < (times.1?.seconds ?? 0)
  }

  /// The number in an annotation, nil if absent or no number that counts something.
  package func annotation(integer key: String) -> Int? {
    guard let text = metadata.annotations[key] else { return nil }
    if case .success(let value) = AnnotationNumber.read(text) { return value }
    return nil
  }
}
