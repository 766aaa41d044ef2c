package import KubernetesAPI

/// A committed write to the store.
package struct Change {
  /// What a write did.
  package enum Kind: String, Sendable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
  }

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
