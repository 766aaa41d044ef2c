package import JSON

/// A name for a priority of pods.
package struct PriorityClass: KubernetesObject {
  package static let resource = ResourceType(
    group: "scheduling.k8s.io", kind: "PriorityClass", plural: "priorityclasses",
    shortNames: ["pc"], isNamespaced: false)
  /// `PreemptLowerPriority`, the policy of who says nothing.
  package static let preempts = "PreemptLowerPriority"

  package var metadata = ObjectMeta()
  /// The priority; pods of greater ones go first.
  package var value = 0
  /// Whether pods that name no class are of this one.
  package var globalDefault = false
  package var description = ""
  /// `PreemptLowerPriority` or `Never`.
  package var preemptionPolicy: String?

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    value = try fields.int("value") ?? 0
    globalDefault = try fields.bool("globalDefault") ?? false
    description = try fields.text("description")
    preemptionPolicy = try fields.string("preemptionPolicy")
  }

  package func writeBody(to object: inout JSONObject) {
    object.put("value", value)
    object.putFlag("globalDefault", globalDefault)
    object.putText("description", description)
    object.put("preemptionPolicy", preemptionPolicy)
  }

  /// The classes that every cluster has, source `pkg/apis/scheduling/types.go`.
  package static let system: [PriorityClass] = {
    var node = PriorityClass()
    node.metadata.name = "system-node-critical"
    node.value = 2_000_001_000
    node.description =
      "Used for system critical pods that must not be moved from their current node."
    var cluster = PriorityClass()
    cluster.metadata.name = "system-cluster-critical"
    cluster.value = 2_000_000_000
    cluster.description =
      "Used for system critical pods that must run in the cluster, but can be moved to another "
      + "node if necessary."
    return [node, cluster]
  }()
}

/// Rules, source `pkg/apis/scheduling/validation/validation.go`.
extension PriorityClass {
  /// The greatest priority that users may give.
  package static let userMax = 1_000_000_000

  package mutating func applyDefaults() {
    if preemptionPolicy == nil { preemptionPolicy = Self.preempts }
  }

  package mutating func prepareForCreate() { metadata.generation = 1 }

  package func validate(_ causes: inout CauseList) {
    if metadata.name.hasPrefix("system-") {
      if let fault = systemFault {
        causes.forbidden(
          "metadata.name",
          "priority class names with 'system-' prefix are reserved for system use only. error: "
            + fault)
      }
    } else if value > Self.userMax {
      causes.forbidden(
        "value", "maximum allowed value of a user defined priority is \(Self.userMax)")
    }
    if let policy = preemptionPolicy, !["PreemptLowerPriority", "Never"].contains(policy) {
      causes.notSupported("preemptionPolicy", policy, ["Never", "PreemptLowerPriority"])
    }
  }

  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    validate(&causes)
    if value != old.value { causes.forbidden("value", "may not be changed in an update.") }
    if preemptionPolicy != old.preemptionPolicy {
      causes.invalid(
        "preemptionPolicy", "\"\(preemptionPolicy ?? "")\"", "field is immutable")
    }
  }

  /// Why a class of a reserved name is none of the system's; nil: it is.
  private var systemFault: String? {
    guard let known = Self.system.first(where: { $0.metadata.name == metadata.name }) else {
      return "\(metadata.name) is not a known system priority class"
    }
    if value != known.value {
      return "value of \(metadata.name) PriorityClass must be \(known.value)"
    }
    if globalDefault { return "globalDefault of \(metadata.name) PriorityClass must be false" }
    return nil
  }
}
