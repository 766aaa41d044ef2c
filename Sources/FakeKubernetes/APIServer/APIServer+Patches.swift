import JSON
import KubernetesAPI

extension APIServer {
  /// Changes an object, or a part of it, as a patch says; tells what people are to know of it.
  ///
  /// Source: `apiserver/pkg/endpoints/handlers/patch.go`.
  func patchJSON<Object: KubernetesObject>(
    _ type: Object.Type, _ key: ObjectKey, _ subresource: String, _ patchType: PatchType,
    _ patch: JSONValue, version: String = ""
  ) throws(StatusError) -> (json: JSONValue, warnings: [String]) {
    let old = try get(type, Object.resource.isNamespaced ? key.namespace : "", key.name)
    if subresource == "scale" { return (try patchScale(old, patchType, patch), []) }
    let isOld = version == "v1" && Object.self is HorizontalPodAutoscaler.Type
    var document = try patched(isOld ? AutoscalerV1.view(of: old.json) : old.json, patchType, patch)
    if patchType != .strategicMerge { try checkKind(document, isOld ? nil : old.json, type) }
    if isOld { document = AutoscalerV1.stored(document) }
    var object = try decodePatched(type, patchType, patch, document)
    if object.metadata.namespace.isEmpty { object.metadata.namespace = old.metadata.namespace }
    try object.checkPlace(old.metadata.namespace, key.name)
    let repeated = object.metadata.dropRepeatedOwners()
    let warnings =
      repeated.isEmpty
      ? [] : [ObjectMeta.repeatedOwnersWarning(repeated, isAfterAdmission: true)]
    object.keepFinalizersOfNamespace(old)
    try object.settleVersion()
    let wanted = object.metadata.resourceVersion
    if wanted.isEmpty, !Object.isReplacedBlindly { throw .lacksVersion(Object.resource, key.name) }
    if !wanted.isEmpty, wanted != old.metadata.resourceVersion {
      throw .modified(Object.resource, key.name)
    }
    if subresource == "resize" {
      guard let resized = try resize(old, as: object) else {
        throw .notFound(Object.resource, "\(key.name)/resize")
      }
      return (resized, warnings)
    }
    if subresource == "status" {
      object.applyDefaults()
      return (try replaceStatus(old, by: object).json, warnings)
    }
    return (try replace(old, with: object).json, warnings)
  }

  /// Throws 422 if a patch makes an object another kind of object; strategic ones cannot.
  private func checkKind<Object: KubernetesObject>(
    _ document: JSONValue, _ old: JSONValue?, _ type: Object.Type
  ) throws(StatusError) {
    guard let old, document.objectValue != nil else { return }
    for (key, shown) in [("kind", "Kind"), ("apiVersion", "apiVersion")] {
      if document[key]?.stringValue ?? "" == "" {
        throw .invalidPatch("Object '\(shown)' is missing in '\(document.text())'")
      }
    }
    if document["kind"] == old["kind"], document["apiVersion"] == old["apiVersion"] { return }
    throw .invalidPatch(
      StatusError.conversionFault(
        document["apiVersion"]?.stringValue ?? "", document["kind"]?.stringValue ?? "",
        as: Object.resource))
  }

  /// Reads what a patch made; the fault of a field is told as upstream's decoders do.
  private func decodePatched<Object: KubernetesObject>(
    _ type: Object.Type, _ patchType: PatchType, _ patch: JSONValue, _ document: JSONValue
  ) throws(StatusError) -> Object {
    do {
      return try Object(json: document)
    } catch {
      if patchType == .strategicMerge, let failure = error as? DecodingFailure,
        let wanted = failure.wanted
      {
        let isList = wanted == "array" && failure.found == "object"
        throw .invalidPatch(
          isList ? "cannot restore slice from map" : "unrecognized type: \(wanted)",
          shown: patch.goText)
      }
      throw .invalidPatch("\(error)")
    }
  }

  /// The document that a patch makes of another.
  func patched(_ document: JSONValue, _ type: PatchType, _ patch: JSONValue) throws(StatusError)
    -> JSONValue
  {
    switch type {
    case .merge:
      if patch == .null { throw .badRequest("Invalid JSON Patch") }
      guard patch.objectValue != nil else { throw .undecodable(patch, "map[string]interface {}") }
      return JSONMergePatch.apply(patch, to: document)
    case .strategicMerge: return try strategicallyMerged(document, patch)
    case .json: return try changed(document, by: patch)
    case .apply: throw .unknownPatch
    }
  }

