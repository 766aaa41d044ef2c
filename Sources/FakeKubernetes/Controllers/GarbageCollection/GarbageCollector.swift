import KubernetesAPI
import SimulationKernel

/// Deletes what has lost its owners, in the background, in the foreground, or sets it free.
///
/// Source of the rules: `pkg/controller/garbagecollector/garbagecollector.go`.
package final class GarbageCollector {
  /// An object as the collector sees it.
  private struct Entry {
    var resource: ResourceType
    var key: ObjectKey
    var metadata: ObjectMeta
  }

  private let server: APIServer
  private let client: ControllerClient
  private let delay: ClosedRange<Duration>
  private let stream: RandomStream
  private var entries: [String: Entry] = [:]
  private var dependents: [String: Set<String>] = [:]
  private var queue: WorkQueue
  private var lastDelivery: SimulationTime = .zero

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
    for type in KindRegistry.types {
      server.forEach(type.resource) { [weak self] object in
        self?.learn(type.resource, object, isGone: false)
      }
    }
    server.observe { [weak self] change in self?.enqueue(change) }
  }

  private func enqueue(_ change: Change) {
    if change.resource == Event.resource || change.resource == Lease.resource { return }
    let time = max(
      lastDelivery, server.simulation.now + server.pendingLatency + stream.duration(in: delay))
    lastDelivery = time
    server.simulation.schedule(at: time) { [weak self] in
      self?.learn(change.resource, change.object, isGone: change.kind == .deleted)
    }
  }

  private func learn(_ resource: ResourceType, _ object: any KubernetesObject, isGone: Bool) {
    let metadata = object.metadata
    let uid = metadata.uid
    let old = entries[uid]
    for owner in old?.metadata.ownerReferences ?? [] {
      dependents[owner.uid]?.remove(uid)
      if dependents[owner.uid]?.isEmpty ?? false { dependents[owner.uid] = nil }
    }
    if isGone {
      entries[uid] = nil
      for dependent in (dependents[uid] ?? []).sorted() { enqueue(dependent) }
      for owner in metadata.ownerReferences { enqueue(owner.uid) }
      return
    }
    entries[uid] = Entry(
      resource: resource, key: ObjectKey(metadata.namespace, metadata.name), metadata: metadata)
    for owner in metadata.ownerReferences { dependents[owner.uid, default: []].insert(uid) }
    if metadata.isBeingDeleted, !metadata.finalizers.isEmpty { enqueue(uid) }
    if metadata.isBeingDeleted {
      for owner in metadata.ownerReferences { enqueue(owner.uid) }
    }
    let owners = metadata.ownerReferences
    if !owners.isEmpty, old == nil || old?.metadata.ownerReferences != owners { enqueue(uid) }
  }

  private func enqueue(_ uid: String) { queue.add(ObjectKey("", uid)) }

  private func reconcile(uid: String) throws(StatusError) {
    guard let entry = entries[uid] else { return }
    let finalizers = entry.metadata.finalizers
    if entry.metadata.isBeingDeleted {
      if finalizers.contains(ObjectMeta.orphanFinalizer) { return try orphanDependents(entry) }
      if finalizers.contains(ObjectMeta.foregroundFinalizer) {
        return try deleteInForeground(entry)
      }
      return
    }
    try deleteWithoutOwners(entry)
  }

  private func orphanDependents(_ entry: Entry) throws(StatusError) {
    let uid = entry.metadata.uid
    let orphans = (dependents[uid] ?? []).sorted().compactMap { entries[$0] }
    for dependent in orphans {
      try change(dependent) { $0.ownerReferences.removeAll { $0.uid == uid } }
    }
    // The calls above take time, in which controllers see the owner without what it owned.
    if !orphans.isEmpty { return queue.add(ObjectKey("", uid), after: .milliseconds(25)) }
    try removeFinalizer(entry, ObjectMeta.orphanFinalizer)
  }

  private func deleteInForeground(_ entry: Entry) throws(StatusError) {
    let all = (dependents[entry.metadata.uid] ?? []).sorted().compactMap { entries[$0] }
    let blocking = all.filter { dependent in
      dependent.metadata.ownerReferences.contains {
        $0.uid == entry.metadata.uid && $0.blockOwnerDeletion
      }
    }
    if blocking.isEmpty {
      return try removeFinalizer(entry, ObjectMeta.foregroundFinalizer)
    }
    for dependent in all where !dependent.metadata.isBeingDeleted {
      enqueue(dependent.metadata.uid)
    }
  }

  /// Deletes an object whose owners are all gone, or all wait for it.
  private func deleteWithoutOwners(_ entry: Entry) throws(StatusError) {
    let owners = entry.metadata.ownerReferences
    if owners.isEmpty { return }
    var solid: [OwnerReference] = []
    var waiting: [OwnerReference] = []
    var gone: [OwnerReference] = []
    for owner in owners {
      guard let known = entries[owner.uid] else {
        gone.append(owner)
        continue
      }
      let isForeground = known.metadata.finalizers.contains(ObjectMeta.foregroundFinalizer)
      if known.metadata.isBeingDeleted, isForeground {
        waiting.append(owner)
      } else {
        solid.append(owner)
      }
    }
    if !solid.isEmpty {
      if gone.isEmpty && waiting.isEmpty { return }
      let lost = Set((gone + waiting).map(\.uid))
      return try change(entry) { $0.ownerReferences.removeAll { lost.contains($0.uid) } }
    }
    let hasDependents = !(dependents[entry.metadata.uid] ?? []).isEmpty
    let policy: PropagationPolicy?
    if !waiting.isEmpty, hasDependents {
      policy = .foreground
    } else if entry.metadata.finalizers.contains(ObjectMeta.orphanFinalizer) {
      policy = .orphan
    } else {
      policy = .background
    }
    try delete(entry, policy)
  }

  private func removeFinalizer(_ entry: Entry, _ finalizer: String) throws(StatusError) {
    try change(entry) { $0.finalizers.removeAll { $0 == finalizer } }
  }

  private func delete(_ entry: Entry, _ policy: PropagationPolicy?) throws(StatusError) {
    guard let type = KindRegistry.type(named: entry.resource.qualifiedName) else { return }
    try unlessGone { () throws(StatusError) in
      try delete(
        type, entry.key, DeleteOptions(propagationPolicy: policy, uid: entry.metadata.uid))
    }
  }

  private func delete<Object: KubernetesObject>(
    _ type: Object.Type, _ key: ObjectKey, _ options: DeleteOptions
  ) throws(StatusError) {
    try client.delete(type, key.namespace, key.name, options: options)
  }

  private func change(_ entry: Entry, _ body: (inout ObjectMeta) -> Void) throws(StatusError) {
    guard let type = KindRegistry.type(named: entry.resource.qualifiedName) else { return }
    try unlessGone { () throws(StatusError) in try change(type, entry, body) }
  }

  private func change<Object: KubernetesObject>(
    _ type: Object.Type, _ entry: Entry, _ body: (inout ObjectMeta) -> Void
  ) throws(StatusError) {
    try client.modify(type, entry.key.namespace, entry.key.name) { object in
      if object.metadata.uid == entry.metadata.uid { body(&object.metadata) }
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
