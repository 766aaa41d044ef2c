import JSON

/// Rules for Secrets and ConfigMaps, source `pkg/apis/core/validation/validation.go`.
private enum ConfigRules {
  /// How many bytes the values may have together.
  static let bytesMax = 1 << 20

  static func validateImmutable(
    _ content: JSONObject, _ old: JSONObject, _ parts: [String], _ causes: inout CauseList
  ) {
    guard old["immutable"] == true else { return }
    if content["immutable"] != true {
      causes.forbidden("immutable", "field is immutable when `immutable` is set")
    }
    for part in parts where content[part] != old[part] {
      causes.forbidden(part, "field is immutable when `immutable` is set")
    }
  }

  /// Checks the keys of a map; returns how many bytes its values have.
  static func validate(
    _ content: JSONObject, _ part: String, isBinary: Bool, _ causes: inout CauseList
  ) -> Int {
    var size = 0
    for (key, value) in (content[part]?.objectValue ?? [:]).sorted() {
      causes.invalid("\(part)[\(key)]", text: key, RuleTexts.configKeyFaults(key))
      let text = value.stringValue ?? ""
      size += isBinary ? Base64.size(text) : text.utf8.count
    }
    return size
  }
}

extension Secret {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 2, wholes: 1) }

  package mutating func applyDefaults() {
    if ["", nil].contains(content["type"]) { content["type"] = "Opaque" }
    guard let texts = content["stringData"]?.objectValue else { return }
    var data = content["data"]?.objectValue ?? [:]
    for (key, value) in texts {
      data[key] = .string(Base64.encode(Array((value.stringValue ?? "").utf8)))
    }
    content["stringData"] = nil
    if !data.isEmpty { content["data"] = .object(data) }
  }

  package func validate(_ causes: inout CauseList) {
    let size = ConfigRules.validate(content, "data", isBinary: true, &causes)
    if size > ConfigRules.bytesMax { causes.tooLong("data", ConfigRules.bytesMax) }
    func requireOne(_ keys: [String]) {
      if keys.contains(where: { content["data"]?[$0] != nil }) { return }
      for key in keys { causes.required("data[\(key)]") }
    }
    switch content["type"]?.stringValue {
    case "kubernetes.io/service-account-token":
      let key = "kubernetes.io/service-account.name"
      if metadata.annotations[key] ?? "" == "" { causes.required("metadata.annotations[\(key)]") }
    case "kubernetes.io/dockercfg": validateJSON(".dockercfg", &causes)
    case "kubernetes.io/dockerconfigjson": validateJSON(".dockerconfigjson", &causes)
    case "kubernetes.io/basic-auth": requireOne(["username", "password"])
    case "kubernetes.io/ssh-auth":
      if content["data"]?["ssh-privatekey"]?.stringValue ?? "" == "" {
        causes.required("data[ssh-privatekey]")
      }
    case "kubernetes.io/tls":
      requireOne(["tls.crt"])
      requireOne(["tls.key"])
    default: break
    }
  }

  /// Adds a cause unless a value is a JSON object; what is wrong is told, but not the value.
  private func validateJSON(_ key: String, _ causes: inout CauseList) {
    guard let text = content["data"]?[key]?.stringValue else {
      return causes.required("data[\(key)]")
    }
    if let fault = GoJSONScanner.fault(ofObject: Base64.decode(text)) {
      causes.invalid("data[\(key)]", "\"<secret contents redacted>\"", fault)
    }
  }

  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    if content["type"] != old.content["type"] {
      causes.invalid("type", content["type"]?.text() ?? "\"\"", "field is immutable")
    }
    ConfigRules.validateImmutable(content, old.content, ["data"], &causes)
    validate(&causes)
  }
}

extension ConfigMap {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 2, wholes: 1) }

  package func validate(_ causes: inout CauseList) {
    var size = 0
    for (key, value) in (content["data"]?.objectValue ?? [:]).sorted() {
      causes.invalid("data[\(key)]", text: key, RuleTexts.configKeyFaults(key))
      if content["binaryData"]?[key] != nil {
        causes.invalid("data[\(key)]", key.goQuoted, "duplicate of key present in binaryData")
      }
      size += value.stringValue?.utf8.count ?? 0
    }
    size += ConfigRules.validate(content, "binaryData", isBinary: true, &causes)
    // The whole object has no name; upstream writes it so.
    if size > ConfigRules.bytesMax { causes.tooLong("[]", ConfigRules.bytesMax) }
  }

  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    ConfigRules.validateImmutable(content, old.content, ["data", "binaryData"], &causes)
    validate(&causes)
  }
}
