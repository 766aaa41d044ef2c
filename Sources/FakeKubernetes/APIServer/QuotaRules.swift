import JSON
import KubernetesAPI

/// What the pods of a namespace may use together.
///
/// Source: `plugin/pkg/admission/resourcequota`, `pkg/quota/v1/evaluator/core/pods.go`. Usage is
/// counted afresh each time, so that what a pod used is free as soon as it is gone.
enum QuotaRules {
  /// Throws 403 if a pod does not fit a quota of its namespace.
  static func check(_ pod: Pod, _ server: APIServer) throws(StatusError) {
    let quotas = server.list(ResourceQuota.self, namespace: pod.metadata.namespace)
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
