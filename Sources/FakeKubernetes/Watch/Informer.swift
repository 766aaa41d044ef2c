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
  private var objects: [ObjectKey: any KubernetesObject] = [:]
  private var indexes: [(value: (Object) -> [String], keys: [String: Set<ObjectKey>])] = []
  private var handlers: [Handler] = []
  private var lastDelivery: SimulationTime = .zero

  package init(
    server: APIServer, component: String,
    delay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(4))
  ) {
    simulation = server.simulation
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
  /// Returns the number to ask `objects(index:_:)` with.
  package func addIndex(_ value: @escaping (Object) -> [String]) -> Int {
    var keys: [String: Set<ObjectKey>] = [:]
    for (key, stored) in objects {
      guard let object = stored as? Object else { continue }
      for text in value(object) { keys[text, default: []].insert(key) }
    }
    indexes.append((value, keys))
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
    (indexes[index].keys[value] ?? []).sorted().compactMap { objects[$0] as? Object }
  }

  private func enqueue(_ change: Change, latency: Duration) {
    let time = max(lastDelivery, simulation.now + latency + stream.duration(in: delay))
    lastDelivery = time
    simulation.schedule(at: time) { [weak self] in self?.deliver(change) }
  }

  private func deliver(_ change: Change) {
    let old = objects[change.key] as? Object
    guard let object = change.object as? Object else { return }
    if let old { index(old, change.key, isPresent: false) }
    if change.kind == .deleted {
      objects[change.key] = nil
      for handler in handlers { handler(object, nil) }
      return
    }
    objects[change.key] = change.object
    index(object, change.key, isPresent: true)
    for handler in handlers { handler(old, object) }
  }

  private func index(_ object: Object, _ key: ObjectKey, isPresent: Bool) {
    for position in indexes.indices {
      for text in indexes[position].value(object) {
        if isPresent {
          indexes[position].keys[text, default: []].insert(key)
        } else {
          indexes[position].keys[text]?.remove(key)
          if indexes[position].keys[text]?.isEmpty ?? false { indexes[position].keys[text] = nil }
        }
      }
    }
  }
}
