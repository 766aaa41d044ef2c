package import KubernetesAPI

/// Creations and deletions that were asked for and not seen yet.
///
/// Until they are seen, or five minutes have passed, a ReplicaSet makes and deletes no more pods.
/// Source: `pkg/controller/controller_utils.go` ControllerExpectations.
package struct Expectations {
  private struct Record {
    var creations: Int
    var deletions: Set<String>
    var sinceNanoseconds: Int64
  }

  /// `pkg/controller/controller_utils.go` ExpectationsTimeout.
  static let timeoutNanoseconds: Int64 = 300_000_000_000
  private var records: [ObjectKey: Record] = [:]

  package init() {}

  /// Whether a ReplicaSet may act.
  package func areSatisfied(_ key: ObjectKey, nowNanoseconds: Int64) -> Bool {
    guard let record = records[key] else { return true }
    if record.creations <= 0, record.deletions.isEmpty { return true }
    return nowNanoseconds - record.sinceNanoseconds > Self.timeoutNanoseconds
  }

  package mutating func expectCreations(_ key: ObjectKey, _ count: Int, nowNanoseconds: Int64) {
    records[key] = Record(creations: count, deletions: [], sinceNanoseconds: nowNanoseconds)
  }

  package mutating func expectDeletions(
    _ key: ObjectKey, _ uids: [String], nowNanoseconds: Int64
  ) {
    records[key] = Record(creations: 0, deletions: Set(uids), sinceNanoseconds: nowNanoseconds)
  }

  package mutating func creationObserved(_ key: ObjectKey, count: Int = 1) {
    records[key]?.creations -= count
  }

  package mutating func deletionObserved(_ key: ObjectKey, _ uid: String) {
    records[key]?.deletions.remove(uid)
  }

  package mutating func forget(_ key: ObjectKey) { records[key] = nil }
}
