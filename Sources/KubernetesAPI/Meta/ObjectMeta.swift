package import JSON

/// What every object carries: identity, version, labels, owners.
///
/// A copy is one reference and two numbers; the fields are shared until one of them changes. The
/// version lies beside them, since every write changes it and most writes change nothing else here.
package struct ObjectMeta: JSONConvertible {
  private struct Fields: Equatable, Sendable {
    var name: String = ""
    var generateName: String = ""
    var namespace: String = ""
    var uid: String = ""
    /// A version that is no number; only clients send such.
    var otherVersion: String = ""
    var generation: Int64 = 0
    var creationTimestamp: Timestamp?
    var deletionTimestamp: Timestamp?
    var deletionGracePeriodSeconds: Int64?
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    var ownerReferences: [OwnerReference] = []
    var finalizers: [String] = []

    func isEqualBesidesLabels(to other: Fields) -> Bool {
      name == other.name && generateName == other.generateName && namespace == other.namespace
        && uid == other.uid && otherVersion == other.otherVersion && generation == other.generation
        && creationTimestamp == other.creationTimestamp
        && deletionTimestamp == other.deletionTimestamp
        && deletionGracePeriodSeconds == other.deletionGracePeriodSeconds
        && annotations == other.annotations && ownerReferences == other.ownerReferences
        && finalizers == other.finalizers
    }

    static func == (left: Fields, right: Fields) -> Bool {
      left.isEqualBesidesLabels(to: right) && left.labels == right.labels
    }
  }

  private static let none = Shared(Fields())

  private var fields = ObjectMeta.none
  /// The version as the store counts it, 0 for none.
  package private(set) var version: Int64 = 0
  /// Where the store keeps the object, -1 for one that it did not give out.
  ///
  /// A place is given to another object only when every informer has seen this one deleted, so that
  /// tables of what is known of objects need no names. It is no part of the object's value.
  package var place: Int32 = -1

  package init() {}

  package var name: String {
    _read { yield fields.value.name }
    _modify { yield &fields.value.name }
  }

  package var generateName: String {
    _read { yield fields.value.generateName }
    _modify { yield &fields.value.generateName }
  }

  package var namespace: String {
    _read { yield fields.value.namespace }
    _modify { yield &fields.value.namespace }
  }

  package var uid: String {
    _read { yield fields.value.uid }
    _modify { yield &fields.value.uid }
  }

  /// Opaque to clients; grows with every write to the store.
  package var resourceVersion: String {
    get { version == 0 ? fields.value.otherVersion : String(version) }
    set {
      if let number = Int64(newValue), number > 0, String(number) == newValue {
        set(version: number)
      } else {
        version = 0
        if fields.value.otherVersion != newValue { fields.value.otherVersion = newValue }
      }
    }
  }

  /// Sets what the server alone says of a new object.
  package mutating func begin(uid: String, _ now: Timestamp) {
    Self.begin(&fields.value, uid, now)
  }

  private static func begin(_ fields: inout Fields, _ uid: String, _ now: Timestamp) {
    fields.uid = uid
    fields.creationTimestamp = now
    fields.deletionTimestamp = nil
    fields.deletionGracePeriodSeconds = nil
    fields.generation = 0
  }

  /// Sets the version to a number of the store's.
  package mutating func set(version number: Int64) {
    version = number
    if !fields.value.otherVersion.isEmpty { fields.value.otherVersion = "" }
  }

  /// Whether all but the version is the same allocation.
  package func sharesFields(with other: ObjectMeta) -> Bool {
    fields.isIdentical(to: other.fields)
  }

  package static func == (left: ObjectMeta, right: ObjectMeta) -> Bool {
    left.version == right.version && left.fields == right.fields
  }

  /// Whether all is equal but a label that either may have.
  package func isEqual(to other: ObjectMeta, butForLabel key: String) -> Bool {
    if version != other.version { return false }
    if fields.isIdentical(to: other.fields) { return true }
    return labels.isEqual(to: other.labels, butFor: key)
      && fields.value.isEqualBesidesLabels(to: other.fields.value)
  }

  /// Counts changes of what is wanted, not of status or metadata.
  package var generation: Int64 {
    _read { yield fields.value.generation }
    _modify { yield &fields.value.generation }
  }

  package var creationTimestamp: Timestamp? {
    _read { yield fields.value.creationTimestamp }
    _modify { yield &fields.value.creationTimestamp }
  }

  /// Set when deletion was asked for and something still holds the object.
  package var deletionTimestamp: Timestamp? {
    _read { yield fields.value.deletionTimestamp }
    _modify { yield &fields.value.deletionTimestamp }
  }

  package var deletionGracePeriodSeconds: Int64? {
    _read { yield fields.value.deletionGracePeriodSeconds }
    _modify { yield &fields.value.deletionGracePeriodSeconds }
  }

  package var labels: [String: String] {
    _read { yield fields.value.labels }
    _modify { yield &fields.value.labels }
  }

  package var annotations: [String: String] {
    _read { yield fields.value.annotations }
    _modify { yield &fields.value.annotations }
  }

  package var ownerReferences: [OwnerReference] {
    _read { yield fields.value.ownerReferences }
    _modify { yield &fields.value.ownerReferences }
  }

  package var finalizers: [String] {
    _read { yield fields.value.finalizers }
    _modify { yield &fields.value.finalizers }
  }

  /// What tells which object, and which state of it, another one is about.
  package init(identityOf other: ObjectMeta) {
    var identity = Fields()
    identity.name = other.name
    identity.namespace = other.namespace
    identity.uid = other.uid
    identity.creationTimestamp = other.creationTimestamp
    fields = Shared(identity)
    version = other.version
  }

  package init(
    name: String = "", namespace: String = "", labels: [String: String] = [:],
    annotations: [String: String] = [:]
  ) {
    self.name = name
    self.namespace = namespace
    self.labels = labels
    self.annotations = annotations
  }

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    generateName = try fields.text("generateName")
    namespace = try fields.text("namespace")
    uid = try fields.text("uid")
    resourceVersion = try fields.text("resourceVersion")
    generation = try fields.int64("generation") ?? 0
    creationTimestamp = try fields.timestamp("creationTimestamp")
    deletionTimestamp = try fields.timestamp("deletionTimestamp")
    deletionGracePeriodSeconds = try fields.int64("deletionGracePeriodSeconds")
    labels = try fields.stringMap("labels")
    annotations = try fields.stringMap("annotations")
    ownerReferences = try fields.list("ownerReferences")
    finalizers = try fields.strings("finalizers")
  }

  package func write(to object: inout JSONObject) {
    object.putText("name", name)
    object.putText("generateName", generateName)
    object.putText("namespace", namespace)
    object.putText("uid", uid)
    object.putText("resourceVersion", resourceVersion)
    if generation != 0 { object.put("generation", generation) }
    object.put("creationTimestamp", creationTimestamp)
    object.put("deletionTimestamp", deletionTimestamp)
    object.put("deletionGracePeriodSeconds", deletionGracePeriodSeconds)
    object.put("labels", labels)
    object.put("annotations", annotations)
    object.put("ownerReferences", ownerReferences)
    object.put("finalizers", finalizers)
  }

  /// The owner that manages this object, if any.
  package var controller: OwnerReference? { ownerReferences.first { $0.isController } }

  /// The uid of the owner that manages this object, if any.
  package var controllerUID: String? {
    for owner in fields.value.ownerReferences where owner.isController { return owner.uid }
    return nil
  }

  /// Whether deletion was asked for.
  package var isBeingDeleted: Bool { deletionTimestamp != nil }
}

