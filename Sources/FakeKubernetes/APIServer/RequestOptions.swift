import JSON
import KubernetesAPI

extension APIRequest {
  /// Whether nothing is to be kept.
  var isDryRun: Bool {
    query["dryRun"] == "All" || body?["dryRun"] == ["All"]
      || body?.value(at: "deleteOptions", "dryRun") == ["All"]
  }

  /// Throws 422 if what the query says about a write is no such option.
  ///
  /// Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go` ValidateCreateOptions and
  /// its like.
  func checkWriteOptions() throws(StatusError) {
    let kind: String
    switch verb {
    case .create: kind = "CreateOptions"
    case .update: kind = "UpdateOptions"
    case .patch: kind = "PatchOptions"
    case .get, .list, .delete, .deleteCollection, .other: return
    }
    var causes = CauseList()
    let manager = query["fieldManager"] ?? ""
    if verb == .patch {
      if patchType == .apply, manager.isEmpty {
        causes.required("fieldManager", "is required for apply patch")
      } else if patchType != .apply, query["force"] != nil {
        causes.forbidden("force", "may not be specified for non-apply patch")
      }
    }
    if manager.utf8.count > 128 { causes.tooLong("fieldManager", 128) }
    if let value = query["dryRun"], value != "All" {
      causes.notSupported("dryRun", shown: JSONValue.array([.string(value)]).text(), ["All"])
    }
    let levels = ["", "Ignore", "Strict", "Warn"]
    if let level = query["fieldValidation"], !levels.contains(level) {
      causes.notSupported("fieldValidation", level, levels)
    }
    try Self.refuse(kind, causes)
  }

  static func refuse(_ kind: String, _ causes: CauseList) throws(StatusError) {
    if causes.causes.isEmpty { return }
    let resource = ResourceType(group: "meta.k8s.io", kind: kind, plural: "")
    throw .invalid(resource, "", causes.causes)
  }

  /// A number of the query; throws 400 if the text is none.
  func number(_ key: String) throws(StatusError) -> Int64? {
    guard let text = query[key], !text.isEmpty else { return nil }
    guard let number = Int64(text) else {
      throw .badRequest("strconv.ParseInt: parsing \(text.goQuoted): invalid syntax")
    }
    return number
  }

  /// What the body or else the query says about a deletion.
  ///
  /// Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go` ValidateDeleteOptions.
  func deleteOptions() throws(StatusError) -> DeleteOptions {
    var options = DeleteOptions()
    let isEviction = subresource == "eviction"
    let given = isEviction ? body?["deleteOptions"] : body
    let source = given ?? .null
    if let kind = source["kind"]?.stringValue, kind != "DeleteOptions" {
      let version = source["apiVersion"]?.stringValue ?? ""
      throw StatusError(
        code: 500, reason: "",
        message: "converting (\(version).\(kind)) to (v1.DeleteOptions): unknown conversion")
    }
    if let grace = source["gracePeriodSeconds"], grace != .null {
      guard let seconds = grace.integerValue else {
        throw StatusError(
          code: 500, reason: "",
          message: "json: cannot unmarshal \(grace.kindName) into Go struct field "
            + "DeleteOptions.gracePeriodSeconds of type int64")
      }
      options.gracePeriodSeconds = seconds
    } else if given == nil {
      options.gracePeriodSeconds = try number("gracePeriodSeconds")
    }
    options.uid = source.value(at: "preconditions", "uid")?.stringValue
    options.resourceVersion = source.value(at: "preconditions", "resourceVersion")?.stringValue
    options.propagationPolicy = try propagationPolicy(source, hasBody: given != nil)
    return options
  }

  private func propagationPolicy(_ source: JSONValue, hasBody: Bool) throws(StatusError)
    -> PropagationPolicy?
  {
    let text = hasBody ? source["propagationPolicy"]?.stringValue : query["propagationPolicy"]
    let orphans =
      hasBody
      ? source["orphanDependents"]?.boolValue
      : query["orphanDependents"].map { $0 != "false" && $0 != "0" }
    var causes = CauseList()
    if let text, orphans != nil {
      causes.invalid(
        "propagationPolicy", text.goQuoted,
        "orphanDependents and deletionPropagation cannot be both set")
    }
    if let text, PropagationPolicy(rawValue: text) == nil {
      causes.notSupported("propagationPolicy", text, ["Foreground", "Background", "Orphan", "nil"])
    }
    let dryRun =
      hasBody
      ? source["dryRun"]?.arrayValue ?? [] : query["dryRun"].map { [.string($0)] } ?? []
    if dryRun.contains(where: { $0 != "All" }) {
      causes.notSupported("dryRun", shown: JSONValue.array(dryRun).text(), ["All"])
    }
    try Self.refuse("DeleteOptions", causes)
    if let orphans { return orphans ? .orphan : .background }
    return text.flatMap { PropagationPolicy(rawValue: $0) }
  }
}
