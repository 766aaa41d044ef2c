import KubernetesAPI
import SimulationKernel

/// Keeps as many pods as a ReplicaSet wants.
///
/// Source: `pkg/controller/replicaset/replica_set.go`.
package final class ReplicaSetController {
  /// The most pods made or deleted in one go.
  static let burst = 500

  let client: ControllerClient
  let recorder: EventRecorder
  let replicaSets: Informer<ReplicaSet>
  let pods: Informer<Pod>
  private let orphansByNamespace: Int
  private let replicaSetsByOwner: Int
  @exclusivity(unchecked) var expectations = Expectations()
  @exclusivity(unchecked) var ownedPods = OwnedPodTable()
  private(set) var queue: WorkQueue

  package init(server: APIServer, informers: SharedInformers) {
    client = ControllerClient(server: server, component: "replicaset-controller")
    recorder = EventRecorder(server: server, component: "replicaset-controller")
    replicaSets = informers.informer(ReplicaSet.self)
    pods = informers.informer(Pod.self)
    orphansByNamespace = pods.addIndex("orphans by namespace", of: .metadata) {
      $0.metadata.controllerUID == nil ? $0.metadata.namespace : nil
    }
    replicaSetsByOwner = replicaSets.addIndex("controller", of: .metadata) {
      $0.metadata.controllerUID
    }
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(key) })
    replicaSets.onChange { [weak self] old, new in self?.replicaSetChanged(old, new) }
    let counted: ObjectAspects = [.metadata, .binding, .readiness, .end]
    pods.onChange(of: counted) { [weak self] old, new in self?.ownedPods.podChanged(old, new) }
    pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
  }

  private func replicaSetChanged(_ old: ReplicaSet?, _ new: ReplicaSet?) {
    if let old, old.metadata.uid != new?.metadata.uid,
      let item = ownedPods.set(nil, of: old.metadata.uid)
    {
      queue.release(item)
    }
    guard let key = (new ?? old)?.key else { return }
    guard let new, old?.metadata.uid != new.metadata.uid else { return queue.add(key) }
    let item = queue.keep(key)
    if let kept = ownedPods.set(item, of: new.metadata.uid) { queue.release(kept) }
    queue.add(item)
  }

  private func podChanged(_ old: Pod?, _ new: Pod?) {
    if let old, let new, old.metadata.sharesFields(with: new.metadata) {
      ownedPods.podOutdated(new)
      if !new.metadata.isBeingDeleted, let item = ownedPods.owner(of: new)?.item {
        return queue.add(item)
      }
    }
    guard let new else {
      if let old { deletionSeen(old) }
      return
    }
    if new.metadata.isBeingDeleted {
      deletionSeen(new)
      return
    }
    if old == nil, let item = ownedPods.owner(of: new)?.item {
      expectations.creationObserved(item.key)
      return queue.add(item)
    }
    let owner = new.metadata.controller
    if let old, let previous = old.metadata.controller, previous.uid != owner?.uid,
      let replicaSet = owned(by: previous, old)
    {
      queue.add(replicaSet.key)
    }
    if let owner {
      guard let replicaSet = owned(by: owner, new) else { return }
      if old == nil { expectations.creationObserved(replicaSet.key) }
      queue.add(replicaSet.key)
      return
    }
    let changed =
      old.map {
        $0.metadata.labels != new.metadata.labels || $0.metadata.controller != nil
      } ?? true
    if changed { enqueueMatching(new) }
  }

  private func deletionSeen(_ pod: Pod) {
    guard let owner = pod.metadata.controller, let replicaSet = owned(by: owner, pod) else {
      return
    }
    expectations.deletionObserved(replicaSet.key, pod.metadata.uid)
    queue.add(replicaSet.key)
  }

  private func owned(by owner: OwnerReference, _ pod: Pod) -> ReplicaSet? {
    guard owner.kind == "ReplicaSet",
      let replicaSet = replicaSets.find(pod.metadata.namespace, owner.name),
      replicaSet.metadata.uid == owner.uid
    else { return nil }
    return replicaSet
  }

  private func enqueueMatching(_ pod: Pod) {
    for replicaSet in replicaSets.list(namespace: pod.metadata.namespace)
    where replicaSet.spec.selector.matches(pod.metadata.labels) {
      queue.add(replicaSet.key)
    }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    guard let replicaSet = replicaSets.find(key.namespace, key.name) else {
      expectations.forget(key)
      return
    }
    let mayAct = expectations.areSatisfied(key, nowNanoseconds: client.server.wallNanoseconds)
    let tally = ownedPods[replicaSet.metadata.uid]?.tally ?? PodTally()
    let claimed = canCount(tally, replicaSet) ? nil : try claimPods(replicaSet)
    let counts = claimed.map { count($0, replicaSet) } ?? count(tally, replicaSet)
    var failure: StatusError?
    if mayAct, !replicaSet.metadata.isBeingDeleted {
      failure = manage(counts.active, replicaSet, claimed)
    }
    let status = newStatus(replicaSet, counts, failure)
    try write(status, replicaSet)
    if let failure { throw failure }
    guard let active = claimed else { return }
    let minReadySeconds = replicaSet.spec.minReadySeconds
    if minReadySeconds > 0, status.readyReplicas != status.availableReplicas {
      queue.add(
        key, after: nextAvailability(active, minReadySeconds) ?? .seconds(minReadySeconds))
    }
  }

  /// Whether the tally tells all: no pod to adopt or release, and none that must wait to count
  /// as available.
  private func canCount(_ tally: PodTally, _ replicaSet: ReplicaSet) -> Bool {
    let selector = replicaSet.spec.selector
    return (replicaSet.spec.minReadySeconds == 0 || tally.ready == 0) && tally.allMatch(selector)
      && !pods.objects(index: orphansByNamespace, replicaSet.metadata.namespace).contains {
        $0.isActive && selector.matches($0.metadata.labels)
      }
  }

  /// The active pods that name the ReplicaSet as their controller, in order of name.
  func activePods(_ replicaSet: ReplicaSet) -> [Pod] {
    let places = ownedPods[replicaSet.metadata.uid]?.activePlaces ?? []
    return places.compactMap { pods.find(place: $0) }.sorted { $0.key < $1.key }
  }

  /// The active pods that the ReplicaSet owns; adopts matching orphans, releases what no longer
  /// matches.
  private func claimPods(_ replicaSet: ReplicaSet) throws(StatusError) -> [Pod] {
    var claimed: [Pod] = []
    let selector = replicaSet.spec.selector
    for pod in activePods(replicaSet) {
      if selector.matches(pod.metadata.labels) {
        claimed.append(pod)
      } else if !replicaSet.metadata.isBeingDeleted {
        try unlessGone { () throws(StatusError) in
          _ = try client.modify(Pod.self, pod.metadata.namespace, pod.metadata.name) {
            $0.metadata.ownerReferences.removeAll { $0.uid == replicaSet.metadata.uid }
          }
        }
      }
    }
    if replicaSet.metadata.isBeingDeleted { return claimed }
    for pod in pods.objects(index: orphansByNamespace, replicaSet.metadata.namespace)
    where pod.isActive && selector.matches(pod.metadata.labels) {
      let fresh = try client.get(
        ReplicaSet.self, replicaSet.metadata.namespace, replicaSet.metadata.name)
      guard fresh.metadata.uid == replicaSet.metadata.uid, !fresh.metadata.isBeingDeleted else {
        break
      }
      try unlessGone { () throws(StatusError) in
        claimed.append(
          try client.modify(Pod.self, pod.metadata.namespace, pod.metadata.name) {
            $0.metadata.ownerReferences.append(OwnerReference(controller: replicaSet))
          })
      }
    }
    return claimed
  }

  private func unlessGone(_ body: () throws(StatusError) -> Void) throws(StatusError) {
    do throws(StatusError) {
      try body()
    } catch {
      if !error.isNotFound { throw error }
    }
  }

  /// The pods of all ReplicaSets with the same owner.
  func relatedPods(_ replicaSet: ReplicaSet) -> [OwnedPods] {
    guard let owner = replicaSet.metadata.controllerUID else { return [] }
    return replicaSets.objects(index: replicaSetsByOwner, owner).compactMap {
      ownedPods[$0.metadata.uid]
    }
  }
}
