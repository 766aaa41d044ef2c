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
        kind: kind, namespace, name, replicas: wanted.spec.replicas, as: wanted.metadata)
      return APIResponse(code: 200, body: changed.json)
    case .patch where request.patchType == .apply:
      // A size has one field, which who insists on it owns; who owns it now is not kept.
      if request.query["force"] != "true" { throw .unknownPatch }
      let wanted = try givenScale(request)
      let changed = try setScale(
        kind: kind, namespace, name, replicas: wanted.spec.replicas, as: wanted.metadata)
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
    var wanted = try decode(Scale.self, body)
    try wanted.checkPlace(request.namespace, request.name)
    try wanted.settleVersion()
    return wanted
  }

  /// Binds a pod as the scheduler does.
  ///
  /// Source: `pkg/registry/core/pod/storage/storage.go` BindingREST.
  func respondBinding(_ request: APIRequest) throws(StatusError) -> APIResponse {
    try request.checkKind("Binding", group: "")
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
    let uid = body.value(at: "metadata", "uid")?.stringValue ?? ""
    if !uid.isEmpty, uid != old.metadata.uid { throw .otherIdentity(uid, old) }
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
    try given.checkName(request.name)
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
    try request.checkKind("Eviction", group: "policy")
    if request.body?.value(at: "metadata", "name")?.stringValue != request.name {
      throw .badRequest("name in URL does not match name in Eviction object")
    }
    let pod = try get(Pod.self, request.namespace, request.name)
    var options = try request.deleteOptions()
    let ignoresBudgets =
      pod.isTerminal || pod.status.phase == "Pending" || pod.metadata.isBeingDeleted
    if !ignoresBudgets { try spendBudget(for: pod) }
    try check(options, pod)
    let marked = try modifyStatus(Pod.self, request.namespace, request.name) {
      $0.status.setDisruption(
        reason: "EvictionByEvictionAPI", message: "Eviction API: evicting", now: now)
    }
    // What was asked for is that nobody else changed the pod.
    if options.resourceVersion != nil {
      options.resourceVersion = marked.metadata.resourceVersion
    }
    try delete(Pod.self, request.namespace, request.name, options: options)
    return Self.done
  }

  /// How many evictions a budget's controller may be behind.
  private static let disruptedPodsMax = 2000

  private func spendBudget(for pod: Pod) throws(StatusError) {
    let budgets = list(PodDisruptionBudget.self, namespace: pod.metadata.namespace).filter {
      $0.selects(pod)
    }
    guard let budget = budgets.first else { return }
    if budgets.count > 1 {
      throw StatusError(
        code: 500, reason: "",
        message: "This pod has more than one PodDisruptionBudget, which the eviction subresource "
          + "does not support.")
    }
    let name = budget.metadata.name
    let (healthy, desired) = (budget.number("currentHealthy"), budget.number("desiredHealthy"))
    if pod.status.conditions.first("Ready")?.status != .true {
      let policy = budget.content["spec"]?["unhealthyPodEvictionPolicy"]?.stringValue
      if policy == "AlwaysAllow" || healthy >= desired && desired > 0 { return }
    }
    if budget.number("observedGeneration") < budget.metadata.generation {
      throw .tooManyDisruptions(
        "The disruption budget \(name) is still being processed by the server.", retryAfter: 10)
    }
    let allowed = budget.number("disruptionsAllowed")
    if allowed < 0 { throw .brokenBudget(name, "pdb disruptions allowed is negative") }
    let disrupted = budget.content["status"]?["disruptedPods"]?.objectValue?.count ?? 0
    if disrupted > Self.disruptedPodsMax {
      throw .brokenBudget(
        name,
        "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
    }
    if allowed == 0 {
      throw .tooManyDisruptions(
        "The disruption budget \(name) needs \(desired) healthy pods and has \(healthy) currently")
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

extension StatusError {
  /// 429: a budget does not allow it now.
  fileprivate static func tooManyDisruptions(_ why: String, retryAfter seconds: Int? = nil)
    -> StatusError
  {
    var error = StatusError(
      code: 429, reason: "TooManyRequests",
      message: "Cannot evict pod as it would violate the pod's disruption budget.")
    error.causes = [Cause(reason: "DisruptionBudget", message: why, field: "")]
    if let seconds { error.retryAfterSeconds = seconds }
    return error
  }

  /// 403: a budget whose status cannot be relied on; upstream names the kind here.
  fileprivate static func brokenBudget(_ name: String, _ why: String) -> StatusError {
    .forbidden(
      ResourceType(group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudget"),
      name, why)
  }
}
