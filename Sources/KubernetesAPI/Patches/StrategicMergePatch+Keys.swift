package import JSON

/// Which lists are merged, and by what.
///
/// Source: `patchMergeKey` and `patchStrategy` beside the fields in `k8s.io/api`.
extension StrategicMergePatch {
  /// The key by which the elements of a list are told apart, nil if the list is replaced.
  func mergeKey(_ path: [String]) -> String? {
    guard let field = path.last else { return nil }
    switch field {
    case "containers", "initContainers", "ephemeralContainers", "env", "volumes",
      "imagePullSecrets", "schedulingGates", "resourceClaims", "resourceClaimStatuses":
      return "name"
    case "volumeMounts": return "mountPath"
    case "volumeDevices": return "devicePath"
    case "conditions": return "type"
    case "addresses" where kind == "Node": return "type"
    case "ownerReferences": return "uid"
    case "hostAliases", "podIPs", "hostIPs": return "ip"
    case "topologySpreadConstraints": return "topologyKey"
    case "ports" where path.dropLast().last == "containers" || path.contains("initContainers"):
      return "containerPort"
    case "ports" where kind == "Service": return "port"
    default: return nil
    }
  }

  /// Whether a list of texts is merged as a set.
  func isSet(_ path: [String]) -> Bool {
    path == ["metadata", "finalizers"] || (kind == "Node" && path == ["spec", "podCIDRs"])
  }

  /// Whether an object is replaced as a whole (`patchStrategy:"replace"`).
  func isReplaced(_ path: [String]) -> Bool {
    kind == "PodDisruptionBudget" && path == ["spec", "selector"]
  }
}

extension JSONValue {
  /// The Go type of the value, as messages name it.
  var goType: String {
    switch self {
    case .object: "map[string]interface {}"
    case .array: "[]interface {}"
    case .string: "string"
    case .bool: "bool"
    case .integer: "int64"
    case .number: "float64"
    case .null: "%!s(<nil>)"
    }
  }

  /// The value as Go prints maps.
  package var goText: String {
    switch self {
    case .object(let object):
      "map["
        + object.sorted().map { "\($0.key):\($0.value.goText)" }.joined(separator: " ") + "]"
    case .array(let elements): "[" + elements.map(\.goText).joined(separator: " ") + "]"
    case .string(let text): text
    case .null: "<nil>"
    case .bool, .integer, .number: text()
    }
  }
}
