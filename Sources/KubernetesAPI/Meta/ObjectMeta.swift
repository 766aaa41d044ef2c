package import JSON

/// What every object carries: identity, version, labels, owners.
package struct ObjectMeta: JSONConvertible {
  package var name = ""
  package var generateName = ""
  package var namespace = ""
  package var uid = ""
  /// Opaque to clients; grows with every write to the store.
  package var resourceVersion = ""
  /// Counts changes of what is wanted, not of status or metadata.
  package var generation: Int64 = 0
  package var creationTimestamp: Timestamp?
  /// Set when deletion was asked for and something still holds the object.
  package var deletionTimestamp: Timestamp?
  package var deletionGracePeriodSeconds: Int64?
  package var labels: [String: String] = [:]
  package var annotations: [String: String] = [:]
  package var ownerReferences: [OwnerReference] = []
  package var finalizers: [String] = []

  package init() {}

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

  /// Whether deletion was asked for.
  package var isBeingDeleted: Bool { deletionTimestamp != nil }
}

/// The owner of an object; when the last owner goes, the object goes.
package struct OwnerReference: JSONConvertible {
  package var apiVersion = ""
  package var kind = ""
  package var name = ""
  package var uid = ""
  /// Whether this owner manages the object.
  package var isController = false
  /// Whether foreground deletion of the owner waits for this object.
  package var blockOwnerDeletion = false

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
    isController = try fields.bool("controller") ?? false
    blockOwnerDeletion = try fields.bool("blockOwnerDeletion") ?? false
  }

  package func write(to object: inout JSONObject) {
    object.put("apiVersion", apiVersion)
    object.put("kind", kind)
    object.put("name", name)
    object.put("uid", uid)
    object.putFlag("controller", isController)
    object.putFlag("blockOwnerDeletion", blockOwnerDeletion)
  }
}
