package import JSON

/// An object that the API server stores.
package protocol KubernetesObject: JSONConvertible, ObjectRules {
  /// The kind and its path.
  static var resource: ResourceType { get }
  var metadata: ObjectMeta { get set }
  /// Makes an object without a name and with upstream's zero values.
  init()
  /// Reads what stands beside `metadata`.
  mutating func readBody(_ fields: FieldReader) throws
  /// Adds what stands beside `metadata`.
  func writeBody(to object: inout JSONObject)
  /// Whether what is wanted is the same; when not, the generation grows.
  func hasSameSpec(as other: Self) -> Bool
  /// Takes the part that only the status subresource writes.
  mutating func takeStatus(from other: Self)
  /// Takes the part that the status subresource never writes.
  mutating func takeSpec(from other: Self)
  /// Whether the kind counts generations.
  static var hasGeneration: Bool { get }
  /// What is different from an earlier state of the same object, or more than that.
  func changes(from old: Self) -> ObjectAspects
}

extension KubernetesObject {
  package init(_ fields: FieldReader) throws {
    self.init()
    metadata = try fields.nested("metadata") ?? ObjectMeta()
    try readBody(fields)
  }

  package func write(to object: inout JSONObject) {
    object.put("apiVersion", Self.resource.apiVersion)
    object.put("kind", Self.resource.kind)
    object["metadata"] = metadata.json
    writeBody(to: &object)
  }

  package func hasSameSpec(as other: Self) -> Bool { true }
  package mutating func takeStatus(from other: Self) {}
  package mutating func takeSpec(from other: Self) {}
  package static var hasGeneration: Bool { false }
  package func changes(from old: Self) -> ObjectAspects {
    metadata.sharesFields(with: old.metadata) ? .besidesMetadata : .all
  }

  /// `namespace/name`, or the name alone.
  package var key: ObjectKey { ObjectKey(metadata.namespace, metadata.name) }
}

/// Namespace and name of an object.
package struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Empty for kinds without a namespace.
  package var namespace: String
  package var name: String

  package init(_ namespace: String, _ name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// Names alone tell nearly all objects apart, so that the namespace need not be hashed.
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    (left.namespace, left.name) < (right.namespace, right.name)
  }

  package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

/// A value shared by all its copies until one of them changes.
///
/// A million pods of one template share one specification. A copy costs one reference count
/// however large the value is; a change of a value that nobody shares is made in place.
package struct Shared<Value: Equatable & Sendable>: Equatable, Sendable {
  /// `@unchecked Sendable`: `value` changes only while one `Shared` alone refers to it.
  @usableFromInline
  package final class Storage: @unchecked Sendable {
    @exclusivity(unchecked) @usableFromInline package var value: Value

    @inlinable
    package init(_ value: Value) { self.value = value }
  }

  @usableFromInline package var storage: Storage

  @inlinable
  package init(_ value: Value) { storage = Storage(value) }

  /// The value; setting it leaves other copies alone.
  @inlinable package var value: Value {
    _read { yield storage.value }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
      yield &storage.value
    }
  }

  /// Whether both are the same allocation.
  @inlinable package func isIdentical(to other: Shared) -> Bool { storage === other.storage }

  /// The allocation, for use as a key while a copy is kept.
  package var identity: ObjectIdentifier { ObjectIdentifier(storage) }

  /// What `body` reads of the value where it is, without a copy of the whole.
  @inlinable
  package func read<Part>(_ body: (UnsafePointer<Value>) -> Part) -> Part {
    withUnsafePointer(to: &storage.value, body)
  }

  package static func == (left: Shared, right: Shared) -> Bool {
    if left.storage === right.storage { return true }
    return left.read { mine in right.read { mine.pointee == $0.pointee } }
  }
}
