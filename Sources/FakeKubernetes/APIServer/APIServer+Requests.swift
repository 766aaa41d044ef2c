import JSON
import KubernetesAPI

extension APIServer {
  /// Answers one call; failures are answers too.
  package func respond(to request: APIRequest) -> APIResponse {
    do throws(StatusError) {
      return try withDryRun(request.isDryRun) { () throws(StatusError) -> APIResponse in
        try answer(request)
      }
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
        code: 200, body: try patchJSON(type, key, subresource, request.patchType, patch))
    case .delete: return try respondDelete(request, type, key)
    case .deleteCollection: return try respondDeleteCollection(request, type)
    }
  }

  private func respondUpdate<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> JSONValue {
    var object = try given(type, try request.object(type), request.namespace)
    if object.metadata.name.isEmpty { object.metadata.name = request.name }
    if object.metadata.name != request.name {
      throw .badRequest(
        "the name of the object (\(object.metadata.name)) does not match the name on the URL "
          + "(\(request.name))")
    }
    if request.subresource == "status" { return try updateStatus(object).json }
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
  func deleteOptions() throws(StatusError) -> DeleteOptions {
    var options = DeleteOptions()
    let source = body?["deleteOptions"] ?? (subresource == "eviction" ? .null : body) ?? .null
    func text(_ key: String) -> String? { source[key]?.stringValue ?? query[key] }
    options.gracePeriodSeconds =
      source["gracePeriodSeconds"]?.integerValue
      ?? query["gracePeriodSeconds"].flatMap { Int64($0) }
    options.propagationPolicy = text("propagationPolicy").flatMap {
      PropagationPolicy(rawValue: $0)
    }
    let orphans =
      source["orphanDependents"]?.boolValue ?? query["orphanDependents"].map { $0 == "true" }
    if options.propagationPolicy == nil, let orphans {
      options.propagationPolicy = orphans ? .orphan : .background
    }
    options.uid = source.value(at: "preconditions", "uid")?.stringValue
    options.resourceVersion = source.value(at: "preconditions", "resourceVersion")?.stringValue
    return options
  }
}

extension StatusError {
  /// 404: the API has no such kind or subresource.
  static var noSuchPlace: StatusError {
    StatusError(
      code: 404, reason: "NotFound", message: "the server could not find the requested resource")
  }
}
