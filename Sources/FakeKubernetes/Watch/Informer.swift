package import KubernetesAPI
import SimulationKernel

/// A component's view of all objects of one kind, fed by a watch with modelled delay.
///
/// Changes arrive in order, each some milliseconds after its commit, so that readers see the past
/// and writes made from it may conflict. What has not changed lately is read from the store
/// itself: only objects with changes on their way are kept here, as they were last seen.
package final class Informer<Object: KubernetesObject> {
  package typealias Handler = (_ old: Object?, _ new: Object?) -> Void

  /// An object of which changes are on their way.
  private struct Lag {
    /// The object as last seen, nil if it was not there.
    var seen: Object?
    var outstanding: Int
  }

  private let simulation: Simulation
  private let table: ObjectTable<Object>
  private let delay: ClosedRange<Duration>
  private let stream: RandomStream
  private let faults: APIServerFaults
  private var lagging: [ObjectKey: Lag] = [:]
  private var indexes: [InformerIndex<Object>] = []
  private var handlers: [Handler] = []
  private var lastDelivery: SimulationTime = .zero
  /// Changes on their way, in order.
  private var underway = FIFOQueue<(time: SimulationTime, change: TypedChange<Object>)>()

  package init(
    server: APIServer, component: String,
    delay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(4))
  ) {
    simulation = server.simulation
    faults = server.faults
    table = server.table(Object.self)
    self.delay = delay
    stream = simulation.randomStream(
      "kubernetes/watch/\(component)/\(Object.resource.qualifiedName)")
    table.addFeed { [weak self] change, latency in self?.enqueue(change, latency: latency) }
  }

  /// Calls `handler` for each object now, and for each change as it arrives.
  ///
  /// Additions have no old object, deletions no new one; the old one is as it was last told.
  package func onChange(_ handler: @escaping Handler) {
    handlers.append(handler)
    for object in list() { handler(nil, object) }
  }

  /// Keeps the objects findable by a value of their own, such as their owner's uid.
  ///
  /// Returns the number to ask `objects(index:_:)` with. Indexes of one name are one index.
  package func addIndex(_ name: String, _ value: @escaping (Object) -> String?) -> Int {
    if let known = indexes.firstIndex(where: { $0.name == name }) { return known }
    var index = InformerIndex(name: name, value: value)
    for object in list() { index.move(object.key, from: nil, to: value(object)) }
    indexes.append(index)
    return indexes.count - 1
  }

  /// The object as last seen.
  package func find(_ namespace: String, _ name: String) -> Object? {
    find(ObjectKey(namespace, name))
  }

  private func find(_ key: ObjectKey) -> Object? {
    if !lagging.isEmpty, let lag = lagging[key] { return lag.seen }
    return table[key]
  }

  /// All objects of a namespace, or of all, in order of namespace and name.
  package func list(namespace: String? = nil) -> [Object] {
    var found: [Object] = []
    table.forEach(namespace: namespace) { key, object in
      if let lag = lagging[key] {
        if let seen = lag.seen { found.append(seen) }
      } else {
        found.append(object)
      }
    }
    let removed = lagging.filter { key, lag in
      lag.seen != nil && table[key] == nil && (namespace == nil || key.namespace == namespace)
    }
    if removed.isEmpty { return found }
    found += removed.values.compactMap(\.seen)
    return found.sorted { $0.key < $1.key }
  }

  /// The objects of an index value, in order of namespace and name.
  package func objects(index: Int, _ value: String) -> [Object] {
    indexes[index].keys(value).compactMap { find($0) }
  }

  /// The objects of an index value, unsorted: the same history gives the same order.
  package func unsortedObjects(index: Int, _ value: String) -> [Object] {
    indexes[index].unsortedKeys(value).compactMap { find($0) }
  }

  /// The values that some object has, sorted.
  package func values(index: Int) -> [String] { indexes[index].values }

  /// The number of objects of an index value.
  package func count(index: Int, _ value: String) -> Int { indexes[index].count(value) }

  private func enqueue(_ change: TypedChange<Object>, latency: Duration) {
    if lagging[change.key]?.outstanding == nil {
      lagging[change.key] = Lag(seen: change.previous, outstanding: 1)
    } else {
      lagging[change.key]?.outstanding += 1
    }
    let time = max(lastDelivery, simulation.now + latency + stream.duration(in: delay))
    underway.append((time, change))
    if time == lastDelivery, underway.count > 1 { return }
    lastDelivery = time
    simulation.schedule(at: time) { [weak self] in self?.deliverDue() }
  }

  /// Delivers what is due; changes of one time share one event.
  private func deliverDue() {
    let now = simulation.now
    while let next = underway.first, next.time <= now {
      _ = underway.popFirst()
      let change = next.change
      if faults.holdsWatches {
        faults.hold { [weak self] in self?.deliver(change) }
      } else {
        deliver(change)
      }
    }
  }

  private func deliver(_ change: TypedChange<Object>) {
    guard let lag = lagging[change.key] else { return }
    let old = lag.seen
    let new = change.kind == .deleted ? nil : change.object
    if lag.outstanding == 1 {
      lagging[change.key] = nil
    } else {
      lagging[change.key] = Lag(seen: new, outstanding: lag.outstanding - 1)
    }
    for position in indexes.indices {
      let value = indexes[position].value
      indexes[position].move(change.key, from: old.flatMap(value), to: new.flatMap(value))
    }
    if old == nil, new == nil { return }
    for handler in handlers { handler(old, new) }
  }
}
