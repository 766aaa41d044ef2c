import JSON
import KubernetesAPI

extension APIServer {
  /// Answers one call; failures are answers too.
  package func respond(to request: APIRequest) -> APIResponse {
    do throws(StatusError) {
      let isOldAutoscaler =
        request.group == "autoscaling" && request.version == "v1"
        && request.resource == "horizontalpodautoscalers"
      var request = request
      if isOldAutoscaler, request.verb == .create || request.verb == .update {
        request.body = request.body.map(AutoscalerV1.stored)
      }
      var response = try withDryRun(request.isDryRun) { () throws(StatusError) -> APIResponse in
        try answer(request)
      }
      if isOldAutoscaler, response.body["kind"] == "HorizontalPodAutoscaler" {
        response.body = AutoscalerV1.view(of: response.body)
      }
      response.warnings = request.warnings(about: response.body)
      return response
    } catch {
      return APIResponse(error)
    }
  }

  private func answer(_ request: APIRequest) throws(StatusError) -> APIResponse {
    if request.resource == "bindings", request.verb == .create {
      return try respondBinding(request)
    }
    let type = KindRegistry.types.first {
      $0.resource.plural == request.resource && $0.resource.group == request.group
    }
    guard let type else { throw .noSuchPlace }
    return try answer(request, type)
  }

  private func answer<Object: KubernetesObject>(_ request: APIRequest, _ type: Object.Type)
    throws(StatusError) -> APIResponse
  {
    switch request.subresource {
    case "", "status": break
    case "scale": return try respondScale(request, type)
    case "binding": return try respondBinding(request)
    case "eviction": return try respondEviction(request)
    case "finalize": return try respondFinalize(request)
    default: throw .noSuchPlace
    }
    let key = ObjectKey(Object.resource.isNamespaced ? request.namespace : "", request.name)
    switch request.verb {
    case .get:
      return APIResponse(code: 200, body: try get(type, key.namespace, key.name).json)
    case .list: return try respondList(request, type)
    case .create:
      let object = try given(type, try request.object(type), request.namespace)
      return APIResponse(code: 201, body: try create(object).json)
    case .update: return APIResponse(code: 200, body: try respondUpdate(request, type))
    case .patch:
      let patch = request.body ?? .null
      let subresource = request.subresource
      return APIResponse(
        code: 200,
        body: try patchJSON(
          type, key, subresource, request.patchType, patch, version: request.version))
    case .delete: return try respondDelete(request, type, key)
    case .deleteCollection: return try respondDeleteCollection(request, type)
    }
  }

  private func respondUpdate<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> JSONValue {
    var object = try given(type, try request.object(type), request.namespace)
    if object.metadata.name.isEmpty {
      throw .badRequest(
        "the name of the object (\(request.name) based on URL) was undeterminable: name must be "
          + "provided")
    }
    if object.metadata.name != request.name {
      throw .badRequest(
        "the name of the object (\(object.metadata.name)) does not match the name on the URL "
          + "(\(request.name))")
    }
    if request.subresource == "status" {
      object.applyDefaults()
      try object.checkStatus()
      return try replaceStatus(try current(for: object), by: object).json
    }
    if let old = find(type, object.metadata.namespace, object.metadata.name) {
      object.keepFinalizersOfNamespace(old)
    }
    return try update(object).json
  }

  private func respondList<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> APIResponse {
    let objects = try selected(request, type)
    return APIResponse(code: 200, body: listBody(objects))
  }

  private func selected<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> [Object] {
    let labels = request.query["labelSelector"] ?? ""
    guard let query = LabelQuery(labels) else {
      throw .badRequest("unable to parse requirement: \(labels)")
    }
    let fields = request.query["fieldSelector"] ?? ""
    guard let fieldQuery = FieldQuery(fields) else {
      throw .badRequest("invalid selector: '\(fields)'; can't understand '\(fields)'")
    }
    let namespace = request.namespace.isEmpty ? nil : request.namespace
    var objects: [Object] = []
    for object in list(type, namespace: namespace, labels: query) {
      guard let isSelected = fieldQuery.matches(object) else {
        throw .badRequest("field label not supported: \(fields)")
      }
      if isSelected { objects.append(object) }
    }
    return objects
  }