  private func strategicallyMerged(_ document: JSONValue, _ patch: JSONValue)
    throws(StatusError) -> JSONValue
  {
    if patch == .null { return document }
    if patch.objectValue == nil {
      throw .badRequest(
        "json: cannot unmarshal \(patch.kindName) into Go value of type map[string]interface {}")
    }
    let merge = StrategicMergePatch(kind: document["kind"]?.stringValue ?? "")
    do throws(StrategicMergePatch.Fault) {
      return try merge.apply(patch, to: document)
    } catch {
      throw StatusError(
        code: error.isMalformed ? 400 : 500, reason: error.isMalformed ? "BadRequest" : "",
        message: error.message)
    }
  }

  private func changed(_ document: JSONValue, by patch: JSONValue) throws(StatusError)
    -> JSONValue
  {
    if patch == .null { return document }
    guard let operations = patch.arrayValue else {
      throw .undecodable(patch, "[]handlers.jsonPatchOp")
    }
    for operation in operations where operation != .null {
      guard operation.objectValue != nil else {
        throw .undecodable(operation, "handlers.jsonPatchOp")
      }
      for field in ["op", "path", "from"] {
        guard let value = operation[field], value != .null, value.stringValue == nil else {
          continue
        }
        throw .badRequest(
          "error decoding patch: json: cannot unmarshal \(value.kindName) into Go struct field "
            + "jsonPatchOp.\(field) of type string")
      }
    }
    if operations.count > JSONPatch.operationsMax {
      throw StatusError(
        code: 413, reason: "RequestEntityTooLarge",
        message: "Request entity too large: The allowed maximum operations in a JSON patch is "
          + "\(JSONPatch.operationsMax), got \(operations.count)")
    }
    do throws(JSONPatch.Failure) {
      return try JSONPatch.apply(patch, to: document)
    } catch {
      var refusal = StatusError(
        code: 422, reason: "Invalid",
        message: "the server rejected our request due to an error in our request")
      refusal.hasEmptyDetails = true
      throw refusal
    }
  }
}

extension StatusError {
  /// 400: a patch that is no value of the type that its form asks for.
  fileprivate static func undecodable(_ patch: JSONValue, _ type: String) -> StatusError {
    .badRequest(
      "error decoding patch: json: cannot unmarshal \(patch.kindName) into Go value of type "
        + type)
  }
}

extension KubernetesObject {
  /// Throws 400 unless the object has the namespace, if any, and the name of its place.
  func checkPlace(_ namespace: String, _ name: String) throws(StatusError) {
    if !metadata.namespace.isEmpty, metadata.namespace != namespace {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    try checkName(name)
  }

  /// Throws 400 unless the object has the name that its place has.
  ///
  /// Source: `apiserver/pkg/endpoints/handlers/rest.go` checkName.
  func checkName(_ wanted: String) throws(StatusError) {
    let name = metadata.name
    if name.isEmpty {
      throw .badRequest(
        "the name of the object (\(wanted) based on URL) was undeterminable: name must be provided")
    }
    if name != wanted {
      throw .badRequest(
        "the name of the object (\(name)) does not match the name on the URL (\(wanted))")
    }
  }

  /// Takes 0 for no version; throws 500 if the version is no number.
  mutating func settleVersion() throws(StatusError) {
    let version = metadata.resourceVersion
    if version.isEmpty { return }
    guard let number = UInt64(version) else {
      throw StatusError(
        code: 500, reason: "",
        message: "strconv.ParseUint: parsing \(version.goQuoted): invalid syntax")
    }
    if number == 0 { metadata.resourceVersion = "" }
  }
}

extension ObjectMeta {
  /// Leaves out owners that stand there already; returns their uids.
  ///
  /// Source: `apiserver/pkg/endpoints/handlers/rest.go` dedupOwnerReferencesAndAddWarning.
  mutating func dropRepeatedOwners() -> [String] {
    if ownerReferences.count < 2 { return [] }
    var kept: [OwnerReference] = []
    var repeated: [String] = []
    for owner in ownerReferences {
      if kept.contains(owner) { repeated.append(owner.uid) } else { kept.append(owner) }
    }
    if !repeated.isEmpty { ownerReferences = kept }
    return repeated
  }

  static func repeatedOwnersWarning(_ uids: [String], isAfterAdmission: Bool) -> String {
    let moment = isAfterAdmission ? " after mutating admission happens" : ""
    return ".metadata.ownerReferences contains duplicate entries\(moment); API server dedups owner "
      + "references in 1.20+, and may reject such requests as early as 1.24; please fix your "
      + "requests; duplicate UID(s) observed: \(uids.joined(separator: ", "))"
  }
}
