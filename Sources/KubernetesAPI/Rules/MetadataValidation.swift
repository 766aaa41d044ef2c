import JSON

/// Rules for metadata, source `apimachinery/pkg/api/validation/objectmeta.go`.
extension ObjectMeta {
  /// How many bytes keys and values of annotations may have together.
  private static let annotationsBytesMax = 256 << 10

  /// Adds a cause for every field of a new object that is at fault.
  package func validate(_ resource: ResourceType, _ causes: inout CauseList) {
    if !generateName.isEmpty {
      for fault in nameFaults(of: generateName, resource, isPrefix: true) {
        causes.invalid("metadata.generateName", generateName.goQuoted, fault)
      }
    }
    if name.isEmpty {
      causes.required("metadata.name", "name or generateName is required")
    } else {
      causes.invalid(
        "metadata.name", text: name, nameFaults(of: name, resource, isPrefix: false))
    }
    Self.validate(labels: labels, "metadata.labels", &causes)
    Self.validate(annotations: annotations, "metadata.annotations", &causes)
    validateOwners(&causes)
    for finalizer in finalizers {
      causes.invalid(
        "metadata.finalizers", text: finalizer, RuleTexts.qualifiedNameFaults(finalizer))
    }
    if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
      causes.invalid(
        "metadata.finalizers", JSONValue.array(finalizers.map { .string($0) }).text(),
        "finalizer orphan and foregroundDeletion cannot be both set")
    }
  }

  /// The names of finalizers must be known or have a prefix, which is asked of new objects last.
  ///
  /// Source: `pkg/apis/core/validation/validation.go` ValidateObjectMeta.
  package func validateFinalizerForms(_ causes: inout CauseList) {
    for (index, finalizer) in finalizers.enumerated() {
      causes.standardFinalizer("metadata.finalizers[\(index)]", finalizer)
    }
  }

  /// Adds a cause for every change of an object's metadata that is not allowed, and for every
  /// field at fault.
  package func validateUpdate(from old: ObjectMeta, _ causes: inout CauseList) {
    if old.isBeingDeleted { validateNoNewFinalizers(from: old, &causes) }
    if uid != old.uid { causes.invalid("metadata.uid", uid.goQuoted, "field is immutable") }
    if deletionTimestamp != old.deletionTimestamp {
      let text = deletionTimestamp.map { JSONValue.string($0.description).text() } ?? "null"
      causes.invalid("metadata.deletionTimestamp", text, "field is immutable")
    }
    if deletionGracePeriodSeconds != old.deletionGracePeriodSeconds {
      let text = deletionGracePeriodSeconds.map { "\($0)" } ?? "null"
      causes.invalid("metadata.deletionGracePeriodSeconds", text, "field is immutable")
    }
    Self.validate(labels: labels, "metadata.labels", &causes)
    Self.validate(annotations: annotations, "metadata.annotations", &causes)
    validateOwners(&causes)
  }

  /// What is being deleted takes no new finalizers.
  private func validateNoNewFinalizers(from old: ObjectMeta, _ causes: inout CauseList) {
    let added = finalizers.filter { !old.finalizers.contains($0) }
    if added.isEmpty { return }
    let list = Set(added).sorted().map(\.goQuoted).joined(separator: ", ")
    causes.forbidden(
      "metadata.finalizers",
      "no new finalizers can be added if the object is being deleted, found new finalizers "
        + "[]string{\(list)}")
  }

  private func nameFaults(of given: String, _ resource: ResourceType, isPrefix: Bool) -> [String] {
    let name = isPrefix ? Self.masked(given) : given
    switch resource.kind {
    case "Service": return RuleTexts.dns1035Faults(name)
    case "Namespace": return RuleTexts.labelFaults(name)
    case "Event", "PodDisruptionBudget":
      let faults = RuleTexts.pathSegmentFaults(given)
      return isPrefix ? faults.filter { $0.hasPrefix("may not contain") } : faults
    default: return RuleTexts.subdomainFaults(name)
    }
  }

  /// A generated name's base with something in the hyphen's place that may end a name.
  private static func masked(_ base: String) -> String {
    base.utf8.count > 1 && base.hasSuffix("-") ? base.dropLast(2) + "a" : base
  }

  private func validateOwners(_ causes: inout CauseList) {
    let path = "metadata.ownerReferences"
    var controller: String?
    for owner in ownerReferences {
      let version = owner.apiVersion.split(separator: "/", omittingEmptySubsequences: false)
      let hasVersion = version.count <= 2 && !(version.last ?? "").isEmpty
      if !hasVersion {
        causes.invalid(
          "\(path).apiVersion", owner.apiVersion.goQuoted, "version must not be empty")
      }
      for (field, text) in [("kind", owner.kind), ("name", owner.name), ("uid", owner.uid)]
      where text.isEmpty {
        causes.invalid("\(path).\(field)", "\"\"", "must not be empty")
      }
      if owner.apiVersion == "v1", owner.kind == "Event" {
        causes.invalid(
          path, owner.json.text(), "/v1, Kind=Event is disallowed from being an owner")
      }
      guard owner.isController else { continue }
      let name = "\(owner.kind)/\(owner.name)"
      guard let first = controller else {
        controller = name
        continue
      }
      causes.invalid(
        path, JSONValue.array(ownerReferences.map(\.json)).text(),
        "Only one reference can have Controller set to true. Found \"true\" in references for "
          + "\(first) and \(name)")
    }
  }

  /// Adds a cause for every label at fault.
  package static func validate(
    labels: [String: String], _ field: String, _ causes: inout CauseList
  ) {
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      causes.invalid(field, text: key, RuleTexts.qualifiedNameFaults(key))
      causes.invalid(field, text: value, RuleTexts.labelValueFaults(value))
    }
  }

  /// Adds a cause for every annotation at fault; letters of keys count as small ones.
  package static func validate(
    annotations: [String: String], _ field: String, _ causes: inout CauseList
  ) {
    var size = 0
    for (key, value) in annotations.sorted(by: { $0.key < $1.key }) {
      causes.invalid(field, text: key, RuleTexts.qualifiedNameFaults(key.lowercased()))
      size += key.utf8.count + value.utf8.count
    }
    if size > annotationsBytesMax { causes.tooLong(field, annotationsBytesMax) }
  }
}

extension CauseList {
  /// Adds the faults of a finalizer's name.
  package mutating func finalizer(_ field: String, _ name: String) {
    invalid(field, text: name, RuleTexts.qualifiedNameFaults(name))
    standardFinalizer(field, name)
  }

  /// Adds a cause unless a finalizer is known or has a prefix.
  mutating func standardFinalizer(_ field: String, _ name: String) {
    if !name.contains("/"), !["kubernetes", "orphan", "foregroundDeletion"].contains(name) {
      invalid(
        field, name.goQuoted, "name is neither a standard finalizer name nor is it fully qualified")
    }
  }
}