/// The owner of an object; when the last owner goes, the object goes.
package struct OwnerReference: JSONConvertible {
  package var apiVersion = ""
  package var kind = ""
  package var name = ""
  package var uid = ""
  // Absent and false are told apart when an object is read back.
  private var controller: Bool?
  private var blocks: Bool?

  /// Whether this owner manages the object.
  package var isController: Bool {
    get { controller ?? false }
    set { controller = newValue }
  }

  /// Whether foreground deletion of the owner waits for this object.
  package var blockOwnerDeletion: Bool {
    get { blocks ?? false }
    set { blocks = newValue }
  }

  package init() {}

  /// The reference by which a controller owns what it makes.
  package init(controller owner: some KubernetesObject) {
    let resource = type(of: owner).resource
    apiVersion = resource.apiVersion
    kind = resource.kind
    name = owner.metadata.name
    uid = owner.metadata.uid
    isController = true
    blockOwnerDeletion = true
  }

  package init(_ fields: FieldReader) throws {
    apiVersion = try fields.text("apiVersion")
    kind = try fields.text("kind")
    name = try fields.text("name")
    uid = try fields.text("uid")
    controller = try fields.bool("controller")
    blocks = try fields.bool("blockOwnerDeletion")
  }

  package func write(to object: inout JSONObject) {
    object.put("apiVersion", apiVersion)
    object.put("kind", kind)
    object.put("name", name)
    object.put("uid", uid)
    object.put("controller", controller)
    object.put("blockOwnerDeletion", blocks)
  }
}
