/// Rules for metadata, source `apimachinery/pkg/api/validation/objectmeta.go`.
extension ObjectMeta {
  static let subdomainText =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    + "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    + "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  private static let dns1035Text =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    + "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
    + "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
  private static let labelValueText =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    + "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
    + "'my_value',  or '12345', regex used for validation is "
    + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  static let qualifiedNameText =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    + "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
    + "for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

  /// Adds a cause for every field at fault.
  package func validate(_ resource: ResourceType, _ causes: inout CauseList) {
    validateGenerateName(resource, &causes)
    if name.isEmpty {
      causes.required("metadata.name", "name or generateName is required")
    } else {
      validateName(resource, &causes)
    }
    Self.validate(labels: labels, "metadata.labels", &causes)
    for key in annotations.keys.sorted() where !FieldRules.isQualifiedName(key.lowercased()) {
      causes.invalid("metadata.annotations", "\"\(key)\"", Self.qualifiedNameText)
    }
  }

  /// The base of a generated name must be a name once its last hyphen is masked.
  private func validateGenerateName(_ resource: ResourceType, _ causes: inout CauseList) {
    if generateName.isEmpty { return }
    var base = ObjectMeta()
    base.name = generateName.hasSuffix("-") ? generateName.dropLast() + "a" : generateName
    var faults = CauseList()
    base.validateName(resource, &faults)
    for fault in faults.causes {
      let detail = fault.message.dropFirst("Invalid value: \"\(base.name)\": ".count)
      causes.invalid("metadata.generateName", "\"\(generateName)\"", String(detail))
    }
  }

  /// What is being deleted takes no new finalizers.
  ///
  /// Upstream checks metadata before and in the kind's own strategy, so the cause stands twice.
  package func validateFinalizers(from old: ObjectMeta, _ causes: inout CauseList) {
    let added = finalizers.filter { !old.finalizers.contains($0) }
    if added.isEmpty { return }
    let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
    for _ in 0..<2 {
      causes.forbidden(
        "metadata.finalizers",
        "no new finalizers can be added if the object is being deleted, found new finalizers "
          + "[]string{\(list)}")
    }
  }

  private func validateName(_ resource: ResourceType, _ causes: inout CauseList) {
    switch resource.kind {
    case "Service" where !FieldRules.isDNS1035Label(name):
      causes.invalid("metadata.name", "\"\(name)\"", Self.dns1035Text)
    case "Namespace" where !FieldRules.isDNS1123Label(name):
      for text in RuleTexts.labelFaults(name) {
        causes.invalid("metadata.name", "\"\(name)\"", text)
      }
    case "Service", "Namespace", "Event": break
    default:
      if !FieldRules.isDNS1123Subdomain(name) {
        causes.invalid("metadata.name", "\"\(name)\"", Self.subdomainText)
      }
    }
  }

  /// Adds a cause for every label at fault.
  package static func validate(
    labels: [String: String], _ field: String, _ causes: inout CauseList
  ) {
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      if !FieldRules.isQualifiedName(key) {
        causes.invalid(field, "\"\(key)\"", qualifiedNameText)
      }
      if !FieldRules.isLabelValue(value) {
        causes.invalid(field, "\"\(value)\"", labelValueText)
      }
    }
  }
}

extension CauseList {
  /// Adds the faults of a finalizer's name.
  package mutating func finalizer(_ field: String, _ name: String) {
    if !FieldRules.isQualifiedName(name) {
      invalid(field, "\"\(name)\"", ObjectMeta.qualifiedNameText)
    }
    if !name.contains("/"), !["kubernetes", "orphan", "foregroundDeletion"].contains(name) {
      invalid(
        field, "\"\(name)\"", "name is neither a standard finalizer name nor is it fully qualified")
    }
  }
}
