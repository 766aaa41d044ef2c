import JSON
import KubernetesAPI

extension APIServer {
  func respondScale<Object: KubernetesObject>(_ request: APIRequest, _ type: Object.Type)
    throws(StatusError) -> APIResponse
  {
    let kind = Object.resource.kind
    let (namespace, name) = (request.namespace, request.name)
    switch request.verb {
    case .get:
      return APIResponse(code: 200, body: try scale(kind: kind, namespace, name).json)
    case .update:
      let wanted = try givenScale(request)
      let changed = try setScale(
        kind: kind, namespace, name, replicas: wanted.spec.replicas,
        resourceVersion: wanted.metadata.resourceVersion)
      return APIResponse(code: 200, body: changed.json)
    case .patch where request.patchType == .apply:
      // A size has one field, which who insists on it owns; who owns it now is not kept.
      if request.query["force"] != "true" { throw .unknownPatch }
      let wanted = try givenScale(request)
      let changed = try setScale(
        kind: kind, namespace, name, replicas: wanted.spec.replicas,
        resourceVersion: wanted.metadata.resourceVersion)
      return APIResponse(code: 200, body: changed.json)
    case .patch:
      let json = try patchJSON(
        type, ObjectKey(namespace, name), "scale", request.patchType, request.body ?? .null
      ).json
      return APIResponse(code: 200, body: json)
    case .list, .create, .delete, .deleteCollection, .other: throw .notAllowed
    }
  }

  private func givenScale(_ request: APIRequest) throws(StatusError) -> Scale {
    guard let body = request.body else { throw .badRequest("the request has no body") }
    let apiVersion = body["apiVersion"]?.stringValue ?? "autoscaling/v1"
    if let kind = body["kind"]?.stringValue, kind != "Scale" {
      throw .anotherKind(apiVersion, kind, as: Scale.resource)
    }
    let wanted = try decode(Scale.self, body)
    if !wanted.metadata.name.isEmpty, wanted.metadata.name != request.name {
      throw .badRequest(
        "the name of the object (\(wanted.metadata.name)) does not match the name on the URL "
          + "(\(request.name))")
    }
    return wanted
  }

  /// Binds a pod as the scheduler does.
  ///
  /// Source: `pkg/registry/core/pod/storage/storage.go` BindingREST.
  func respondBinding(_ request: APIRequest) throws(StatusError) -> APIResponse {
    let body = request.body ?? .null
    let name = body.value(at: "metadata", "name")?.stringValue ?? ""
    if !request.name.isEmpty, name != request.name {
      throw .badRequest("name in URL does not match name in Binding object")
    }
    let kind = body.value(at: "target", "kind")?.stringValue ?? ""
    let node = body.value(at: "target", "name")?.stringValue ?? ""
    if !["", "Node"].contains(kind) {
      throw StatusError(
        code: 500, reason: "",
        message: "target.kind: Unsupported value: \"\(kind)\": supported values: \"Node\", "
          + "\"<empty>\"")
    }
    if node.isEmpty {
      throw StatusError(code: 500, reason: "", message: "target.name: Required value")
    }
    let annotations =
      (try? FieldReader(body["metadata"]?.objectValue ?? [:])
        .stringMap("annotations")) ?? [:]
    let old = try get(Pod.self, request.namespace, name)
    if let uid = body.value(at: "metadata", "uid")?.stringValue, uid != old.metadata.uid {
      throw .conflict(
        Pod.resource, name,
        "StorageError: invalid object, Code: 4, Key: /registry/pods/\(old.key), "
          + "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
          + "\(uid), UID in object meta: \(old.metadata.uid)")
    }
    try bind(request.namespace, name, to: node, annotations: annotations)
    return Self.done
  }

  private static var done: APIResponse {
    APIResponse(
      code: 201,
      body: [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201,
      ])
  }

  /// Replaces what holds a namespace that is going; without any it is gone.
  func respondFinalize(_ request: APIRequest) throws(StatusError) -> APIResponse {
    let given = try decode(Namespace.self, try request.object(Namespace.self))
    let old = try current(for: given)
    var changed = old
    changed.spec.finalizers = given.spec.finalizers
    var causes = CauseList()
    for (index, name) in changed.spec.finalizers.enumerated() {
      causes.finalizer("spec.finalizers[\(index)]", name)
    }
    if !causes.causes.isEmpty {
      throw .invalid(Namespace.resource, request.name, causes.causes)
    }
    // What nothing holds any more goes with the version that it had.
    let stored = store(changed, over: old)
    changed.metadata.resourceVersion = old.metadata.resourceVersion
    let isGone = find(Namespace.self, "", request.name) == nil
    return APIResponse(code: 200, body: (isGone ? changed : stored).json)
  }

