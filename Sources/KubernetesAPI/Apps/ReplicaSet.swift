package import JSON

/// A number of pods of one template.
package struct ReplicaSet: KubernetesObject {
  package static let resource = ResourceType(
    group: "apps", kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"],
    subresources: ["status", "scale"])
  package var metadata = ObjectMeta()
  private var sharedSpec = ReplicaSet.noSpec
  private var sharedStatus = ReplicaSet.noStatus

  private static let noSpec = Shared(ReplicaSetSpec())
  private static let noStatus = Shared(ReplicaSetStatus())

  package init() {}

  package var spec: ReplicaSetSpec {
    _read { yield sharedSpec.value }
    _modify { yield &sharedSpec.value }
  }

  package var status: ReplicaSetStatus {
    _read { yield sharedStatus.value }
    _modify { yield &sharedStatus.value }
  }

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? ReplicaSetSpec(FieldReader([:]))
    status = try fields.nested("status") ?? ReplicaSetStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package static var hasGeneration: Bool { true }

  package func hasSameSpec(as other: Self) -> Bool { sharedSpec == other.sharedSpec }

  package mutating func takeStatus(from other: Self) { sharedStatus = other.sharedStatus }

  package mutating func takeSpec(from other: Self) {
    sharedSpec = other.sharedSpec
  }
}

/// What is wanted of a ReplicaSet.
package struct ReplicaSetSpec: JSONConvertible {
  package var replicas: Int?
  package var minReadySeconds = 0
  package var selector = LabelSelector()
  /// Whether no selector was given, which is not as good as an empty one.
  package private(set) var lacksSelector = false
  package var template = PodTemplate()

  package init() {}

  package init(_ fields: FieldReader) throws {
    replicas = try fields.int("replicas")
    minReadySeconds = try fields.int("minReadySeconds") ?? 0
    lacksSelector = fields.value("selector") == nil
    selector = try fields.nested("selector") ?? LabelSelector()
    template = try fields.nested("template") ?? PodTemplate()
  }

  package func write(to object: inout JSONObject) {
    object.put("replicas", replicas)
    object.putCount("minReadySeconds", minReadySeconds)
    object["selector"] = selector.json
    object["template"] = template.json
  }
}

/// What was observed of a ReplicaSet.
package struct ReplicaSetStatus: JSONConvertible {
  package var replicas = 0
  package var fullyLabeledReplicas = 0
  package var readyReplicas = 0
  package var availableReplicas = 0
  package var terminatingReplicas: Int?
  package var observedGeneration: Int64 = 0
  package var conditions: [Condition] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    replicas = try fields.int("replicas") ?? 0
    fullyLabeledReplicas = try fields.int("fullyLabeledReplicas") ?? 0
    readyReplicas = try fields.int("readyReplicas") ?? 0
    availableReplicas = try fields.int("availableReplicas") ?? 0
    terminatingReplicas = try fields.int("terminatingReplicas")
    observedGeneration = try fields.int64("observedGeneration") ?? 0
    conditions = try fields.list("conditions")
  }

  package func write(to object: inout JSONObject) {
    object.put("replicas", replicas)
    object.putCount("fullyLabeledReplicas", fullyLabeledReplicas)
    object.putCount("readyReplicas", readyReplicas)
    object.putCount("availableReplicas", availableReplicas)
    object.put("terminatingReplicas", terminatingReplicas)
    if observedGeneration != 0 { object.put("observedGeneration", observedGeneration) }
    object.put("conditions", conditions)
  }
}
