package import JSON

/// Kubernetes' own merge patch: lists of objects are merged by a key of each kind.
///
/// What a patch asks for counts only where there is something to be merged with; what it adds is
/// taken as it is, without parts that carry a directive. Source:
/// `apimachinery/pkg/util/strategicpatch/patch.go`.
package struct StrategicMergePatch {
  let kind: String

  /// Makes a patcher for objects of a kind.
  package init(kind: String) { self.kind = kind }

  /// Why a patch cannot be applied.
  package struct Fault: Error, Equatable {
    package var message: String
    /// Whether the patch breaks its own form, rather than its keys.
    package var isMalformed = false
  }

  private static let orderPrefix = "$setElementOrder/"
  private static let deletionPrefix = "$deleteFromPrimitiveList/"

  /// The target as the patch wants it; a patch that is no object replaces it.
  package func apply(_ patch: JSONValue, to target: JSONValue) throws(Fault) -> JSONValue {
    guard let members = patch.objectValue else { return patch }
    return .object(try merge(members, target.objectValue ?? JSONObject(), path: []))
  }

  private func merge(_ given: JSONObject, _ target: JSONObject, path: [String]) throws(Fault)
    -> JSONObject
  {
    var patch = given
    if let directive = patch["$patch"] {
      if directive == "delete" { return JSONObject() }
      if directive != "replace" { throw .unknownDirective(directive, .object(patch)) }
      patch["$patch"] = nil
      return Self.withoutNulls(.object(patch)).objectValue ?? JSONObject()
    }
    var result = target
    try retain(&result, &patch)
    for (key, order) in patch where key.hasPrefix(Self.orderPrefix) {
      patch[key] = nil
      let field = String(key.dropFirst(Self.orderPrefix.count))
      try merge(field, of: &patch, into: &result, order: order, path: path + [field])
    }
    for (key, value) in patch {
      if key.hasPrefix(Self.deletionPrefix) {
        delete(value, from: String(key.dropFirst(Self.deletionPrefix.count)), of: &result)
      } else if value == .null {
        result[key] = nil
      } else {
        result[key] = try merged(value, into: result[key], path: path + [key])
      }
    }
    return result
  }

  /// Drops all members but those that are to stay.
  private func retain(_ result: inout JSONObject, _ patch: inout JSONObject) throws(Fault) {
    guard let directive = patch["$retainKeys"] else { return }
    patch["$retainKeys"] = nil
    let fault = Fault(message: "invalid patch format of retainKeys", isMalformed: true)
    guard let kept = directive.arrayValue else { throw fault }
    for (key, value) in patch where value != .null && !kept.contains(.string(key)) {
      let isDirective = key.hasPrefix(Self.orderPrefix) || key.hasPrefix(Self.deletionPrefix)
      if !isDirective { throw fault }
    }
    for key in result.keys where !kept.contains(.string(key)) { result[key] = nil }
  }

  /// Merges a list whose order the patch gives.
  private func merge(
    _ field: String, of patch: inout JSONObject, into result: inout JSONObject,
    order: JSONValue, path: [String]
  ) throws(Fault) {
    let (server, given) = (result[field], patch[field])
    for list in [order, server, given] {
      if let list, list.arrayValue == nil { throw .badType("[]interface {}", list) }
    }
    let wanted = order.arrayValue ?? []
    let key = mergeKey(path)
    try checkOrder(wanted, of: given?.arrayValue ?? [], key: key)
    if server == nil, given == nil { return }
    var merged = server
    if let given {
      merged =
        server == nil
        ? Self.withoutDirectives(given) : try self.merged(given, into: server, path: path)
    }
    let list = merged?.arrayValue ?? []
    if let key { try checkKeys(list, key) }
    result[field] = .array(
      Self.ordered(list, patch: wanted, server: server?.arrayValue ?? [], key: key))
    patch[field] = nil
  }

  private func delete(_ value: JSONValue, from field: String, of result: inout JSONObject) {
    if value == .null { return result[field] = nil }
    guard let removed = value.arrayValue, let list = result[field]?.arrayValue else { return }
    result[field] = .array(list.filter { !removed.contains($0) })
  }

  private func merged(_ value: JSONValue, into current: JSONValue?, path: [String])
    throws(Fault) -> JSONValue?
  {
    switch (current, value) {
    case (.object(let old), .object(let new)):
      if isReplaced(path) { return Self.withoutNulls(value) }
      return .object(try merge(new, old, path: path))
    case (.array(let old), .array(let new)):
      if let key = mergeKey(path) { return .array(try merge(new, old, by: key, path: path)) }
      return isSet(path) ? .array(Self.union(new, old)) : Self.withoutNulls(value)
    default: return Self.withoutDirectives(value)
    }
  }

  private static func union(_ patch: [JSONValue], _ target: [JSONValue]) -> [JSONValue] {
    var result = target
    for element in patch where !result.contains(element) { result.append(element) }
    return ordered(result, patch: patch, server: target, key: nil)
  }

  private func merge(
    _ patch: [JSONValue], _ target: [JSONValue], by key: String, path: [String]
  ) throws(Fault) -> [JSONValue] {
    if patch.isEmpty, target.isEmpty { return target }
    try checkTypes(patch, target)
    var server = target
    var elements: [JSONValue] = []
    var replaces = false
    for element in patch {
      switch element["$patch"] {
      case nil: elements.append(element)
      case "replace": replaces = true
      case "delete":
        guard let value = element[key] else { throw .noKey(element, key) }
        server.removeAll { $0[key] == value }
      case "merge": throw Fault(message: "merging lists cannot yet be specified in the patch")
      case .some(let directive): throw .unknownDirective(directive, element)
      }
    }
    if replaces { (server, elements) = (elements.map(Self.withoutNulls), []) }
    var result = server
    for element in elements {
      guard let value = element[key] else { throw .noKey(element, key) }
      if let position = result.firstIndex(where: { $0[key] == value }) {
        result[position] = .object(
          try merge(
            element.objectValue ?? JSONObject(), result[position].objectValue ?? JSONObject(),
            path: path))
      } else {
        result.append(Self.withoutNulls(element))
      }
    }
    try checkKeys(result, key)
    return Self.ordered(result, patch: elements, server: server, key: key)
  }

  private func checkKeys(_ list: [JSONValue], _ key: String) throws(Fault) {
    for element in list where element[key] == nil { throw .noKey(element, key) }
  }

  private func checkTypes(_ patch: [JSONValue], _ target: [JSONValue]) throws(Fault) {
    guard let stranger = patch.first(where: { $0.objectValue == nil }) else { return }
    if (target + patch).allSatisfy({ $0.goType == stranger.goType }) {
      throw .badType("map[string]interface {}", stranger)
    }
    let lists = JSONValue.array([.array(target), .array(patch)])
    throw Fault(message: "list element types are not identical: \(lists.goText)")
  }

  /// The value without parts that carry a directive, nil if it carries one itself.
  private static func withoutDirectives(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .object(let object):
      if object["$patch"] != nil { return nil }
      var result = JSONObject()
      for (key, member) in object where member != .null { result[key] = withoutDirectives(member) }
      return .object(result)
    case .array(let elements): return .array(elements.compactMap(withoutDirectives))
    case .null, .bool, .integer, .number, .string: return value
    }
  }

  private static func withoutNulls(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      var result = JSONObject()
      for (key, member) in object where member != .null { result[key] = withoutNulls(member) }
      return .object(result)
    case .array(let elements): return .array(elements.map(withoutNulls))
    case .null, .bool, .integer, .number, .string: return value
    }
  }
}

/// Source: `apimachinery/pkg/util/mergepatch/errors.go`.
extension StrategicMergePatch.Fault {
  static func noKey(_ element: JSONValue, _ key: String) -> Self {
    Self(message: "map: \(element.goText) does not contain declared merge key: \(key)")
  }

  static func badType(_ expected: String, _ value: JSONValue) -> Self {
    Self(message: "expected a \(expected), but received a \(value.goType)")
  }

  fileprivate static func unknownDirective(_ directive: JSONValue, _ map: JSONValue) -> Self {
    Self(message: "unknown patch type: \(directive.goText) in map: \(map.goText)")
  }
}
