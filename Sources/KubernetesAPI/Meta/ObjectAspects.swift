/// What of an object a write changed, as far as readers tell it apart.
///
/// A reader that says what it looks at is not told of what it would ignore: of the five writes by
/// which a pod starts most readers look at two.
package struct ObjectAspects: OptionSet, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Whether some aspect is in both; asked for each change by each reader, which a protocol's
  /// `isDisjoint` is too slow for.
  package func overlaps(_ other: ObjectAspects) -> Bool { rawValue & other.rawValue != 0 }

  /// That there is the object at all: it was added or deleted.
  package static let existence = ObjectAspects(rawValue: 1 << 0)
  /// Anything of its metadata but the version.
  package static let metadata = ObjectAspects(rawValue: 1 << 1)
  package static let labels = ObjectAspects(rawValue: 1 << 2)
  /// Whether it is being deleted.
  package static let deletion = ObjectAspects(rawValue: 1 << 3)
  /// What is wanted of it, but for a pod's node.
  package static let content = ObjectAspects(rawValue: 1 << 4)
  /// A pod's node.
  package static let binding = ObjectAspects(rawValue: 1 << 5)
  /// Whether a pod is ready.
  package static let readiness = ObjectAspects(rawValue: 1 << 6)
  /// Whether a pod has ended.
  package static let end = ObjectAspects(rawValue: 1 << 7)
  /// A pod's address.
  package static let address = ObjectAspects(rawValue: 1 << 8)
  /// The node that a pod waits for.
  package static let nomination = ObjectAspects(rawValue: 1 << 9)
  /// Anything of its status.
  package static let status = ObjectAspects(rawValue: 1 << 10)
  /// Whatever it may be but existence and metadata with its labels and its deletion.
  package static let besidesMetadata = ObjectAspects(rawValue: .max << 4)
  package static let all = ObjectAspects(rawValue: .max)
}
