import KubernetesAPI

/// The keys of an informer's objects by a value of theirs.
struct InformerIndex<Object: KubernetesObject> {
  /// The keys of one value, in an order that depends on nothing but what came and went.
  private struct Bucket {
    var keys: [ObjectKey] = []
    var positions: [ObjectKey: Int] = [:]
    /// The keys in order of namespace and name, once they have been asked for.
    var sorted: [ObjectKey]?

    mutating func insert(_ key: ObjectKey) {
      guard positions.updateValue(keys.count, forKey: key) == nil else {
        preconditionFailure("\(key) is in the index already")
      }
      keys.append(key)
      sorted = nil
    }

    /// The last key takes the place of the one that goes.
    mutating func remove(_ key: ObjectKey) {
      guard let position = positions.removeValue(forKey: key), let last = keys.popLast() else {
        return
      }
      if last != key {
        keys[position] = last
        positions[last] = position
      }
      sorted = nil
    }
  }

  let name: String
  let value: (Object) -> String?
  private var buckets: [String: Bucket] = [:]

  init(name: String, value: @escaping (Object) -> String?) {
    self.name = name
    self.value = value
  }

  /// The keys of a value, in order of namespace and name.
  mutating func keys(_ value: String) -> [ObjectKey] {
    guard let bucket = buckets[value] else { return [] }
    if let sorted = bucket.sorted { return sorted }
    let sorted = bucket.keys.sorted()
    buckets[value]?.sorted = sorted
    return sorted
  }

  /// The keys of a value, unsorted: the same history gives the same order.
  func unsortedKeys(_ value: String) -> [ObjectKey] { buckets[value]?.keys ?? [] }

  /// The values that some object has, sorted.
  var values: [String] { buckets.keys.sorted() }

  func count(_ value: String) -> Int { buckets[value]?.keys.count ?? 0 }

  /// Moves a key from one value's bucket to another's; nil: none.
  mutating func move(_ key: ObjectKey, from old: String?, to new: String?) {
    if old == new { return }
    if let old {
      buckets[old]?.remove(key)
      if buckets[old]?.keys.isEmpty ?? false { buckets[old] = nil }
    }
    if let new { buckets[new, default: Bucket()].insert(key) }
  }
}
