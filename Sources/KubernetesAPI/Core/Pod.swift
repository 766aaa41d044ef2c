package import JSON

/// One or more containers that run together on a node.
package struct Pod: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Pod", plural: "pods", shortNames: ["po"], subresources: ["status"])
  package var metadata = ObjectMeta()
  package var spec = PodSpec()
  package var status = PodStatus()

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? PodSpec()
    status = try fields.nested("status") ?? PodStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package static var hasGeneration: Bool { true }

  package func hasSameSpec(as other: Self) -> Bool { spec == other.spec }

  package mutating func takeStatus(from other: Self) { status = other.status }

  package mutating func takeSpec(from other: Self) { spec = other.spec }

  /// Whether every container has ended for good.
  package var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }

  /// Whether the pod counts for its ReplicaSet: not ended and not being deleted.
  package var isActive: Bool { !isTerminal && metadata.deletionTimestamp == nil }

  /// Whether condition `Ready` is true.
  package var isReady: Bool { status.conditions.first("Ready")?.status == .true }

  /// Whether the pod has been ready for long enough (`pkg/api/v1/pod/util.go`).
  ///
  /// Ready since 10 with 4 s wanted: available from 14.
  package func isAvailable(minReadySeconds: Int, now: Timestamp) -> Bool {
    guard let ready = status.conditions.first("Ready"), ready.status == .true else { return false }
    if minReadySeconds == 0 { return true }
    guard let since = ready.lastTransitionTime else { return false }
    return since + Int64(minReadySeconds) <= now
  }
}

/// What a pod is to be: the shared content of its template, and its node.
@dynamicMemberLookup
package struct PodSpec: JSONConvertible {
  /// The node the pod is bound to, empty before.
  package var nodeName = ""
  /// Everything else; copies share it.
  package var content = Shared(PodSpecContent())

  package init() {}

  package init(_ fields: FieldReader) throws {
    nodeName = try fields.text("nodeName")
    content = Shared(try PodSpecContent(fields))
  }

  package func write(to object: inout JSONObject) {
    object.putText("nodeName", nodeName)
    content.value.write(to: &object)
  }

  /// A member of the content; setting it gives this copy a content of its own.
  package subscript<Member>(dynamicMember path: WritableKeyPath<PodSpecContent, Member>) -> Member {
    get { content.value[keyPath: path] }
    set {
      var changed = content.value
      changed[keyPath: path] = newValue
      content.value = changed
    }
  }
}

/// What the pods of a controller are made from.
package struct PodTemplate: JSONConvertible {
  package var metadata = ObjectMeta()
  package var spec = PodSpec()

  package init() {}

  package init(_ fields: FieldReader) throws {
    metadata = try fields.nested("metadata") ?? ObjectMeta()
    spec = try fields.nested("spec") ?? PodSpec()
  }

  package func write(to object: inout JSONObject) {
    object["metadata"] = metadata.json
    object["spec"] = spec.json
  }
}
