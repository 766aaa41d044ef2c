import KubernetesAPI
import SimulationKernel

/// What the store needs of a table whatever kind it keeps.
class AnyObjectTable {
  /// The number of objects.
  fileprivate(set) var count = 0

  /// Tells those who watch this kind of the oldest change that they were not told of.
  ///
  /// `readers` watch all kinds.
  func tellNext(_ readers: [(identifier: Int, action: (Change) -> Void)]) {
    preconditionFailure("a table of no kind has no changes")
  }

  /// Drops old changes, so that watches from before them get 410.
  func forgetHistory(keeping count: Int) {
    preconditionFailure("a table of no kind has no changes")
  }
}

/// An object of the store, found without its name by whoever has the record.
final class ObjectRecord<Object: KubernetesObject> {
  let key: ObjectKey
  /// Where the table keeps it; `ObjectMeta.place` of the object says the same.
  let place: Int
  /// The object as it is, nil once it is deleted.
  @exclusivity(unchecked) fileprivate(set) var object: Object?
  /// The number of its latest change, -1 before the first.
  @exclusivity(unchecked) fileprivate(set) var latest = -1

  fileprivate init(key: ObjectKey, place: Int) {
    self.key = key
    self.place = place
  }

  /// Makes a record beside any table, for tests.
  init(_ object: Object, place: Int) {
    key = object.key
    self.place = place
    self.object = object
  }
}

/// The stored objects of one kind, by namespace and name, and those who watch them.
///
/// Names are sorted on demand and kept sorted until the next creation or removal, so that lists
/// have one order whatever happened before. The record of a deleted object stays until every
/// follower has seen the deletion.
final class ObjectTable<Object: KubernetesObject>: AnyObjectTable {
  typealias Record = ObjectRecord<Object>

  private final class Partition {
    let namespace: String
    @exclusivity(unchecked) var records: [String: Record] = [:]
    var sorted: [Record]?

    init(_ namespace: String) { self.namespace = namespace }
  }

  @exclusivity(unchecked) private var partitions: [String: Partition] = [:]
  private var sortedPartitions: [Partition]?
  /// The partition that was asked for last: mostly it is asked for again.
  @exclusivity(unchecked) private var lastPartition: Partition?
  /// The records by place; nil where a place is free.
  @exclusivity(unchecked) private var places: [Record?] = []
  @exclusivity(unchecked) private var freePlaces: [Int] = []
  @exclusivity(unchecked) private var observers:
    [(identifier: Int, action: (TypedChange<Object>) -> Void)] = []
  /// Called with each change as it is committed, with how many nanoseconds later it would take
  /// effect.
  @exclusivity(unchecked) private var feeds: [(TypedChange<Object>, Int64) -> Void] = []
  /// Those who are behind; they end their registration before they are gone.
  @exclusivity(unchecked) private var followers: [Unmanaged<Follower<Object>>] = []
  @exclusivity(unchecked) private var log = ChangeLog<Object>()
  @exclusivity(unchecked) private var untold = FIFOQueue<TypedChange<Object>>()

  /// The changes that a watch may still start from, oldest first.
  var history: some Sequence<TypedChange<Object>> { log.history }
  /// The version before the first change of the history.
  var historyStart: Int64 { log.historyStart }

  /// The object of a key, if there is one.
  subscript(key: ObjectKey) -> Object? { record(key)?.object }

  /// The record of a key; also of an object whose deletion somebody has not seen yet.
  func record(_ key: ObjectKey) -> Record? { partition(key.namespace)?.records[key.name] }

  /// The record at a place; nil where none is.
  func record(place: Int) -> Record? { place < places.count ? places[place] : nil }

  private func partition(_ namespace: String) -> Partition? {
    if let lastPartition, lastPartition.namespace == namespace { return lastPartition }
    guard let found = partitions[namespace] else { return nil }
    lastPartition = found
    return found
  }

  /// Stores an object, or removes it, and remembers that nobody was told of it.
  func commit(
    _ kind: ChangeKind, _ given: Object, previous: Object?, version: Int64, latency: Int64,
    historyMax: Int
  ) -> TypedChange<Object> {
    let record = place(of: given, previous)
    var object = given
    object.metadata.place = Int32(truncatingIfNeeded: record.place)
    let change = TypedChange(
      kind: kind, version: version, object: object, previous: previous, record: record,
      earlier: record.latest)
    if record.object == nil { count += 1 }
    record.object = kind == .deleted ? nil : object
    if kind == .deleted { count -= 1 }
    record.latest = log.end
    log.append(change, historyMax: historyMax)
    for follower in followers { follower._withUnsafeGuaranteedRef { $0.committed(latency) } }
    for feed in feeds { feed(change, latency) }
    untold.append(change)
    if log.isTrimDue { trim() }
    return change
  }

