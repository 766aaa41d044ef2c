import JSON
package import KubernetesAPI

/// The annotations by which Deployment and ReplicaSets keep revisions and sizes.
///
/// Source: `pkg/controller/deployment/util/deployment_util.go`.
package enum RevisionAnnotations {
  package static let revision = "deployment.kubernetes.io/revision"
  package static let history = "deployment.kubernetes.io/revision-history"
  package static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
  package static let maxReplicas = "deployment.kubernetes.io/max-replicas"
  /// The label that tells the pods of a Deployment's ReplicaSets apart.
  package static let templateHash = "pod-template-hash"
  private static let historyLengthMax = 2000

  private static let notCopied: Set<String> = [
    "kubectl.kubernetes.io/last-applied-configuration", revision, history, desiredReplicas,
    maxReplicas, "deprecated.deployment.rollback.to",
  ]

  /// The highest revision of ReplicaSets, 0 if none has one.
  package static func maxRevision(_ replicaSets: [ReplicaSet]) -> Int64 {
    replicaSets.reduce(0) { max($0, $1.revision) }
  }

  /// Brings the new ReplicaSet's annotations up to date; true if something changed.
  package static func update(
    _ replicaSet: inout ReplicaSet, from deployment: Deployment, revision newRevision: Int64,
    exists: Bool
  ) -> Bool {
    let before = replicaSet.metadata.annotations
    for (key, value) in deployment.metadata.annotations where !notCopied.contains(key) {
      replicaSet.metadata.annotations[key] = value
    }
    let old = replicaSet.metadata.annotations[revision]
    // A revision that is none stays, and ends the look (`util/deployment_util.go`
    // SetNewReplicaSetAnnotations).
    guard let current = replicaSet.knownRevision else { return false }
    if current < newRevision {
      replicaSet.metadata.annotations[revision] = String(newRevision)
      if let old {
        replicaSet.metadata.annotations[history] = appended(
          old, to: replicaSet.metadata.annotations[history] ?? "")
      }
    }
    if !exists { setSizes(&replicaSet, deployment) }
    return replicaSet.metadata.annotations != before
  }

  /// The history with one more revision; the oldest go when it grows too long.
  private static func appended(_ revision: String, to history: String) -> String {
    if history.isEmpty { return revision }
    var parts = history.split(separator: ",").map(String.init)
    var length = history.utf8.count + revision.utf8.count + 1
    while length > historyLengthMax, let first = parts.first {
      length -= first.utf8.count + 1
      parts.removeFirst()
    }
    return (parts + [revision]).joined(separator: ",")
  }

  /// Writes wanted and greatest size into a ReplicaSet's annotations.
  package static func setSizes(_ replicaSet: inout ReplicaSet, _ deployment: Deployment) {
    let most = deployment.desired + RollingUpdateRules.maxSurge(deployment)
    if areSizesCurrent(replicaSet.metadata.annotations, desired: deployment.desired, most: most) {
      return
    }
    replicaSet.metadata.annotations[desiredReplicas] = String(deployment.desired)
    replicaSet.metadata.annotations[maxReplicas] = String(most)
  }

  /// Whether annotations tell these sizes already.
  package static func areSizesCurrent(
    _ annotations: [String: String], desired: Int, most: Int
  ) -> Bool {
    annotations[desiredReplicas] == String(desired) && annotations[maxReplicas] == String(most)
  }

  /// The 32-bit FNV-1a hash of a template and the number of collisions so far, safely encoded.
  ///
  /// Upstream's own hash cannot be had outside Go; any deterministic one will do.
  package static func hash(_ template: PodTemplate, collisionCount: Int?) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in template.json.bytes(.canonical) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    if var count = collisionCount.map({ UInt64($0) }) {
      for _ in 0..<8 {
        hash = (hash ^ UInt32(count & 0xFF)) &* 16_777_619
        count >>= 8
      }
    }
    return NameGenerator.safeEncoded(hash)
  }

  /// Whether templates are equal but for the hash label.
  package static func areEqual(_ left: PodTemplate, _ right: PodTemplate) -> Bool {
    left.spec == right.spec
      && left.metadata.isEqual(to: right.metadata, butForLabel: templateHash)
  }
}

extension ReplicaSet {
  /// The revision, 0 if it has none that is a number.
  package var revision: Int64 { knownRevision ?? 0 }

  /// The revision, 0 if it has none, nil if what it has is no number.
  package var knownRevision: Int64? {
    guard let text = metadata.annotations[RevisionAnnotations.revision], !text.isEmpty else {
      return 0
    }
    return Int64(text)
  }
}

/// Which ReplicaSet is the Deployment's new one.
package enum ReplicaSetChoice {
  /// The oldest with the Deployment's template, nil if there is none.
  package static func newReplicaSet(_ deployment: Deployment, _ all: [ReplicaSet]) -> ReplicaSet? {
    all.sortedByCreation().first {
      RevisionAnnotations.areEqual($0.spec.template, deployment.spec.template)
    }
  }

  /// All others.
  package static func oldReplicaSets(_ deployment: Deployment, _ all: [ReplicaSet]) -> [ReplicaSet]
  {
    others(than: newReplicaSet(deployment, all), all)
  }

  /// All but the new one.
  static func others(than new: ReplicaSet?, _ all: [ReplicaSet]) -> [ReplicaSet] {
    guard let new else { return all }
    return all.filter { $0.metadata.uid != new.metadata.uid }
  }

  /// The old ones to delete so that no more than the limit stay; busy ones stay.
  package static func historyToDelete(_ old: [ReplicaSet], limit: Int?) -> [ReplicaSet] {
    guard let limit, limit != Int(Int32.max) else { return [] }
    let candidates = old.filter { !$0.metadata.isBeingDeleted }
    guard candidates.count > limit else { return [] }
    // By revision, or by creation where one has a revision that is none (ReplicaSetsByRevision).
    let ordered = candidates.sortedByCreation().enumerated().sorted { left, right in
      guard let first = left.element.knownRevision, let second = right.element.knownRevision,
        first != second
      else { return left.offset < right.offset }
      return first < second
    }
    return ordered.prefix(candidates.count - limit).map(\.element).filter {
      $0.status.replicas == 0 && $0.desired == 0
        && $0.metadata.generation <= $0.status.observedGeneration
    }
  }
}
