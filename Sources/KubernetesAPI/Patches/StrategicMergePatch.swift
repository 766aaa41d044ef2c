package import JSON

/// Kubernetes' own merge patch: lists of objects are merged by a key of each kind.
///
/// Source: `apimachinery/pkg/util/strategicpatch`; the keys stand as `patchMergeKey` beside the
/// fields in `k8s.io/api`.
package struct StrategicMergePatch {
  private let kind: String

  /// Makes a patcher for objects of a kind.
  package init(kind: String) { self.kind = kind }

  package func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
    merge(patch, target, path: [])
  }

  /// Why a patch cannot be applied.
  package struct Fault: Equatable {
    package var message: String
    /// Whether the patch breaks its own form, rather than its keys.
    package var isMalformed: Bool
  }

  /// What is wrong with a patch, nil if nothing is.
  package func fault(of patch: JSONValue) -> Fault? { fault(patch, path: []) }

  private func fault(_ patch: JSONValue, path: [String]) -> Fault? {
    if case .array(let elements) = patch {
      guard let key = mergeKey(path) else { return nil }
      for element in elements {
        if element[key] == nil, element["$patch"] == nil, element.objectValue != nil {
          return Fault(
            message: "map: \(element.goText) does not contain declared merge key: \(key)",
            isMalformed: false)
        }
        if let fault = fault(element, path: path) { return fault }
      }
      return nil
    }
    guard case .object(let members) = patch else { return nil }
    if let directive = members["$patch"], !["replace", "delete", "merge"].contains(directive) {
      return Fault(
        message: "unknown patch type: \(directive.goText) in map: \(patch.goText)",
        isMalformed: false)
    }
    if let kept = members["$retainKeys"]?.arrayValue {
      let others = members.keys.filter { !$0.hasPrefix("$") }
      if others.contains(where: { !kept.contains(.string($0)) && members[$0] != .null }) {
        return Fault(message: "invalid patch format of retainKeys", isMalformed: true)
      }
    }
    for (key, value) in members {
      if key.hasPrefix("$setElementOrder/") {
        let field = String(key.dropFirst("$setElementOrder/".count))
        if let fault = orderFault(value, members[field], path: path + [field]) { return fault }
      } else if !key.hasPrefix("$"), let fault = fault(value, path: path + [key]) {
        return fault
      }
    }
    return nil
  }

  /// What is patched must stand in the order that is given.
  private func orderFault(_ order: JSONValue, _ list: JSONValue?, path: [String]) -> Fault? {
    guard let wanted = order.arrayValue, let elements = list?.arrayValue else { return nil }
    let key = mergeKey(path)
    func identity(_ value: JSONValue) -> JSONValue? { key.map { value[$0] } ?? value }
    var position = 0
    for element in elements where element["$patch"] != "delete" {
      guard let found = wanted[position...].firstIndex(where: { identity($0) == identity(element) })
      else {
        return Fault(
          message: "The order in patch list:\n\(JSONValue.array(elements).goText)\n doesn't match "
            + "$setElementOrder list:\n\(order.goText)\n", isMalformed: false)
      }
      position = found
    }
    return nil
  }

  /// The key by which the elements of a list are told apart, nil if the list is replaced.
  private func mergeKey(_ path: [String]) -> String? {
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
  private func isSet(_ path: [String]) -> Bool {
    path == ["metadata", "finalizers"] || (kind == "Node" && path == ["spec", "podCIDRs"])
  }

  /// Whether an object is replaced as a whole (`patchStrategy:"replace"`).
  private func isReplaced(_ path: [String]) -> Bool {
    kind == "PodDisruptionBudget" && path == ["spec", "selector"]
  }

  private func merge(_ patch: JSONValue, _ target: JSONValue, path: [String]) -> JSONValue {
    switch patch {
    case .object(let members):
      return .object(merge(members, isReplaced(path) ? nil : target.objectValue, path: path))
    case .array(let elements):
      if let key = mergeKey(path) {
        return .array(merge(elements, target.arrayValue ?? [], by: key, path: path))
      }
      if isSet(path) {
        var result = target.arrayValue ?? []
        for element in elements where !result.contains(element) { result.append(element) }
        return .array(
          Self.ordered(result, patch: elements, server: target.arrayValue ?? [], key: nil))
      }
      return patch
    case .null, .bool, .integer, .number, .string: return patch
    }
  }

  private func merge(_ patch: JSONObject, _ target: JSONObject?, path: [String]) -> JSONObject {
    var members = patch
    let directive = members["$patch"]?.stringValue
    members["$patch"] = nil
    if directive == "delete" { return JSONObject() }
    var result = directive == "replace" ? JSONObject() : target ?? JSONObject()
    if let retained = members["$retainKeys"]?.arrayValue {
      for key in result.keys where !retained.contains(.string(key)) { result[key] = nil }
      members["$retainKeys"] = nil
    }
    for (key, value) in members where key.hasPrefix("$deleteFromPrimitiveList/") {
      let field = String(key.dropFirst("$deleteFromPrimitiveList/".count))
      let removed = value.arrayValue ?? []
      result[field] = result[field]?.arrayValue.map { list in
        .array(list.filter { !removed.contains($0) })
      }
    }
    for (key, value) in members where !key.hasPrefix("$") {
      if value == .null {
        result[key] = nil
      } else if let current = result[key] {
        result[key] = merge(value, current, path: path + [key])
      } else {
        result[key] = withoutDirectives(merge(value, .null, path: path + [key]))
      }
    }
    for (key, value) in members where key.hasPrefix("$setElementOrder/") {
      let field = String(key.dropFirst("$setElementOrder/".count))
      guard let list = result[field]?.arrayValue, let order = value.arrayValue else { continue }
      let server = target?[field]?.arrayValue ?? []
      result[field] = .array(
        Self.ordered(list, patch: order, server: server, key: mergeKey(path + [field])))
    }
    return result
  }

  private func merge(
    _ patch: [JSONValue], _ target: [JSONValue], by key: String, path: [String]
  ) -> [JSONValue] {
    let replaces = patch.contains { $0["$patch"] == "replace" && $0[key] == nil }
    var result = replaces ? [] : target
    for element in patch {
      if element["$patch"] == "replace", element[key] == nil { continue }
      let position = result.firstIndex { $0[key] != nil && $0[key] == element[key] }
      if element["$patch"] == "delete" {
        if let position { result.remove(at: position) }
      } else if let position {
        result[position] = merge(element, result[position], path: path)
      } else {
        result.append(withoutDirectives(merge(element, .null, path: path)))
      }
    }
    return Self.ordered(result, patch: patch, server: target, key: key)
  }

  /// Puts what the patch names into its order and what it does not name between, as before.
  ///
  /// Source: `strategicpatch` normalizeElementOrder and mergeSortedSlice: an element that only the
  /// server has stands before the next named one if it stood before that one in the server's list.
  private static func ordered(
    _ list: [JSONValue], patch: [JSONValue], server: [JSONValue], key: String?
  ) -> [JSONValue] {
    func identity(_ value: JSONValue) -> JSONValue? {
      guard let key, value.objectValue != nil else { return value }
      return value[key]
    }
    func positions(_ order: [JSONValue]) -> (JSONValue) -> Int? {
      let identities = order.map(identity)
      return { value in identities.firstIndex { $0 != nil && $0 == identity(value) } }
    }
    let wanted = positions(patch)
    let before = positions(server)
    func sorted(_ part: [JSONValue], _ place: (JSONValue) -> Int?) -> [JSONValue] {
      part.enumerated()
        .sorted { (place($0.element) ?? .max, $0.offset) < (place($1.element) ?? .max, $1.offset) }
        .map(\.element)
    }
    var named = sorted(list.filter { wanted($0) != nil }, wanted)[...]
    var others = sorted(list.filter { wanted($0) == nil }, before)[...]
    var result: [JSONValue] = []
    while let other = others.first, let next = named.first {
      if let place = before(other), let nextPlace = before(next), place < nextPlace {
        result.append(others.removeFirst())
      } else {
        result.append(named.removeFirst())
      }
    }
    return result + named + others
  }

  private func withoutDirectives(_ value: JSONValue) -> JSONValue {
    guard case .object(var object) = value else { return value }
    for key in object.keys where key.hasPrefix("$") { object[key] = nil }
    return .object(object)
  }
}

extension JSONValue {
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
