import JSON

/// Rules for the environments of containers and for what shows a pod its own fields, source
/// `pkg/apis/core/validation/validation.go` ValidateEnv and ValidateEnvFrom.
enum EnvironmentRules {
  private static let fields = [
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
    "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
  ]
  private static let volumeFields = [
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
    "metadata.uid",
  ]
  /// Fields that have a name but are not shown everywhere.
  private static let otherFields = ["spec.restartPolicy", "spec.schedulerName", "status.phase"]
  private static let resources = [
    "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
    "requests.ephemeral-storage", "requests.memory",
  ]

  static func validate(
    _ variables: [EnvironmentVariable], _ path: String, _ causes: inout CauseList
  ) {
    for (index, variable) in variables.enumerated() {
      let place = "\(path)[\(index)]"
      if variable.name.isEmpty {
        causes.required("\(place).name")
      } else {
        causes.invalid(
          "\(place).name", text: variable.name, RuleTexts.environmentNameFaults(variable.name))
      }
      if let source = variable.valueFrom {
        validate(source, value: variable.value, "\(place).valueFrom", &causes)
      }
    }
  }

  private static func validate(
    _ source: JSONValue, value: String, _ path: String, _ causes: inout CauseList
  ) {
    var count = 0
    if let field = source["fieldRef"] {
      count += 1
      validateField(field, "\(path).fieldRef", isVolume: false, &causes)
    }
    if let resource = source["resourceFieldRef"] {
      count += 1
      validateResource(resource, "\(path).resourceFieldRef", isVolume: false, &causes)
    }
    for kind in ["configMapKeyRef", "secretKeyRef"] {
      guard let reference = source[kind] else { continue }
      count += 1
      validateKey(reference, "\(path).\(kind)", &causes)
    }
    if count == 0 {
      causes.invalid(
        path, "\"\"",
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")
    } else if !value.isEmpty {
      causes.invalid(path, "\"\"", "may not be specified when `value` is not empty")
    } else if count > 1 {
      causes.invalid(path, "\"\"", "may not have more than one field specified at a time")
    }
  }

  private static func validateKey(
    _ reference: JSONValue, _ path: String, _ causes: inout CauseList
  ) {
    let name = reference["name"]?.stringValue ?? ""
    causes.invalid("\(path).name", text: name, RuleTexts.subdomainFaults(name))
    let key = reference["key"]?.stringValue ?? ""
    if key.isEmpty {
      causes.required("\(path).key")
    } else {
      causes.invalid("\(path).key", text: key, RuleTexts.configKeyFaults(key))
    }
  }

  /// A field of the pod by its path, perhaps with the key of one annotation or label.
  static func validateField(
    _ reference: JSONValue, _ path: String, isVolume: Bool, _ causes: inout CauseList
  ) {
    let version = reference["apiVersion"]?.stringValue ?? ""
    let field = reference["fieldPath"]?.stringValue ?? ""
    if version.isEmpty { return causes.required("\(path).apiVersion") }
    if field.isEmpty { return causes.required("\(path).fieldPath") }
    func refuse(_ why: String) {
      causes.invalid("\(path).fieldPath", field.goQuoted, "error converting fieldPath: \(why)")
    }
    if version != "v1" { return refuse("unsupported pod version: \(version)") }
    if let (map, key) = subscripted(field) {
      switch map {
      case "metadata.annotations":
        causes.invalid(
          path, text: key.lowercased(), RuleTexts.qualifiedNameFaults(key.lowercased()))
      case "metadata.labels":
        causes.invalid(path, text: key, RuleTexts.qualifiedNameFaults(key))
      default: refuse("field label does not support subscript: \(field)")
      }
      return
    }
    let known = fields + volumeFields + otherFields
    let converted = field == "spec.host" ? "spec.nodeName" : field
    if !known.contains(converted) { return refuse("field label not supported: \(field)") }
    let allowed = isVolume ? volumeFields : fields
    if !allowed.contains(converted) {
      causes.notSupported("\(path).fieldPath", converted, allowed)
    }
  }

  /// The parts of `metadata.labels['key']`.
  private static func subscripted(_ field: String) -> (map: String, key: String)? {
    guard field.hasSuffix("']"), let start = field.firstRange(of: "['") else { return nil }
    return (
      String(field[..<start.lowerBound]), String(field[start.upperBound...].dropLast(2))
    )
  }

  static func validateResource(
    _ reference: JSONValue, _ path: String, isVolume: Bool, _ causes: inout CauseList
  ) {
    let name = reference["resource"]?.stringValue ?? ""
    let isHugePages =
      name.hasPrefix("limits.hugepages-") || name.hasPrefix("requests.hugepages-")
    if isVolume, reference["containerName"]?.stringValue ?? "" == "" {
      causes.required("\(path).containerName")
    } else if name.isEmpty {
      causes.required("\(path).resource")
    } else if !resources.contains(name), !isHugePages {
      causes.notSupported("\(path).resource", name, resources)
    }
    let divisor = reference["divisor"].flatMap { Quantity($0.stringValue ?? $0.text()) } ?? .zero
    if divisor == .zero { return }
    let sizes = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]
    let what =
      isHugePages
      ? "hugepages" : name.hasSuffix(".memory") ? "memory" : "local ephemeral storage"
    if name.hasSuffix(".cpu") {
      if !["1m", "1"].contains(divisor.description) {
        causes.invalid(
          "\(path).divisor", name.goQuoted,
          "only divisor's values 1m and 1 are supported with the cpu resource")
      }
    } else if resources.contains(name) || isHugePages, !sizes.contains(divisor.description) {
      causes.invalid(
        "\(path).divisor", name.goQuoted,
        "only divisor's values \(sizes.joined(separator: ", ")) are supported with the \(what) "
          + "resource")
    }
  }

  /// Whole ConfigMaps and Secrets whose keys become variables.
  static func validateSources(_ sources: JSONValue?, _ path: String, _ causes: inout CauseList) {
    for (index, source) in (sources?.arrayValue ?? []).enumerated() {
      let place = "\(path)[\(index)]"
      if let prefix = source["prefix"]?.stringValue, !prefix.isEmpty {
        causes.invalid("\(place).prefix", text: prefix, RuleTexts.environmentNameFaults(prefix))
      }
      var count = 0
      for kind in ["configMapRef", "secretRef"] {
        guard let reference = source[kind] else { continue }
        count += 1
        let name = reference["name"]?.stringValue ?? ""
        if name.isEmpty {
          causes.required("\(place).\(kind).name")
        } else {
          causes.invalid("\(place).\(kind).name", text: name, RuleTexts.subdomainFaults(name))
        }
      }
      if count == 0 {
        causes.invalid(path, "\"\"", "must specify one of: `configMapRef` or `secretRef`")
      } else if count > 1 {
        causes.invalid(path, "\"\"", "may not have more than one field specified at a time")
      }
    }
  }
}
