import JSON
import KubernetesAPI
import SimulationKernel

/// Tells in the status of quotas what is limited and used.
///
/// Source: `pkg/controller/resourcequota/resource_quota_controller.go`. Use grows at admission; it
/// is counted afresh when a quota changes, when something that it counts has gone, and every five
/// minutes.
package final class ResourceQuotaController {
  /// How often everything is counted, were nothing to change.
  private static let resync = Duration.seconds(300)

  private let server: APIServer
  private let client: ControllerClient
  private let quotas: Informer<ResourceQuota>
  private let pods: Informer<Pod>
  /// How many quotas each namespace has.
  @exclusivity(unchecked) private var counts: [String: Int] = [:]
  private var queue: WorkQueue
  private var observation: Observation?

  package init(server: APIServer, informers: SharedInformers) {
    self.server = server
    client = ControllerClient(server: server, component: "resourcequota-controller")
    quotas = informers.informer(ResourceQuota.self)
    pods = informers.informer(Pod.self)
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(key) })
    quotas.onChange { [weak self] old, new in self?.quotaChanged(old, new) }
    pods.onChange { [weak self] old, new in
      guard let self, !counts.isEmpty, let pod = old ?? new else { return }
      let hasEnded = new == nil || (new?.isTerminal ?? false) && !(old?.isTerminal ?? true)
      if hasEnded { recount(pod.metadata.namespace) }
    }
  }

  private func quotaChanged(_ old: ResourceQuota?, _ new: ResourceQuota?) {
    guard let quota = new ?? old else { return }
    let namespace = quota.metadata.namespace
    if old == nil { counts[namespace, default: 0] += 1 }
    if new == nil {
      counts[namespace, default: 1] -= 1
      if counts[namespace] == 0 { counts[namespace] = nil }
      if counts.isEmpty { stopWatching() }
    } else {
      watchOthers()
      if old?.content["spec"] != new?.content["spec"] { queue.add(quota.key) }
    }
  }

  /// Looks for objects other than pods that go; only while there is any quota.
  private func watchOthers() {
    if observation != nil { return }
    observation = server.observe { [weak self] change in
      guard let self, change.kind == .deleted, change.resource != Pod.resource,
        counts[change.key.namespace] != nil
      else { return }
      recount(change.key.namespace)
    }
  }

  private func stopWatching() {
    observation?.cancel()
    observation = nil
  }

  private func recount(_ namespace: String) {
    if counts[namespace] == nil { return }
    for quota in quotas.list(namespace: namespace) { queue.add(quota.key) }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    guard let quota = quotas.find(key.namespace, key.name) else { return }
    queue.add(key, after: Self.resync)
    let hard = quota.amounts("spec", "hard")
    let used = usage(quota, hard)
    var status: JSONObject = [:]
    if !hard.isEmpty {
      status["hard"] = hard.json
      status["used"] = used.json
    }
    var changed = quota
    changed.content["status"] = .object(status)
    let isKnown =
      quota.amounts("status", "hard") == hard && quota.amounts("status", "used") == used
    if !isKnown { try client.updateStatus(changed) }
  }

  private func usage(_ quota: ResourceQuota, _ hard: ResourceList) -> ResourceList {
    let namespace = quota.metadata.namespace
    var used = ResourceList()
    // What was admitted a moment ago counts; else the quota would be told as free again.
    let counted = server.list(Pod.self, namespace: namespace).filter {
      QuotaUsage.counts($0, quota)
    }
    let ofPods = QuotaUsage.of(counted)
    var ofServices = ResourceList()
    for service in server.list(Service.self, namespace: namespace)
    where QuotaUsage.counts(service, quota) {
      for (name, amount) in QuotaUsage.of(service).pairs {
        ofServices[name] = (ofServices[name] ?? .zero) + amount
      }
    }
    for name in hard.names {
      let amount = ofPods[name] ?? ofServices[name] ?? count(name, namespace)
      used[name] = amount
    }
    return used
  }

  /// The number of objects of `configmaps` or `count/deployments.apps`.
  private func count(_ name: String, _ namespace: String) -> Quantity {
    let plural = name.hasPrefix("count/") ? String(name.dropFirst(6)) : name
    guard let type = KindRegistry.types.first(where: { $0.resource.qualifiedName == plural })
    else { return .zero }
    return Quantity(Int64(server.count(type, namespace: namespace)))
  }
}

extension APIServer {
  fileprivate func count<Object: KubernetesObject>(_ type: Object.Type, namespace: String) -> Int {
    list(type, namespace: namespace).count
  }
}
