import JSON
import KubernetesAPI

/// What the pods of a namespace may use together.
///
/// Source: `plugin/pkg/admission/resourcequota`, `pkg/quota/v1/evaluator/core/pods.go`. A quota
/// limits nothing before the quota controller has told in its status what is used.
enum QuotaRules {
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
    let pod = object as? Pod
    if let pod {
      for (name, amount) in QuotaUsage.of([pod]).pairs { requested[name] = amount }
    } else if let service = object as? Service {
      for (name, amount) in QuotaUsage.of(service).pairs { requested[name] = amount }
    }
    var charged: [(old: ResourceQuota, new: ResourceQuota)] = []
    for quota in quotas {
      if let pod, !QuotaUsage.counts(pod, quota) { continue }
      let hard = quota.amounts("status", "hard")
      var used = quota.amounts("status", "used")
      if let pod, let lack = QuotaUsage.lack(pod, hard) {
        throw .forbidden(
          Pod.resource, pod.metadata.name,
          "failed quota: \(quota.metadata.name): must specify "
            + lack)
      }
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
}

extension ResourceQuota {
  /// Whether the status tells what is limited and used.
  fileprivate var isCounted: Bool {
    !(content["status"]?["hard"]?.objectValue ?? [:]).isEmpty
  }

  /// The amounts of a part, such as `status.used`.
  func amounts(_ part: String, _ list: String) -> ResourceList {
    var amounts = ResourceList()
    for (name, value) in content[part]?[list]?.objectValue ?? [:] {
      amounts[name] = Quantity(value.stringValue ?? value.text())
    }
    return amounts
  }
}
