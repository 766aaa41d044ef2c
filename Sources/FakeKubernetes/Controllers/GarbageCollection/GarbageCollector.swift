import KubernetesAPI
import SimulationKernel

/// Deletes what has lost its owners, in the background, in the foreground, or sets it free.
///
/// Source of the rules: `pkg/controller/garbagecollector/garbagecollector.go`.
package final class GarbageCollector {
  /// An object as the collector sees it.
  private struct Entry {
    var type: any KubernetesObject.Type
    var key: ObjectKey
    var owners: [OwnerReference]
    var finalizers: [String]
    var isBeingDeleted: Bool
  }

  private let server: APIServer
  private let client: ControllerClient
  private let delay: ClosedRange<Duration>
  private let stream: RandomStream
  @exclusivity(unchecked) private var entries: [String: Entry] = [:]
  @exclusivity(unchecked) private var dependents: [String: Set<String>] = [:]
  @exclusivity(unchecked) private var queue: WorkQueue
  @exclusivity(unchecked) private var lastDelivery: SimulationTime = .zero

  package init(server: APIServer, informers: SharedInformers) {
    self.server = server
    client = ControllerClient(server: server, component: "garbage-collector")
    delay = .milliseconds(1)...(.milliseconds(8))
    stream = server.simulation.randomStream("kubernetes/watch/garbage-collector")
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, workers: 20, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(uid: key.name) })
    for type in KindRegistry.types where type != Event.self && type != Lease.self { watch(type) }
  }

  private func watch<Object: KubernetesObject>(_ type: Object.Type) {
    server.forEach(type) { object in learn(object.metadata.uid, Self.entry(object), isGone: false) }
    server.table(type).addFeed { [weak self] change, latency in
      self?.enqueue(change, latency: latency)
    }
  }

  private static func entry<Object: KubernetesObject>(_ object: Object) -> Entry {
    Entry(
      type: Object.self, key: object.key, owners: object.metadata.ownerReferences,
      finalizers: object.metadata.finalizers, isBeingDeleted: object.metadata.isBeingDeleted)
  }

  /// Changes of what the collector does not look at are not waited for.
  private func enqueue<Object: KubernetesObject>(_ change: TypedChange<Object>, latency: Int64) {
    guard change.aspects.overlaps(.metadata) else { return }
    let metadata = change.object.metadata
    if change.kind == .modified, let previous = change.previous?.metadata,
      metadata.isBeingDeleted == previous.isBeingDeleted,
      metadata.ownerReferences == previous.ownerReferences,
      metadata.finalizers == previous.finalizers
    {
      return
    }
    let time = max(
      lastDelivery,
      server.simulation.now + .nanoseconds(latency) + stream.duration(in: delay))
    lastDelivery = time
    let uid = metadata.uid
    let entry = Self.entry(change.object)
    server.simulation.schedule(at: time) { [weak self] in
      self?.deliver(uid, entry, isGone: change.kind == .deleted)
    }
  }

  private func deliver(_ uid: String, _ entry: Entry, isGone: Bool) {
    guard server.faults.holdsWatches else { return learn(uid, entry, isGone: isGone) }
    server.faults.hold { [weak self] in self?.learn(uid, entry, isGone: isGone) }
  }

  private func learn(_ uid: String, _ entry: Entry, isGone: Bool) {
    let old = entries[uid]
    let owners = entry.owners
    for owner in old?.owners ?? [] {
      dependents[owner.uid]?.remove(uid)
      if dependents[owner.uid]?.isEmpty ?? false { dependents[owner.uid] = nil }
    }
    if isGone {
      entries[uid] = nil
      for dependent in (dependents[uid] ?? []).sorted() { enqueue(dependent) }
      for owner in owners { enqueue(owner.uid) }
      return
    }
    entries[uid] = entry
    for owner in owners { dependents[owner.uid, default: []].insert(uid) }
    if entry.isBeingDeleted {
      if !entry.finalizers.isEmpty { enqueue(uid) }
      for owner in owners { enqueue(owner.uid) }
    }
    if !owners.isEmpty, old == nil || old?.owners != owners, !owners.allSatisfy(isThere) {
      enqueue(uid)
    }
  }

  /// Whether an owner is known and stays, so that what it owns stays, too.
  private func isThere(_ owner: OwnerReference) -> Bool {
    guard let known = entries[owner.uid] else { return false }
    return !known.isBeingDeleted || !known.finalizers.contains(ObjectMeta.foregroundFinalizer)
  }

  private func enqueue(_ uid: String) { queue.add(ObjectKey("", uid)) }

  private func reconcile(uid: String) throws(StatusError) {
    guard let entry = entries[uid] else { return }
    if entry.isBeingDeleted {
      if entry.finalizers.contains(ObjectMeta.orphanFinalizer) {
        return try orphanDependents(uid, entry)
      }
      if entry.finalizers.contains(ObjectMeta.foregroundFinalizer) {
        return try deleteInForeground(uid, entry)
      }
      return
    }
    try deleteWithoutOwners(uid, entry)
  }

  private func orphanDependents(_ uid: String, _ entry: Entry) throws(StatusError) {
    let orphans = (dependents[uid] ?? []).sorted()
    for dependent in orphans {
      guard let orphan = entries[dependent] else { continue }
      try change(dependent, orphan) { $0.ownerReferences.removeAll { $0.uid == uid } }
    }
    // The calls above take time, in which controllers see the owner without what it owned.
    if !orphans.isEmpty { return queue.add(ObjectKey("", uid), after: .milliseconds(25)) }
    try removeFinalizer(uid, entry, ObjectMeta.orphanFinalizer)
  }

  private func deleteInForeground(_ uid: String, _ entry: Entry) throws(StatusError) {
    let all = (dependents[uid] ?? []).sorted()
    let isBlocked = all.contains { dependent in
      entries[dependent]?.owners.contains { $0.uid == uid && $0.blockOwnerDeletion } ?? false
    }
    if !isBlocked {
      return try removeFinalizer(uid, entry, ObjectMeta.foregroundFinalizer)
    }
    for dependent in all where !(entries[dependent]?.isBeingDeleted ?? true) {
      enqueue(dependent)
    }
  }

  /// Deletes an object whose owners are all gone, or all wait for it.
  private func deleteWithoutOwners(_ uid: String, _ entry: Entry) throws(StatusError) {
    let owners = entry.owners
    if owners.isEmpty { return }
    var solid: [OwnerReference] = []
    var waiting: [OwnerReference] = []
    var gone: [OwnerReference] = []
    for owner in owners {
      guard let known = entries[owner.uid] else {
        gone.append(owner)
        continue
      }
      let isForeground = known.finalizers.contains(ObjectMeta.foregroundFinalizer)
      if known.isBeingDeleted, isForeground {
        waiting.append(owner)
      } else {
        solid.append(owner)
      }
    }
    if !solid.isEmpty {
      if gone.isEmpty && waiting.isEmpty { return }
      let lost = Set((gone + waiting).map(\.uid))
      return try change(uid, entry) { $0.ownerReferences.removeAll { lost.contains($0.uid) } }
    }
    let hasDependents = !(dependents[uid] ?? []).isEmpty
    let policy: PropagationPolicy?
    if !waiting.isEmpty, hasDependents {
      policy = .foreground
    } else if entry.finalizers.contains(ObjectMeta.orphanFinalizer) {
      policy = .orphan
    } else {
      policy = .background
    }
    try delete(uid, entry, policy)
  }

  private func removeFinalizer(_ uid: String, _ entry: Entry, _ finalizer: String)
    throws(StatusError)
  {
    try change(uid, entry) { $0.finalizers.removeAll { $0 == finalizer } }
  }

  private func delete(_ uid: String, _ entry: Entry, _ policy: PropagationPolicy?)
    throws(StatusError)
  {
    try unlessGone { () throws(StatusError) in
      try delete(entry.type, entry.key, DeleteOptions(propagationPolicy: policy, uid: uid))
    }
  }

  private func delete<Object: KubernetesObject>(
    _ type: Object.Type, _ key: ObjectKey, _ options: DeleteOptions
  ) throws(StatusError) {
    try client.delete(type, key.namespace, key.name, options: options)
  }

  private func change(_ uid: String, _ entry: Entry, _ body: (inout ObjectMeta) -> Void)
    throws(StatusError)
  {
    try unlessGone { () throws(StatusError) in try change(entry.type, entry.key, uid, body) }
  }

  private func change<Object: KubernetesObject>(
    _ type: Object.Type, _ key: ObjectKey, _ uid: String, _ body: (inout ObjectMeta) -> Void
  ) throws(StatusError) {
    try client.modify(type, key.namespace, key.name) { object in
      if object.metadata.uid == uid { body(&object.metadata) }
    }
  }

  private func unlessGone(_ body: () throws(StatusError) -> Void) throws(StatusError) {
    do throws(StatusError) {
      try body()
    } catch {
      if !error.isNotFound, !error.isConflict { throw error }
    }
  }
}
