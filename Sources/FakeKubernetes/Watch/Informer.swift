package import KubernetesAPI
import SimulationKernel

/// A component's view of all objects of one kind, fed by a watch with modelled delay.
///
/// Changes arrive in order, each some milliseconds after its commit, so that readers see the past
/// and writes made from it may conflict. Nothing is kept here but how far the component has come:
/// what it sees is the store without the changes that are still on their way.
package final class Informer<Object: KubernetesObject>: Follower<Object> {
  package typealias Handler = (_ old: Object?, _ new: Object?) -> Void

  private let simulation: Simulation
  private let table: ObjectTable<Object>
  private let low: Int64
  private let width: Int
  private let stream: RandomStream
  private let faults: APIServerFaults
  @exclusivity(unchecked) private var indexes: [InformerIndex<Object>] = []
  @exclusivity(unchecked) private var handlers: [(aspects: ObjectAspects, call: Handler)] = []
  @exclusivity(unchecked) private var lastDelivery: Int64 = 0
  /// When changes arrive, from the first on that was not held back.
  @exclusivity(unchecked) private var arrivals = FIFOQueue<Int64>()
  /// Delivers what is due; made once for all events.
  @exclusivity(unchecked) private var deliverLater: () -> Void = {}

  package init(
    server: APIServer, component: String,
    delay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(4))
  ) {
    simulation = server.simulation
    faults = server.faults
    table = server.table(Object.self)
    low = delay.lowerBound.wholeNanoseconds
    width = Int(delay.upperBound.wholeNanoseconds - low)
    stream = simulation.randomStream(
      "kubernetes/watch/\(component)/\(Object.resource.qualifiedName)")
    super.init()
    cursor = table.end
    deliverLater = { [weak self] in self?.deliverDue() }
    table.add(self)
  }

  deinit { table.remove(self) }

  /// Calls `handler` for each object now, and for each change as it arrives.
  ///
  /// Additions have no old object, deletions no new one; the old one is as it was last told. Of
  /// modifications it is told that change one of the aspects.
  package func onChange(of aspects: ObjectAspects = .all, _ handler: @escaping Handler) {
    handlers.append((aspects.union(.existence), handler))
    for object in list() { handler(nil, object) }
  }

  /// Keeps the objects findable by a value of their own, such as their owner's uid.
  ///
  /// The value is asked for again when one of the aspects has changed. Returns the number to ask
  /// `objects(index:_:)` with. Indexes of one name are one index.
  package func addIndex(
    _ name: String, of aspects: ObjectAspects = .all, _ value: @escaping (Object) -> String?
  ) -> Int {
    if let known = indexes.firstIndex(where: { $0.name == name }) { return known }
    var index = InformerIndex(name: name, of: aspects, value: value)
    forEachSeen(namespace: nil) { record, object in index.move(record, from: nil, to: object) }
    indexes.append(index)
    return indexes.count - 1
  }

  /// The object as last seen.
  package func find(_ namespace: String, _ name: String) -> Object? {
    table.record(ObjectKey(namespace, name)).flatMap { table.seen($0, from: cursor) }
  }

  /// The object at a place of the store as last seen.
  func find(place: Int32) -> Object? {
    place < 0 ? nil : table.record(place: Int(place)).flatMap { table.seen($0, from: cursor) }
  }

  /// All objects of a namespace, or of all, in order of namespace and name.
  package func list(namespace: String? = nil) -> [Object] {
    var found: [Object] = []
    forEachSeen(namespace: namespace) { found.append($1) }
    return found
  }

  private func forEachSeen(
    namespace: String?, _ body: (ObjectRecord<Object>, Object) -> Void
  ) {
    table.forEachRecord(namespace: namespace) { record in
      if let object = table.seen(record, from: cursor) { body(record, object) }
    }
  }

  /// The objects of an index value, in order of namespace and name.
  package func objects(index: Int, _ value: String) -> [Object] {
    indexes[index].records(value).compactMap { table.seen($0, from: cursor) }
  }

  /// The values that some object has, sorted.
  package func values(index: Int) -> [String] { indexes[index].values }

  /// The number of objects of an index value.
  package func count(index: Int, _ value: String) -> Int { indexes[index].count(value) }

  override func committed(_ latency: Int64) {
    let delay = latency + low + Int64(stream.integer(below: width + 1))
    let time = max(lastDelivery, simulation.now.nanoseconds + delay)
    arrivals.append(time)
    // Changes of one time share one event.
    if time == lastDelivery, arrivals.count > 1 { return }
    lastDelivery = time
    simulation.schedule(at: SimulationTime(nanoseconds: time), deliverLater)
  }

  private func deliverDue() {
    let now = simulation.now.nanoseconds
    while let time = arrivals.first, time <= now {
      _ = arrivals.popFirst()
      if faults.holdsWatches {
        faults.hold { [weak self] in self?.deliverNext() }
      } else {
        deliverNext()
      }
    }
  }

  private func deliverNext() {
    let change = table.change(cursor)
    cursor += 1
    let aspects = change.aspects
    let old = change.previous
    let new = change.kind == .deleted ? nil : change.object
    for position in indexes.indices {
      indexes[position].move(change.record, from: old, to: new, aspects)
    }
    for handler in handlers where handler.aspects.overlaps(aspects) {
      handler.call(old, new)
    }
  }
}