  /// The record of an object that is stored, by its place if it came from here.
  private func place(of object: Object, _ previous: Object?) -> Record {
    if let place = previous?.metadata.place, place >= 0, let record = places[Int(place)] {
      return record
    }
    let key = object.key
    if let known = self.record(key) { return known }
    let partition = partition(key.namespace) ?? addPartition(key.namespace)
    let place = freePlaces.popLast() ?? places.count
    let record = Record(key: key, place: place)
    if place == places.count { places.append(record) } else { places[place] = record }
    partition.records[key.name] = record
    partition.sorted = nil
    return record
  }

  private func addPartition(_ namespace: String) -> Partition {
    let partition = Partition(namespace)
    partitions[namespace] = partition
    sortedPartitions = nil
    return partition
  }

  /// Lets go of changes that all have seen, and of the records of what is gone for all.
  private func trim() {
    var seen = log.end
    for follower in followers { seen = min(seen, follower._withUnsafeGuaranteedRef(\.cursor)) }
    log.trim(seenByAll: seen) { number, change in
      let record = change.record
      if record.object == nil, record.latest == number { remove(record) }
    }
  }

  private func remove(_ record: Record) {
    places[record.place] = nil
    freePlaces.append(record.place)
    guard let partition = partitions[record.key.namespace] else { return }
    partition.records[record.key.name] = nil
    partition.sorted = nil
    if partition.records.isEmpty {
      partitions[record.key.namespace] = nil
      sortedPartitions = nil
      lastPartition = nil
    }
  }

  /// The number that the next change will have.
  var end: Int { log.end }

  /// The change of a number that some follower has not seen yet.
  func change(_ number: Int) -> TypedChange<Object> { log[number] }

  /// The object as somebody sees it to whom all changes from `cursor` on are still to come.
  func seen(_ record: Record, from cursor: Int) -> Object? {
    if record.latest < cursor { return record.object }
    var change = log[record.latest]
    while change.earlier >= cursor { change = log[change.earlier] }
    return change.previous
  }

  /// Tells a follower of each change from now on.
  func add(_ follower: Follower<Object>) { followers.append(.passUnretained(follower)) }

  /// Ends what `add` began.
  func remove(_ follower: Follower<Object>) {
    followers.removeAll { $0.toOpaque() == Unmanaged.passUnretained(follower).toOpaque() }
  }

  /// Calls `feed` at once with each change, before anybody is told.
  func addFeed(_ feed: @escaping (TypedChange<Object>, Int64) -> Void) { feeds.append(feed) }

  /// Calls `action` for each change, those that are being told included.
  func addObserver(_ identifier: Int, _ action: @escaping (TypedChange<Object>) -> Void) {
    observers.append((identifier, action))
  }

  func removeObserver(_ identifier: Int) {
    observers.removeAll { $0.identifier == identifier }
  }

  override func tellNext(_ readers: [(identifier: Int, action: (Change) -> Void)]) {
    guard let change = untold.popFirst() else {
      preconditionFailure("every change of \(Object.resource.qualifiedName) was told")
    }
    if !readers.isEmpty {
      let erased = change.erased
      for reader in readers { reader.action(erased) }
    }
    for observer in observers { observer.action(change) }
  }

  override func forgetHistory(keeping count: Int) { log.forgetHistory(keeping: count) }

  /// Calls `body` for each object of a namespace, or of all, in order of namespace and name.
  func forEach(namespace: String?, _ body: (ObjectKey, Object) -> Void) {
    forEachRecord(namespace: namespace) { record in
      if let object = record.object { body(record.key, object) }
    }
  }

  /// The same for records, those of deleted objects that somebody still sees included.
  func forEachRecord(namespace: String?, _ body: (Record) -> Void) {
    if let namespace {
      for record in partitions[namespace].map(records) ?? [] { body(record) }
      return
    }
    for partition in sorted() {
      for record in records(partition) { body(record) }
    }
  }

  private func sorted() -> [Partition] {
    if let sortedPartitions { return sortedPartitions }
    let sorted = partitions.values.sorted { $0.namespace < $1.namespace }
    sortedPartitions = sorted
    return sorted
  }

  private func records(_ partition: Partition) -> [Record] {
    if let sorted = partition.sorted { return sorted }
    let sorted = partition.records.values.sorted { $0.key.name < $1.key.name }
    partition.sorted = sorted
    return sorted
  }
}
