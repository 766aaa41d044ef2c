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

/// A committed write to an object of a known kind.
package struct TypedChange<Object: KubernetesObject> {
  package var kind: ChangeKind
  package var key: ObjectKey
  /// The store's version after the write.
  package var version: Int64
  /// The object after the write; of a deletion its last state with the deletion's version.
  package var object: Object
  /// The object before the write, nil at creation.
  package var previous: Object?

  /// The same for readers of all kinds.
  var erased: Change {
    Change(
      kind: kind, resource: Object.resource, key: key, version: version, object: object,
      previous: previous)
  }
}