  /// Deletes a pod unless that breaks a PodDisruptionBudget.
  ///
  /// Source: `pkg/registry/core/pod/storage/eviction.go`.
  func respondEviction(_ request: APIRequest) throws(StatusError) -> APIResponse {
    if request.body?.value(at: "metadata", "name")?.stringValue != request.name {
      throw .badRequest("name in URL does not match name in Eviction object")
    }
    let pod = try get(Pod.self, request.namespace, request.name)
    var options = try request.deleteOptions()
    if let uid = options.uid, uid != pod.metadata.uid {
      throw .notFound(Pod.resource, request.name)
    }
    let ignoresBudgets =
      pod.isTerminal || pod.status.phase == "Pending" || pod.metadata.isBeingDeleted
    if !ignoresBudgets { try spendBudget(for: pod) }
    if options.resourceVersion == nil, !ignoresBudgets {
      options.uid = pod.metadata.uid
    }
    if options.resourceVersion == nil
      || options.resourceVersion == pod.metadata.resourceVersion
    {
      let marked = try modifyStatus(Pod.self, request.namespace, request.name) {
        $0.status.setDisruption(
          reason: "EvictionByEvictionAPI", message: "Eviction API: evicting", now: now)
      }
      // What was asked for is that nobody else changed the pod.
      if options.resourceVersion != nil {
        options.resourceVersion = marked.metadata.resourceVersion
      }
    }
    try delete(Pod.self, request.namespace, request.name, options: options)
    return Self.done
  }

  private func spendBudget(for pod: Pod) throws(StatusError) {
    let budgets = list(PodDisruptionBudget.self, namespace: pod.metadata.namespace).filter {
      $0.selects(pod)
    }
    guard let budget = budgets.first else { return }
    if budgets.count > 1 {
      throw StatusError(
        code: 500, reason: "InternalError",
        message: "This pod has more than one PodDisruptionBudget, which the eviction subresource "
          + "does not support.")
    }
    let isReady = pod.status.conditions.first("Ready")?.status == .true
    if !isReady {
      let policy = budget.content["spec"]?["unhealthyPodEvictionPolicy"]?.stringValue
      if policy == "AlwaysAllow" { return }
      if budget.number("currentHealthy") >= budget.number("desiredHealthy"),
        budget.number("desiredHealthy") > 0
      {
        return
      }
    }
    if budget.number("observedGeneration") < budget.metadata.generation {
      var error = StatusError(
        code: 429, reason: "TooManyRequests",
        message: "Cannot evict pod as it would violate the pod's disruption budget.")
      error.causes = [
        StatusError.Cause(
          reason: "DisruptionBudget",
          message: "The disruption budget \(budget.metadata.name) is still being processed by the "
            + "server.", field: "")
      ]
      error.retryAfterSeconds = 10
      throw error
    }
    if budget.number("disruptionsAllowed") <= 0 {
      var error = StatusError(
        code: 429, reason: "TooManyRequests",
        message: "Cannot evict pod as it would violate the pod's disruption budget.")
      error.causes = [
        StatusError.Cause(
          reason: "DisruptionBudget",
          message: "The disruption budget \(budget.metadata.name) needs "
            + "\(budget.number("desiredHealthy")) healthy pods and has \(budget.number("currentHealthy")) "
            + "currently", field: "")
      ]
      throw error
    }
    take(one: pod, from: budget)
  }

  private func take(one pod: Pod, from budget: PodDisruptionBudget) {
    var changed = budget
    var status = budget.content["status"] ?? [:]
    let allowed = budget.number("disruptionsAllowed") - 1
    status["disruptionsAllowed"] = .integer(allowed)
    var disrupted = status["disruptedPods"] ?? [:]
    disrupted[pod.metadata.name] = .string(now.description)
    status["disruptedPods"] = disrupted
    changed.content["status"] = status
    if allowed == 0 { changed.updateAllowedCondition(now: now) }
    _ = store(changed, over: budget)
  }
}
