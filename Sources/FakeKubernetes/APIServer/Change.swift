package import KubernetesAPI

/// What a committed write did to its object.
package enum ChangeKind: String, Sendable {
  case added = "ADDED"
  case modified = "MODIFIED"
  case deleted = "DELETED"
}

/// A committed write to the store, of whatever kind of object.
package struct Change {
  package typealias Kind = ChangeKind

  package var kind: Kind
  package var resource: ResourceType
  package var key: ObjectKey
  /// The store's version after the write.
  package var version: Int64
  /// The object after the write; of a deletion its last state with the deletion's version.
  package var object: any KubernetesObject
  /// The object before the write, nil at creation.
  package var previous: (any KubernetesObject)?
}

/// A committed write to an object of a known kind; all who are told of it share it.
package final class TypedChange<Object: KubernetesObject> {
  package let kind: ChangeKind
  /// The store's version after the write.
  package let version: Int64
  /// The object after the write; of a deletion its last state with the deletion's version.
  package let object: Object
  /// The object before the write, nil at creation.
  package let previous: Object?
  /// What is different from before; all of it for an object that comes or goes.
  let aspects: ObjectAspects
  /// Where the object is kept.
  let record: ObjectRecord<Object>
  /// The number of the change of this object that came before, -1 for none.
  let earlier: Int

  init(
    kind: ChangeKind, version: Int64, object: Object, previous: Object?,
    record: ObjectRecord<Object>, earlier: Int
  ) {
    self.kind = kind
    self.version = version
    self.object = object
    self.previous = previous
    aspects =
      kind == .modified ? previous.map { object.changes(from: $0) } ?? .all : .all
    self.record = record
    self.earlier = earlier
  }

  package var key: ObjectKey { record.key }

  /// The same for readers of all kinds.
  var erased: Change {
    Change(
      kind: kind, resource: Object.resource, key: key, version: version, object: object,
      previous: previous)
  }
}
