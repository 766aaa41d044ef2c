package import JSON

/// RFC 7386: objects are merged, `null` removes, everything else replaces.
package enum JSONMergePatch {
  package static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
    guard case .object(let members) = patch else { return patch }
    var result = target.objectValue ?? JSONObject()
    for (key, value) in members {
      result[key] = value == .null ? nil : apply(value, to: result[key] ?? .null)
    }
    return .object(result)
  }
}
