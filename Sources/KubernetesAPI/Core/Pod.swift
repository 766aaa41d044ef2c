package import JSON

/// One or more containers that run together on a node.
///
/// There are up to a million of them and each is kept by several readers: a copy is three
/// references, whose targets are shared until one of them changes.
package struct Pod: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Pod", plural: "pods", shortNames: ["po"], subresources: ["status"])
  package var metadata = ObjectMeta()
  package var spec = PodSpec()
  private var sharedStatus = Pod.noStatus

  private static let noStatus = Shared(PodStatus())

  package init() {}

  package var status: PodStatus {
    _read { yield sharedStatus.value }
    _modify { yield &sharedStatus.value }
  }

  /// Whether both have the same allocation of a status.
  package func sharesStatus(with other: Pod) -> Bool {
    sharedStatus.isIdentical(to: other.sharedStatus)
  }

  /// Whether the status is equal to another one.
  package func hasStatus(_ other: PodStatus) -> Bool { sharedStatus.read { $0.pointee == other } }

  /// Whether there is a condition of a type, whatever its status.
  package func hasCondition(_ type: String) -> Bool {
    sharedStatus.read { $0.pointee.conditions.index(of: type) != nil }
  }

  /// The node that the pod waits for, empty for none.
  package var nominatedNodeName: String { sharedStatus.read { $0.pointee.nominatedNodeName } }

  /// Whether something keeps the pod from being scheduled until it is taken off.
  package var isGated: Bool {
    spec.parts.value.content.read { !$0.pointee.schedulingGateNames.isEmpty }
  }

  /// Takes another status without a look at the old one.
  package mutating func replaceStatus(_ status: PodStatus) { sharedStatus = Shared(status) }

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? PodSpec()
    status = try fields.nested("status") ?? PodStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package static var hasGeneration: Bool { true }

  package func changes(from old: Pod) -> ObjectAspects {
    var changes: ObjectAspects = []
    if !metadata.sharesFields(with: old.metadata) {
      changes.insert(.metadata)
      if metadata.labels != old.metadata.labels { changes.insert(.labels) }
      if metadata.isBeingDeleted != old.metadata.isBeingDeleted { changes.insert(.deletion) }
    }
    if !spec.parts.isIdentical(to: old.spec.parts) {
      if spec.nodeName != old.spec.nodeName { changes.insert(.binding) }
      if spec.content != old.spec.content { changes.insert(.content) }
    }
    if !sharedStatus.isIdentical(to: old.sharedStatus) {
      changes.insert(.status)
      if isReady != old.isReady { changes.insert(.readiness) }
      if isTerminal != old.isTerminal { changes.insert(.end) }
      if status.podIP != old.status.podIP { changes.insert(.address) }
      if status.nominatedNodeName != old.status.nominatedNodeName { changes.insert(.nomination) }
    }
    return changes
  }

  package func hasSameSpec(as other: Self) -> Bool { spec == other.spec }

  package mutating func takeStatus(from other: Self) { sharedStatus = other.sharedStatus }

  package mutating func takeSpec(from other: Self) { spec = other.spec }

  /// Whether every container has ended for good.
  package var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }

  /// Whether the pod counts for its ReplicaSet: not ended and not being deleted.
  package var isActive: Bool { !isTerminal && metadata.deletionTimestamp == nil }

  /// Whether condition `Ready` is true.
  package var isReady: Bool {
    status.conditions.isTrue("Ready")
  }

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
  @usableFromInline
  package struct Parts: Equatable, Sendable {
    @usableFromInline package var nodeName = ""
    @usableFromInline package var content = Shared(PodSpecContent())
  }

  private static let nothing = Shared(Parts())

  @usableFromInline package var parts = PodSpec.nothing

  package init() {}

  package init(_ fields: FieldReader) throws {
    nodeName = try fields.text("nodeName")
    content = Shared(try PodSpecContent(fields))
  }

  /// The node the pod is bound to, empty before.
  package var nodeName: String {
    get { parts.value.nodeName }
    set { parts.value.nodeName = newValue }
  }

  /// Everything else; copies share it.
  package var content: Shared<PodSpecContent> {
    get { parts.value.content }
    set { parts.value.content = newValue }
  }

  package func write(to object: inout JSONObject) {
    object.putText("nodeName", nodeName)
    content.value.write(to: &object)
  }

  /// A member of the content; setting it gives this copy a content of its own.
  @inlinable
  package subscript<Member>(dynamicMember path: WritableKeyPath<PodSpecContent, Member>) -> Member {
    _read { yield parts.value.content.value[keyPath: path] }
    _modify { yield &parts.value.content.value[keyPath: path] }
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

  /// Whether both are the same allocations.
  package func sharesParts(with other: PodTemplate) -> Bool {
    metadata.sharesFields(with: other.metadata) && spec.parts.isIdentical(to: other.spec.parts)
  }

  package func write(to object: inout JSONObject) {
    object["metadata"] = metadata.json
    object["spec"] = spec.json
  }
}
