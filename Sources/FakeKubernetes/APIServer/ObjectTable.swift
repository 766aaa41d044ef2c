import KubernetesAPI

/// The stored objects of one kind, by namespace and name.
///
/// Names are sorted on demand and kept sorted until the next creation or removal, so that lists
/// have one order whatever happened before.
final class ObjectTable {
  private struct Partition {
    var objects: [String: any KubernetesObject] = [:]
    var sortedNames: [String]?
  }

  private var partitions: [String: Partition] = [:]
  private var sortedNamespaces: [String]?

  /// The number of objects.
  private(set) var count = 0

  subscript(key: ObjectKey) -> (any KubernetesObject)? {
    get { partitions[key.namespace]?.objects[key.name] }
    set {
      var partition = partitions.removeValue(forKey: key.namespace)
      if partition == nil {
        partition = Partition()
        sortedNamespaces = nil
      }
      if let newValue {
        if partition?.objects.updateValue(newValue, forKey: key.name) == nil {
          partition?.sortedNames = nil
          count += 1
        }
      } else if partition?.objects.removeValue(forKey: key.name) != nil {
        partition?.sortedNames = nil
        count -= 1
      }
      if let partition, !partition.objects.isEmpty {
        partitions[key.namespace] = partition
      } else {
        sortedNamespaces = nil
      }
    }
  }

  /// Calls `body` for each object of a namespace, or of all, in order of namespace and name.
  func forEach(namespace: String?, _ body: (any KubernetesObject) -> Void) {
    for space in namespace.map({ [$0] }) ?? namespaces() {
      guard let names = names(space) else { continue }
      for name in names {
        if let object = partitions[space]?.objects[name] { body(object) }
      }
    }
  }

  private func namespaces() -> [String] {
    if let sortedNamespaces { return sortedNamespaces }
    let sorted = partitions.keys.sorted()
    sortedNamespaces = sorted
    return sorted
  }

  private func names(_ namespace: String) -> [String]? {
    guard let partition = partitions[namespace] else { return nil }
    if let names = partition.sortedNames { return names }
    let sorted = partition.objects.keys.sorted()
    partitions[namespace]?.sortedNames = sorted
    return sorted
  }
}
