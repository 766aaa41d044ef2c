import KubernetesAPI

/// An informer's objects by a value of theirs.
struct InformerIndex<Object: KubernetesObject> {
  typealias Record = ObjectRecord<Object>

  /// The objects of one value, in an order that depends on nothing but what came and went.
  private final class Bucket {
    var records: [Record] = []
    /// The records in order of namespace and name, once they have been asked for.
    var sorted: [Record]?
  }

  let name: String
  /// What of an object its value hangs on.
  private let aspects: ObjectAspects
  private let value: (Object) -> String?
  private var buckets: [String: Bucket] = [:]
  /// Where each object is in its bucket, by its place in the store.
  private var positions: [Int32] = []

  init(
    name: String, of aspects: ObjectAspects = .all, value: @escaping (Object) -> String?
  ) {
    self.name = name
    self.aspects = aspects.union(.existence)
    self.value = value
  }

  /// The records of a value, in order of namespace and name.
  func records(_ value: String) -> [Record] {
    guard let bucket = buckets[value] else { return [] }
    if let sorted = bucket.sorted { return sorted }
    let sorted = bucket.records.sorted { $0.key < $1.key }
    bucket.sorted = sorted
    return sorted
  }

  /// The values that some object has, sorted.
  var values: [String] { buckets.keys.sorted() }

  func count(_ value: String) -> Int { buckets[value]?.records.count ?? 0 }

  /// Moves a record to where its object belongs after a change; nil: there is or was none.
  mutating func move(
    _ record: Record, from old: Object?, to new: Object?, _ changed: ObjectAspects = .all
  ) {
    guard aspects.overlaps(changed) else { return }
    let (before, after) = (old.flatMap(value), new.flatMap(value))
    if before == after { return }
    if let before { remove(record, before) }
    if let after { insert(record, after) }
  }

  private mutating func insert(_ record: Record, _ value: String) {
    let bucket: Bucket
    if let known = buckets[value] {
      bucket = known
    } else {
      bucket = Bucket()
      buckets[value] = bucket
    }
    while positions.count <= record.place { positions.append(-1) }
    precondition(positions[record.place] < 0, "\(record.key) is in the index \(name) already")
    positions[record.place] = Int32(bucket.records.count)
    bucket.records.append(record)
    bucket.sorted = nil
  }

  /// The last record takes the place of the one that goes.
  private mutating func remove(_ record: Record, _ value: String) {
    guard let bucket = buckets[value], record.place < positions.count,
      positions[record.place] >= 0, let last = bucket.records.popLast()
    else { return }
    let position = positions[record.place]
    positions[record.place] = -1
    if last !== record {
      bucket.records[Int(position)] = last
      positions[last.place] = position
    }
    bucket.sorted = nil
    if bucket.records.isEmpty { buckets[value] = nil }
  }
}
