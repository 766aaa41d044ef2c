import KubernetesAPI

extension ReplicaSetController {
  /// Makes or deletes pods until there are as many as wanted; returns the first failure.
  ///
  /// `claimed` are its active pods, nil where they are those that are counted.
  func manage(_ count: Int, _ replicaSet: ReplicaSet, _ claimed: [Pod]?) -> StatusError? {
    let difference = count - replicaSet.desired
    if difference < 0 { return create(min(-difference, Self.burst), replicaSet) }
    if difference > 0 {
      let surplus = min(difference, Self.burst)
      return delete(podsToDelete(surplus, of: count, replicaSet, claimed), replicaSet)
    }
    return nil
  }

  private func create(_ count: Int, _ replicaSet: ReplicaSet) -> StatusError? {
    expectations.expectCreations(
      replicaSet.key, count, nowNanoseconds: client.server.wallNanoseconds)
    let pod = newPod(replicaSet)
    let (successes, failure) = SlowStart.run(
      count: count, concurrently: { client.concurrently($0) }
    ) { [client, recorder] () throws(StatusError) in
      do throws(StatusError) {
        let created = try client.create(pod)
        recorder.record(
          replicaSet, .normal, "SuccessfulCreate", "Created pod: \(created.metadata.name)")
      } catch {
        if error.causes.contains(where: { $0.reason == "NamespaceTerminating" }) { return }
        recorder.record(replicaSet, .warning, "FailedCreate", "Error creating: \(error.message)")
        throw error
      }
    }
    if successes < count {
      expectations.creationObserved(replicaSet.key, count: count - successes)
    }
    return failure
  }

  private func newPod(_ replicaSet: ReplicaSet) -> Pod {
    var pod = Pod()
    pod.metadata.generateName = "\(replicaSet.metadata.name.prefix(57))-"
    pod.metadata.namespace = replicaSet.metadata.namespace
    pod.metadata.labels = replicaSet.spec.template.metadata.labels
    pod.metadata.annotations = replicaSet.spec.template.metadata.annotations
    pod.metadata.finalizers = replicaSet.spec.template.metadata.finalizers
    pod.metadata.ownerReferences = [OwnerReference(controller: replicaSet)]
    pod.spec = replicaSet.spec.template.spec
    return pod
  }

  /// So many of the active pods, those that go first; all of them in order of name.
  private func podsToDelete(
    _ surplus: Int, of count: Int, _ replicaSet: ReplicaSet, _ claimed: [Pod]?
  ) -> [Pod] {
    if surplus >= count {
      return claimed?.sorted { $0.key < $1.key } ?? activePods(replicaSet)
    }
    let now = client.server.wallNanoseconds
    let related = relatedPods(replicaSet)
    if let claimed {
      return DeletionRanking.podsToDelete(claimed, count: surplus, nowNanoseconds: now) { node in
        related.reduce(0) { $0 + $1.tally.count(onNode: ownedPods.nodes.number(node)) }
      }
    }
    let places =
      ownedPods[replicaSet.metadata.uid]?.firstToGo(
        surplus, nowNanoseconds: now, related: related, find: { pods.find(place: $0) }) ?? []
    return places.compactMap { pods.find(place: $0) }
  }

  private func delete(_ chosen: [Pod], _ replicaSet: ReplicaSet) -> StatusError? {
    expectations.expectDeletions(
      replicaSet.key, chosen.map(\.metadata.uid),
      nowNanoseconds: client.server.wallNanoseconds)
    return client.concurrently { deleteEach(chosen, replicaSet) }
  }

  private func deleteEach(_ chosen: [Pod], _ replicaSet: ReplicaSet) -> StatusError? {
    var failure: StatusError?
    for pod in chosen {
      do throws(StatusError) {
        try client.delete(
          Pod.self, pod.metadata.namespace, pod.metadata.name,
          options: DeleteOptions(uid: pod.metadata.uid))
        recorder.record(
          replicaSet, .normal, "SuccessfulDelete", "Deleted pod: \(pod.metadata.name)")
      } catch {
        expectations.deletionObserved(replicaSet.key, pod.metadata.uid)
        if error.isNotFound { continue }
        recorder.record(replicaSet, .warning, "FailedDelete", "Error deleting: \(error.message)")
        failure = failure ?? error
      }
    }
    return failure
  }

  /// Counts pods one by one.
  func count(_ active: [Pod], _ replicaSet: ReplicaSet) -> PodCounts {
    let now = client.server.now
    let labels = replicaSet.spec.template.metadata.labels
    return PodCounts(
      active: active.count,
      fullyLabeled: active.count { $0.metadata.labels.includes(labels) },
      ready: active.count { $0.isReady },
      available: active.count {
        $0.isAvailable(minReadySeconds: replicaSet.spec.minReadySeconds, now: now)
      })
  }

  /// Counts pods by their tally; what is ready is available.
  func count(_ tally: PodTally, _ replicaSet: ReplicaSet) -> PodCounts {
    PodCounts(
      active: tally.active,
      fullyLabeled: tally.count(including: replicaSet.spec.template.metadata.labels),
      ready: tally.ready, available: tally.ready)
  }

  /// Writes counts into a status; source `pkg/controller/replicaset/replica_set_utils.go` calculateStatus.
  func newStatus(_ replicaSet: ReplicaSet, _ counts: PodCounts, _ failure: StatusError?)
    -> ReplicaSetStatus
  {
    var status = replicaSet.status
    status.replicas = counts.active
    status.fullyLabeledReplicas = counts.fullyLabeled
    status.readyReplicas = counts.ready
    status.availableReplicas = counts.available
    let current = status.conditions.first(ProgressRules.replicaFailure)
    if let failure, current == nil {
      status.conditions.append(
        Condition(
          type: ProgressRules.replicaFailure, status: .true,
          reason: counts.active < replicaSet.desired ? "FailedCreate" : "FailedDelete",
          message: failure.message, lastTransitionTime: client.server.now))
    } else if failure == nil, current != nil {
      status.conditions.removeAll { $0.type == ProgressRules.replicaFailure }
    }
    return status
  }

  /// When the next ready pod becomes available, nil if none is on its way.
  ///
  /// Source: `pkg/controller/controller_utils.go` FindMinNextPodAvailabilityCheck.
  func nextAvailability(_ active: [Pod], _ minReadySeconds: Int) -> Duration? {
    let now = client.server.wallNanoseconds
    let times = active.compactMap { pod -> Int64? in
      guard let ready = pod.status.conditions.first("Ready"), ready.status == .true,
        let since = ready.lastTransitionTime
      else { return nil }
      let time = (since.seconds + Int64(minReadySeconds)) * 1_000_000_000
      return time > now ? time - now : nil
    }
    return times.min().map { .nanoseconds($0) }
  }

  /// Writes a changed status; after a conflict once more onto the latest version.
  func write(_ status: ReplicaSetStatus, _ given: ReplicaSet) throws(StatusError) {
    var replicaSet = given
    if replicaSet.status == status,
      replicaSet.status.observedGeneration == replicaSet.metadata.generation
    {
      return
    }
    replicaSet.status = status
    replicaSet.status.observedGeneration = replicaSet.metadata.generation
    do throws(StatusError) {
      try client.updateStatus(replicaSet)
    } catch {
      var latest = try client.get(
        ReplicaSet.self, given.metadata.namespace, given.metadata.name)
      guard latest.metadata.uid == given.metadata.uid else { throw error }
      latest.status = replicaSet.status
      try client.updateStatus(latest)
    }
  }
}