  private func listBody<Object: KubernetesObject>(_ objects: [Object]) -> JSONValue {
    let items = objects.map { object -> JSONValue in
      var json = object.json
      json["apiVersion"] = nil
      json["kind"] = nil
      return json
    }
    return [
      "kind": .string("\(Object.resource.kind)List"),
      "apiVersion": .string(Object.resource.apiVersion),
      "metadata": ["resourceVersion": .string(String(version))],
      "items": .array(items),
    ]
  }

  private func respondDelete<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type, _ key: ObjectKey
  ) throws(StatusError) -> APIResponse {
    let options = try request.deleteOptions()
    let before = try get(type, key.namespace, key.name)
    let object = try delete(type, key.namespace, key.name, options: options)
    let isGone = object.metadata.finalizers.isEmpty && find(type, key.namespace, key.name) == nil
    let isShown =
      !(isGone || isDryRun && before.isHeldByNothing && !(before is Namespace))
      || object is Pod || object is Service
    if isShown { return APIResponse(code: 200, body: object.json) }
    return APIResponse(
      code: 200, body: Self.success(Object.resource, key.name, before.metadata.uid))
  }

  private static func success(_ resource: ResourceType, _ name: String, _ uid: String)
    -> JSONValue
  {
    var details: JSONObject = ["name": .string(name)]
    details.putText("group", resource.group)
    details.putText("kind", resource.plural)
    details.putText("uid", uid)
    return [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
      "details": .object(details),
    ]
  }

  private func respondDeleteCollection<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> APIResponse {
    let options = try request.deleteOptions()
    let objects = try selected(request, type)
    let body = listBody(objects)
    for object in objects {
      try delete(type, object.metadata.namespace, object.metadata.name, options: options)
    }
    return APIResponse(code: 200, body: body)
  }
}

extension APIRequest {
  /// What people are told about a request that succeeded.
  ///
  /// Source: `pkg/registry/core/endpoint/strategy.go`, `pkg/api/service/warnings.go`.
  func warnings(about answer: JSONValue) -> [String] {
    if subresource != "" { return [] }
    let isWrite = [.create, .update, .patch].contains(verb)
    switch resource {
    case "endpoints":
      return ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"]
    case "pods" where verb == .create:
      return (try? Pod(json: answer))?.warnings ?? []
    case "deployments" where verb == .create, "replicasets" where verb == .create:
      let template = try? PodSpecContent(
        json: answer.value(at: "spec", "template", "spec") ?? [:])
      return template?.warnings(in: "spec.template.spec") ?? []
    case "services" where isWrite:
      let spec = answer["spec"]
      if spec?["externalName"] != nil, spec?["type"] != "ExternalName" {
        return ["spec.externalName is ignored when spec.type is not \"ExternalName\""]
      }
      return []
    default: return []
    }
  }

  /// Whether nothing is to be kept.
  var isDryRun: Bool {
    query["dryRun"] == "All" || body?["dryRun"] == ["All"]
      || body?.value(at: "deleteOptions", "dryRun") == ["All"]
  }

  /// The body as an object of that kind; its kind and version may be left out.
  func object<Object: KubernetesObject>(_ type: Object.Type) throws(StatusError) -> JSONValue {
    guard let body else { throw .badRequest("the request has no body") }
    return body
  }

