import JSON
import KubernetesAPI

extension APIServer {
  /// Answers one call; failures are answers too.
  package func respond(to request: APIRequest) -> APIResponse {
    do throws(StatusError) {
      let form = try AcceptedForm.wanted(request.accept, isList: request.verb == .list)
      let generation = generation(of: request)
      var response = try withDryRun(request.isDryRun) { () throws(StatusError) -> APIResponse in
        try answer(request)
      }
      response.warnings += request.warnings(about: response.body, generation: generation)
      if form != .whole, let type = type(of: request) {
        response.body = try form.shown(response.body, type.resource)
      }
      return response
    } catch {
      var response = APIResponse(error)
      response.warnings = request.deprecationWarnings
      return response
    }
  }

  private func type(of request: APIRequest) -> (any KubernetesObject.Type)? {
    KindRegistry.types.first {
      let resource = $0.resource
      let isServed =
        request.version == resource.version
        || resource.group == "autoscaling"
          && request.version == "v1"
      return resource.plural == request.resource && resource.group == request.group && isServed
    }
  }

  /// The generation of what a request is about, nil if it is not there.
  private func generation(of request: APIRequest) -> Int64? {
    guard request.verb == .update || request.verb == .patch else { return nil }
    switch request.resource {
    case "deployments":
      return find(Deployment.self, request.namespace, request.name)?.metadata.generation
    case "replicasets":
      return find(ReplicaSet.self, request.namespace, request.name)?.metadata.generation
    default: return nil
    }
  }

  private func answer(_ request: APIRequest) throws(StatusError) -> APIResponse {
    if request.resource == "bindings", request.group.isEmpty, request.verb == .create {
      return try respondBinding(request)
    }
    guard let type = type(of: request) else { throw .noSuchPlace }
    return try answer(request, type)
  }

  private func answer<Object: KubernetesObject>(_ request: APIRequest, _ type: Object.Type)
    throws(StatusError) -> APIResponse
  {
    try request.checkPlace(type)
    try request.checkWriteOptions()
    switch request.subresource {
    case "", "status", "resize": break
    case "scale": return try respondScale(request, type)
    case "binding": return try respondBinding(request)
    case "eviction": return try respondEviction(request)
    case "finalize": return try respondFinalize(request)
    default: return try respondPodConnection(request)
    }
    let key = ObjectKey(Object.resource.isNamespaced ? request.namespace : "", request.name)
    switch request.verb {
    case .get:
      let json = try get(type, key.namespace, key.name).json
      return APIResponse(code: 200, body: request.shown(json))
    case .list: return try respondList(request, type)
    case .create: return try respondCreate(request, type)
    case .update: return try respondUpdate(request, type)
    case .patch:
      if request.patchType == .apply { throw .unknownPatch }
      let patch = request.body ?? .null
      let (json, warnings) = try patchJSON(
        type, key, request.subresource, request.patchType, patch, version: request.version)
      var response = APIResponse(code: 200, body: request.shown(json))
      response.warnings = warnings
      return response
    case .delete: return try respondDelete(request, type, key)
    case .deleteCollection: return try respondDeleteCollection(request, type)
    case .other: throw .notAllowed
    }
  }

  private func respondCreate<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> APIResponse {
    let (object, warnings) = try given(request, type)
    var response = APIResponse(code: 201, body: request.shown(try create(object).json))
    response.warnings = warnings
    return response
  }

  /// The object that a request brings, and what people are to know of it.
  private func given<Object: KubernetesObject>(_ request: APIRequest, _ type: Object.Type)
    throws(StatusError) -> (Object, [String])
  {
    let body = request.stored(try request.object(type))
    var object = try given(type, body, request.namespace)
    let repeated = object.metadata.dropRepeatedOwners()
    if repeated.isEmpty { return (object, []) }
    return (object, [ObjectMeta.repeatedOwnersWarning(repeated, isAfterAdmission: false)])
  }

