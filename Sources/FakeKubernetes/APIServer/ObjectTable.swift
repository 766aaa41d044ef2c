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

/// The stored objects of one kind, by namespace and name, and those who watch them.
///
/// Names are sorted on demand and kept sorted until the next creation or removal, so that lists
/// have one order whatever happened before.
final class ObjectTable<Object: KubernetesObject>: AnyObjectTable {
  private final class Partition {
    var objects: [String: Object] = [:]
    var sortedNames: [String]?
  }

  private var partitions: [String: Partition] = [:]
  private var sortedNamespaces: [String]?
  private var observers: [(identifier: Int, action: (TypedChange<Object>) -> Void)] = []
  /// Called with each change as it is committed, with how much later it would take effect.
  private var feeds: [(TypedChange<Object>, Duration) -> Void] = []
  /// The latest changes, oldest first; `historyStart` is the version before the first.
  private(set) var history: [TypedChange<Object>] = []
  private(set) var historyStart: Int64 = 0
  private var untold = FIFOQueue<TypedChange<Object>>()

  /// The object of a key, if there is one.
  subscript(key: ObjectKey) -> Object? { partitions[key.namespace]?.objects[key.name] }

  /// Keeps a change and remembers that nobody was told of it.
  func commit(_ change: TypedChange<Object>, latency: Duration, historyMax: Int) {
    if change.kind == .deleted {
      remove(change.key)
    } else {
      set(change.object, change.key)
    }
    for feed in feeds { feed(change, latency) }
    untold.append(change)
    history.append(change)
    if history.count >= 2 * historyMax { forgetHistory(keeping: historyMax) }
  }

  private func set(_ object: Object, _ key: ObjectKey) {
    let partition: Partition
    if let known = partitions[key.namespace] {
      partition = known
    } else {
      partition = Partition()
      partitions[key.namespace] = partition
      sortedNamespaces = nil
    }
    if partition.objects.updateValue(object, forKey: key.name) == nil {
      partition.sortedNames = nil
      count += 1
    }
  }

  private func remove(_ key: ObjectKey) {
    guard let partition = partitions[key.namespace],
      partition.objects.removeValue(forKey: key.name) != nil
    else { return }
    partition.sortedNames = nil
    count -= 1
    if partition.objects.isEmpty {
      partitions[key.namespace] = nil
      sortedNamespaces = nil
    }
  }

  /// Calls `feed` at once with each change, before anybody is told.
  func addFeed(_ feed: @escaping (TypedChange<Object>, Duration) -> Void) { feeds.append(feed) }

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

  override func forgetHistory(keeping count: Int) {
    let dropped = history.count - count
    guard dropped > 0 else { return }
    historyStart = history[dropped - 1].version
    history.removeFirst(dropped)
  }

  /// Calls `body` for each object of a namespace, or of all, in order of namespace and name.
  func forEach(namespace: String?, _ body: (ObjectKey, Object) -> Void) {
    for space in namespace.map({ [$0] }) ?? namespaces() {
      guard let partition = partitions[space] else { continue }
      for name in names(partition) {
        if let object = partition.objects[name] { body(ObjectKey(space, name), object) }
      }
    }
  }

  private func namespaces() -> [String] {
    if let sortedNamespaces { return sortedNamespaces }
    let sorted = partitions.keys.sorted()
    sortedNamespaces = sorted
    return sorted
  }

  private func names(_ partition: Partition) -> [String] {
    if let names = partition.sortedNames { return names }
    let sorted = partition.objects.keys.sorted()
    partition.sortedNames = sorted
    return sorted
  }
}
