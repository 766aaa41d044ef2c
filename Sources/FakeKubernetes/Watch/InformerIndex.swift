import KubernetesAPI

/// The keys of an informer's objects by a value of theirs.
struct InformerIndex<Object: KubernetesObject> {
  /// The keys of one value; sorted when they are asked for.
  private struct Bucket {
    var keys: Set<ObjectKey> = []
    var sorted: [ObjectKey]?
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

  /// The keys of a value, in no order that means anything.
  func unorderedKeys(_ value: String) -> Set<ObjectKey> { buckets[value]?.keys ?? [] }

  /// The values that some object has, sorted.
  var values: [String] { buckets.keys.sorted() }

  func count(_ value: String) -> Int { buckets[value]?.keys.count ?? 0 }

  /// Moves a key from one value's bucket to another's; nil: none.
  mutating func move(_ key: ObjectKey, from old: String?, to new: String?) {
    if old == new { return }
    if let old {
      buckets[old]?.keys.remove(key)
      buckets[old]?.sorted = nil
      if buckets[old]?.keys.isEmpty ?? false { buckets[old] = nil }
    }
    if let new {
      buckets[new, default: Bucket()].keys.insert(key)
      buckets[new]?.sorted = nil
    }
  }
}
