package import KubernetesAPI
import SimulationKernel

/// A component's copy of all objects of one kind, fed by a watch with modelled delay.
///
/// Changes arrive in order, each some milliseconds after its commit, so that readers see the past
/// and writes made from it may conflict.
package final class Informer<Object: KubernetesObject> {
  package typealias Handler = (_ old: Object?, _ new: Object?) -> Void

  private let simulation: Simulation
  private let delay: ClosedRange<Duration>
  private let stream: RandomStream
  private let faults: APIServerFaults
  private var objects: [ObjectKey: any KubernetesObject] = [:]
  private var indexes: [Index] = []
  private var handlers: [Handler] = []
  private var lastDelivery: SimulationTime = .zero

  private struct Index {
    let name: String
    let value: (Object) -> [String]
    var buckets: [String: Bucket] = [:]
  }

  /// The keys of one index value; sorted when they are asked for.
  private struct Bucket {
    var keys: Set<ObjectKey> = []
    var sorted: [ObjectKey]?
  }

  package init(
    server: APIServer, component: String,
    delay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(4))
  ) {
    simulation = server.simulation
    faults = server.faults
    self.delay = delay
    stream = simulation.randomStream(
      "kubernetes/watch/\(component)/\(Object.resource.qualifiedName)")
    server.forEach(Object.resource) {
      objects[ObjectKey($0.metadata.namespace, $0.metadata.name)] = $0
    }
    server.observe(Object.resource) { [weak self, unowned server] change in
      self?.enqueue(change, latency: server.pendingLatency)
    }
  }

  /// Calls `handler` for each object now, and for each change as it arrives.
  ///
  /// Additions have no old object, deletions no new one.
  package func onChange(_ handler: @escaping Handler) {
    handlers.append(handler)
    for key in objects.keys.sorted() {
      if let object = find(key.namespace, key.name) { handler(nil, object) }
    }
  }

  /// Keeps the objects findable by values of their own, such as their owner's uid.
  ///
  /// Returns the number to ask `objects(index:_:)` with. Indexes of one name are one index.
  package func addIndex(_ name: String, _ value: @escaping (Object) -> [String]) -> Int {
    if let known = indexes.firstIndex(where: { $0.name == name }) { return known }
    var index = Index(name: name, value: value)
    for (key, stored) in objects {
      guard let object = stored as? Object else { continue }
      for text in value(object) { index.buckets[text, default: Bucket()].keys.insert(key) }
    }
    indexes.append(index)
    return indexes.count - 1
  }

  /// The object as last seen.
  package func find(_ namespace: String, _ name: String) -> Object? {
    objects[ObjectKey(namespace, name)] as? Object
  }

  /// All objects of a namespace, or of all, in order of namespace and name.
  package func list(namespace: String? = nil) -> [Object] {
    objects.keys.filter { namespace == nil || $0.namespace == namespace }.sorted().compactMap {
      objects[$0] as? Object
    }
  }

  /// The objects of an index value, in order of namespace and name.
  package func objects(index: Int, _ value: String) -> [Object] {
    guard let bucket = indexes[index].buckets[value] else { return [] }
    let sorted = bucket.sorted ?? bucket.keys.sorted()
    indexes[index].buckets[value]?.sorted = sorted
    return sorted.compactMap { objects[$0] as? Object }
  }

  private func enqueue(_ change: Change, latency: Duration) {
    let time = max(lastDelivery, simulation.now + latency + stream.duration(in: delay))
    lastDelivery = time
    simulation.schedule(at: time) { [weak self] in self?.deliver(change) }
  }

  private func deliver(_ change: Change) {
    if faults.holdsWatches { return faults.hold { [weak self] in self?.deliver(change) } }
    let old = objects[change.key] as? Object
    guard let object = change.object as? Object else { return }
    let oldValues = old.map { object in indexes.map { $0.value(object) } }
    if change.kind == .deleted {
      objects[change.key] = nil
      index(change.key, from: oldValues, to: nil)
      for handler in handlers { handler(object, nil) }
      return
    }
    objects[change.key] = change.object
    index(change.key, from: oldValues, to: indexes.map { $0.value(object) })
    for handler in handlers { handler(old, object) }
  }

  /// Moves a key between the buckets of each index whose values changed.
  private func index(_ key: ObjectKey, from old: [[String]]?, to new: [[String]]?) {
    for position in indexes.indices {
      let before = old?[position] ?? []
      let after = new?[position] ?? []
      if before == after { continue }
      for text in before {
        indexes[position].buckets[text]?.keys.remove(key)
        indexes[position].buckets[text]?.sorted = nil
        if indexes[position].buckets[text]?.keys.isEmpty ?? false {
          indexes[position].buckets[text] = nil
        }
      }
      for text in after {
        indexes[position].buckets[text, default: Bucket()].keys.insert(key)
        indexes[position].buckets[text]?.sorted = nil
      }
    }
  }
}