  private func respondUpdate<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type
  ) throws(StatusError) -> APIResponse {
    var (object, warnings) = try given(request, type)
    try object.checkName(request.name)
    try object.settleVersion()
    var response: APIResponse
    if let old = find(type, object.metadata.namespace, object.metadata.name) {
      if object.metadata.resourceVersion.isEmpty, !Object.isReplacedBlindly {
        throw .lacksVersion(Object.resource, object.metadata.name)
      }
      let json = try replaced(old, by: object, request.subresource)
      response = APIResponse(code: 200, body: request.shown(json))
    } else if Object.isMadeByUpdate, request.subresource != "status" {
      object.metadata.resourceVersion = ""
      response = APIResponse(code: 201, body: request.shown(try create(object).json))
    } else {
      throw .notFound(Object.resource, object.metadata.name)
    }
    response.warnings = warnings
    return response
  }

  private func replaced<Object: KubernetesObject>(
    _ old: Object, by given: Object, _ subresource: String
  ) throws(StatusError) -> JSONValue {
    var object = given
    if subresource == "resize" {
      guard let resized = try resize(try current(for: object), as: object) else {
        throw .noSuchPlace
      }
      return resized
    }
    if subresource == "status" {
      object.applyDefaults()
      return try replaceStatus(try current(for: object), by: object).json
    }
    object.keepFinalizersOfNamespace(old)
    return try update(object).json
  }

  private func respondDelete<Object: KubernetesObject>(
    _ request: APIRequest, _ type: Object.Type, _ key: ObjectKey
  ) throws(StatusError) -> APIResponse {
    let options = try request.deleteOptions()
    let before = try get(type, key.namespace, key.name)
    let object = try delete(type, key.namespace, key.name, options: options)
    let isGone =
      isDryRun ? object.isHeldByNothing : find(type, key.namespace, key.name) == nil
    if !isGone || object is Pod || object is Service {
      return APIResponse(code: 200, body: request.shown(object.json))
    }
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
}

extension APIRequest {
  private static let podConnections = ["log", "exec", "attach", "portforward"]

  private var isOldAutoscaler: Bool {
    group == "autoscaling" && version == "v1" && resource == "horizontalpodautoscalers"
  }

  /// An object in the version that is asked for.
  func shown(_ json: JSONValue) -> JSONValue {
    isOldAutoscaler && json["kind"] == "HorizontalPodAutoscaler"
      ? AutoscalerV1.view(of: json) : json
  }

  /// A given object in the version that is stored.
  func stored(_ json: JSONValue) -> JSONValue {
    isOldAutoscaler ? AutoscalerV1.stored(json) : json
  }

  /// Throws 404 if there is no such subresource, 405 if the place does not take the verb.
  func checkPlace<Object: KubernetesObject>(_ type: Object.Type) throws(StatusError) {
    let resource = Object.resource
    let allowed: [Verb]
    switch subresource {
    case "" where name.isEmpty:
      let isOfAll = resource.isNamespaced && namespace.isEmpty
      allowed =
        isOfAll
        ? [.list]
        : Object.self is Namespace.Type
          ? [.list, .create] : [.list, .create, .deleteCollection]
    case "": allowed = [.get, .update, .patch, .delete]
    case "status", "scale":
      if !resource.subresources.contains(subresource) { throw .noSuchPlace }
      allowed = [.get, .update, .patch]
    case "finalize":
      if !(Object.self is Namespace.Type) { throw .noSuchPlace }
      allowed = [.update]
    case "resize", "binding", "eviction", "log", "exec", "attach", "portforward":
      if !(Object.self is Pod.Type) { throw .noSuchPlace }
      switch subresource {
      case "resize": allowed = [.get, .update, .patch]
      case "log": allowed = [.get]
      case "exec", "attach", "portforward": allowed = [.get, .create]
      default: allowed = [.create]
      }
    default: throw .noSuchPlace
    }
    if !allowed.contains(verb) { throw .notAllowed }
  }
}

extension KubernetesObject {
  /// Only the finalize subresource changes what holds a namespace.
  mutating func keepFinalizersOfNamespace(_ old: Self) {
    guard var space = self as? Namespace, let oldSpace = old as? Namespace else { return }
    space.spec = oldSpace.spec
    if let kept = space as? Self { self = kept }
  }
}

extension StatusError {
  /// 404: the API has no such kind or subresource.
  static var noSuchPlace: StatusError {
    var error = StatusError(
      code: 404, reason: "NotFound", message: "the server could not find the requested resource")
    error.hasEmptyDetails = true
    return error
  }

  /// 405: the place does not take that verb.
  static var notAllowed: StatusError {
    var error = StatusError(
      code: 405, reason: "MethodNotAllowed",
      message: "the server does not allow this method on the requested resource")
    error.hasEmptyDetails = true
    return error
  }

  /// 415: a patch of a form that is not taken here.
  static var unknownPatch: StatusError {
    StatusError(
      code: 415, reason: "UnsupportedMediaType",
      message: "the body of the request was in an unknown format - accepted media types include: "
        + "\(PatchType.json.rawValue), \(PatchType.merge.rawValue), "
        + PatchType.strategicMerge.rawValue)
  }

  /// 422: a kind that is replaced only by version was given without one.
  static func lacksVersion(_ resource: ResourceType, _ name: String) -> StatusError {
    var causes = CauseList()
    causes.invalid("metadata.resourceVersion", "0", "must be specified for an update")
    // Upstream has only the plural at hand here.
    let shown = ResourceType(
      group: resource.group, kind: resource.plural, plural: resource.plural)
    return .invalid(shown, name, causes.causes)
  }
}
