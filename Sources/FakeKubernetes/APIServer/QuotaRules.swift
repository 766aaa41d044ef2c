import JSON
import KubernetesAPI

/// What the pods of a namespace may use together.
///
/// Source: `plugin/pkg/admission/resourcequota`, `pkg/quota/v1/evaluator/core/pods.go`. Usage is
/// counted afresh each time, so that what a pod used is free as soon as it is gone.
enum QuotaRules {
  /// Throws 403 if a pod does not fit a quota of its namespace.
  static func check(_ pod: Pod, _ server: APIServer) throws(StatusError) {
    let quotas = server.list(ResourceQuota.self, namespace: pod.metadata.namespace).filter {
      !$0.isCounted
    }
    if quotas.isEmpty { return }
    let others = server.list(Pod.self, namespace: pod.metadata.namespace).filter {
      !$0.isTerminal
    }
    let requested = usage([pod])
    let used = usage(others)
    for quota in quotas {
      let hard = hardLimits(quota)
      let exceeded = hard.names.filter { name in
        guard let limit = hard[name], let request = requested[name], request > .zero else {
          return false
        }
        return (used[name] ?? .zero) + request > limit
      }
      if exceeded.isEmpty { continue }
      func text(_ list: ResourceList) -> String {
        exceeded.map { "\($0)=\((list[$0] ?? .zero).description)" }.joined(separator: ",")
      }
      throw .forbidden(
        Pod.resource, pod.metadata.name,
        "exceeded quota: \(quota.metadata.name), requested: \(text(requested)), "
          + "used: \(text(used)), limited: \(text(hard))")
    }
  }

  /// Adds what an object uses to the quotas whose use is kept in their status; throws 403 if
  /// one of them has too little left.
  ///
  /// Source: `plugin/pkg/admission/resourcequota/controller.go` checkRequest: use is charged
  /// before the object is stored, and stays charged should that fail.
  static func charge<Object: KubernetesObject>(_ object: Object, _ server: APIServer)
    throws(StatusError)
  {
    let quotas = server.list(ResourceQuota.self, namespace: object.metadata.namespace).filter {
      $0.isCounted
    }
    if quotas.isEmpty { return }
    var requested: ResourceList = [
      Object.resource.plural: Quantity(1), "count/\(Object.resource.qualifiedName)": Quantity(1),
    ]
    if let pod = object as? Pod {
      for (name, amount) in usage([pod]).pairs { requested[name] = amount }
    }
    var charged: [(old: ResourceQuota, new: ResourceQuota)] = []
    for quota in quotas {
      let hard = amounts(quota, "hard")
      var used = amounts(quota, "used")
      let names = requested.names.filter { hard[$0] != nil && used[$0] != nil }
      if names.isEmpty { continue }
      var exceeded = false
      for name in names {
        let sum = (used[name] ?? .zero) + (requested[name] ?? .zero)
        if let limit = hard[name], sum > limit { exceeded = true }
      }
      if exceeded { throw tooLittle(object, quota, requested, used, hard) }
      for name in names { used[name] = (used[name] ?? .zero) + (requested[name] ?? .zero) }
      var changed = quota
      var status = quota.content["status"] ?? [:]
      status["used"] = used.json
      changed.content["status"] = status
      charged.append((quota, changed))
    }
    for (old, new) in charged { _ = server.store(new, over: old) }
  }

  private static func tooLittle<Object: KubernetesObject>(
    _ object: Object, _ quota: ResourceQuota, _ requested: ResourceList, _ used: ResourceList,
    _ hard: ResourceList
  ) -> StatusError {
    let exceeded = requested.names.filter { name in
      guard let limit = hard[name], let request = requested[name], let before = used[name] else {
        return false
      }
      return before + request > limit
    }
    func text(_ list: ResourceList) -> String {
      exceeded.map { "\($0)=\((list[$0] ?? .zero).description)" }.joined(separator: ",")
    }
    return .forbidden(
      Object.resource, object.metadata.name,
      "exceeded quota: \(quota.metadata.name), requested: \(text(requested)), "
        + "used: \(text(used)), limited: \(text(hard))")
  }

  private static func amounts(_ quota: ResourceQuota, _ part: String) -> ResourceList {
    var list = ResourceList()
    for (name, value) in quota.content["status"]?[part]?.objectValue ?? [:] {
      list[name] = Quantity(value.stringValue ?? value.text())
    }
    return list
  }

  private static func hardLimits(_ quota: ResourceQuota) -> ResourceList {
    var limits = ResourceList()
    let hard = quota.content["spec"]?["hard"]?.objectValue ?? [:]
    for (name, value) in hard { limits[name] = Quantity(value.stringValue ?? value.text()) }
    return limits
  }

  private static func usage(_ pods: [Pod]) -> ResourceList {
    var total: ResourceList = [
      "pods": Quantity(Int64(pods.count)), "count/pods": Quantity(Int64(pods.count)),
    ]
    func add(_ name: String, _ amount: Quantity) {
      total[name] = (total[name] ?? .zero) + amount
    }
    for container in pods.flatMap({ $0.spec.containers }) {
      for (name, amount) in container.resources.requests.pairs {
        add(name, amount)
        add("requests.\(name)", amount)
      }
      for (name, amount) in container.resources.limits.pairs { add("limits.\(name)", amount) }
    }
    return total
  }
}

extension ResourceQuota {
  /// Whether use is kept in the status; otherwise it is counted afresh.
  fileprivate var isCounted: Bool {
    !(content["status"]?["hard"]?.objectValue ?? [:]).isEmpty
  }
}
