import JSON
import KubernetesAPI

/// What the objects of a namespace may use together.
///
/// Source: `apiserver/pkg/admission/plugin/resourcequota/controller.go` CheckRequest. A quota
/// limits nothing before the quota controller has told in its status what is limited.
enum QuotaRules {
  /// Kinds that no quota counts.
  private static let uncounted = ["events"]

  /// Adds what an object uses, or uses more than before, to the quotas that count it; throws 403
  /// if one of them has too little left.
  ///
  /// Use is charged before the object is stored, and stays charged should that fail.
  static func charge<Object: KubernetesObject>(
    _ object: Object, over old: Object?, _ server: APIServer
  ) throws(StatusError) {
    if uncounted.contains(Object.resource.plural) { return }
    let usage = QuotaUsage.of(object)
    var counting: [(quota: ResourceQuota, delta: ResourceList)] = []
    for quota in server.list(ResourceQuota.self, namespace: object.metadata.namespace) {
      let names = quota.amounts("status", "hard").names.filter(QuotaUsage.counts(Object.resource))
      if names.isEmpty || !QuotaUsage.counts(object, quota) { continue }
      try check(object, quota, names)
      var delta = usage
      if let old, QuotaUsage.counts(old, quota) { delta = delta.without(QuotaUsage.of(old)) }
      counting.append((quota, delta.withoutZeros))
    }
    var charged: [(old: ResourceQuota, new: ResourceQuota)] = []
    for (quota, delta) in counting {
      let hard = quota.amounts("status", "hard")
      var used = quota.amounts("status", "used")
      let names = delta.names.filter { hard[$0] != nil }
      for name in names { used[name] = (used[name] ?? .zero) + (delta[name] ?? .zero) }
      let exceeded = names.filter { (used[$0] ?? .zero) > (hard[$0] ?? .zero) }
      if !exceeded.isEmpty { throw tooLittle(object, quota, delta, exceeded) }
      if names.isEmpty { continue }
      var changed = quota
      var status = quota.content["status"] ?? [:]
      status["used"] = used.json
      changed.content["status"] = status
      charged.append((quota, changed))
    }
    for (old, new) in charged { _ = server.store(new, over: old) }
  }

  /// Throws 403 if an object does not say what it needs, or if nobody knows yet what is used.
  private static func check<Object: KubernetesObject>(
    _ object: Object, _ quota: ResourceQuota, _ names: [String]
  ) throws(StatusError) {
    func refusal(_ why: String) -> StatusError {
      .forbidden(Object.resource, object.metadata.name, why)
    }
    if let pod = object as? Pod, let lack = QuotaUsage.lack(pod, names) {
      throw refusal("failed quota: \(quota.metadata.name): must specify \(lack)")
    }
    let used = quota.amounts("status", "used")
    if names.contains(where: { used[$0] == nil }) {
      throw refusal(
        "status unknown for quota: \(quota.metadata.name), resources: "
          + names.joined(separator: ","))
    }
  }

  private static func tooLittle<Object: KubernetesObject>(
    _ object: Object, _ quota: ResourceQuota, _ requested: ResourceList, _ exceeded: [String]
  ) -> StatusError {
    func text(_ list: ResourceList) -> String {
      exceeded.map { "\($0)=\((list[$0] ?? .zero).description)" }.joined(separator: ",")
    }
    return .forbidden(
      Object.resource, object.metadata.name,
      "exceeded quota: \(quota.metadata.name), requested: \(text(requested)), "
        + "used: \(text(quota.amounts("status", "used"))), "
        + "limited: \(text(quota.amounts("status", "hard")))")
  }
}

extension ResourceList {
  /// What is left of each amount, nothing at least.
  fileprivate func without(_ other: ResourceList) -> ResourceList {
    var result = self
    for (name, amount) in pairs {
      result[name] = max(amount - (other[name] ?? .zero), .zero)
    }
    return result
  }

  fileprivate var withoutZeros: ResourceList {
    var result = self
    for (name, amount) in pairs where amount == .zero { result[name] = nil }
    return result
  }
}

extension ResourceQuota {
  /// The amounts of a part, such as `status.used`.
  func amounts(_ part: String, _ list: String) -> ResourceList {
    var amounts = ResourceList()
    for (name, value) in content[part]?[list]?.objectValue ?? [:] {
      amounts[name] = Quantity(value.stringValue ?? value.text())
    }
    return amounts
  }
}