  /// What the body or the query says about a deletion; the body goes first.
  ///
  /// Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go` ValidateDeleteOptions.
  func deleteOptions() throws(StatusError) -> DeleteOptions {
    var options = DeleteOptions()
    let source = body?["deleteOptions"] ?? (subresource == "eviction" ? .null : body) ?? .null
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
    } else {
      options.gracePeriodSeconds = query["gracePeriodSeconds"].flatMap { Int64($0) }
    }
    options.uid = source.value(at: "preconditions", "uid")?.stringValue
    options.resourceVersion = source.value(at: "preconditions", "resourceVersion")?.stringValue
    options.propagationPolicy = try propagationPolicy(source)
    return options
  }

  private func propagationPolicy(_ source: JSONValue) throws(StatusError) -> PropagationPolicy? {
    let hasBody = source.objectValue != nil
    let text = hasBody ? source["propagationPolicy"]?.stringValue : query["propagationPolicy"]
    let orphans =
      hasBody
      ? source["orphanDependents"]?.boolValue : query["orphanDependents"].map { $0 == "true" }
    var causes = CauseList()
    if let text, orphans != nil {
      causes.invalid(
        "propagationPolicy", "\"\(text)\"",
        "orphanDependents and deletionPropagation cannot be both set")
    } else if let text, PropagationPolicy(rawValue: text) == nil {
      causes.notSupported("propagationPolicy", text, ["Foreground", "Background", "Orphan", "nil"])
    }
    if !causes.causes.isEmpty {
      let resource = ResourceType(group: "meta.k8s.io", kind: "DeleteOptions", plural: "")
      throw .invalid(resource, "", causes.causes)
    }
    if let orphans { return orphans ? .orphan : .background }
    return text.flatMap { PropagationPolicy(rawValue: $0) }
  }
}

extension KubernetesObject {
  /// Only the finalize subresource changes what holds a namespace.
  mutating func keepFinalizersOfNamespace(_ old: Self) {
    guard var space = self as? Namespace, let oldSpace = old as? Namespace else { return }
    space.spec = oldSpace.spec
    if let kept = space as? Self { self = kept }
  }

  /// Throws 422 if a status may not be so.
  func checkStatus() throws(StatusError) {
    var causes = CauseList()
    if let space = self as? Namespace {
      let isGoing = space.metadata.isBeingDeleted
      if !isGoing, space.status.phase != "Active" {
        causes.invalid(
          "status.Phase", "\"\(space.status.phase)\"",
          "may only be 'Active' if `deletionTimestamp` is empty")
      } else if isGoing, space.status.phase != "Terminating" {
        causes.invalid(
          "status.Phase", "\"\(space.status.phase)\"",
          "may only be 'Terminating' if `deletionTimestamp` is not empty")
      }
    } else if let service = self as? Service, service.spec.type != "LoadBalancer",
      !(service.status.loadBalancer?["ingress"]?.arrayValue ?? []).isEmpty
    {
      causes.forbidden(
        "status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'")
    }
    if let set = self as? ReplicaSet { set.checkCounts(&causes) }
    if let budget = self as? PodDisruptionBudget {
      for key in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] {
        guard let number = budget.content["status"]?[key]?.integerValue, number < 0 else {
          continue
        }
        causes.invalid("status.\(key)", "\(number)", "must be greater than or equal to 0")
      }
    }
    if !causes.causes.isEmpty {
      throw .invalid(Self.resource, metadata.name, causes.causes)
    }
  }
}

extension ReplicaSet {
  /// Source: `pkg/apis/apps/validation/validation.go` ValidateReplicaSetStatus.
  fileprivate func checkCounts(_ causes: inout CauseList) {
    let counts = [
      ("fullyLabeledReplicas", status.fullyLabeledReplicas),
      ("readyReplicas", status.readyReplicas), ("availableReplicas", status.availableReplicas),
    ]
    for (name, count) in counts where count > status.replicas {
      causes.invalid("status.\(name)", "\(count)", "cannot be greater than status.replicas")
    }
    if status.availableReplicas > status.readyReplicas {
      causes.invalid(
        "status.availableReplicas", "\(status.availableReplicas)",
        "cannot be greater than readyReplicas")
    }
  }
}

extension StatusError {
  /// 404: the API has no such kind or subresource.
  static var noSuchPlace: StatusError {
    StatusError(
      code: 404, reason: "NotFound", message: "the server could not find the requested resource")
  }
}
