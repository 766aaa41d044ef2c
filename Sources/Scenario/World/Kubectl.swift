import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel

/// What an operator does to the cluster past the dashboard.
final class Kubectl {
  /// How long `kubectl drain` waits before it tries an eviction again that a budget refused.
  ///
  /// Source: `kubectl/pkg/drain/drain.go` evictPods.
  static let evictionInterval = Duration.seconds(5)

  private let server: APIServer
  private let simulation: Simulation
  private let tell: (_ who: String, _ text: String) -> Void

  init(
    _ server: APIServer, simulation: Simulation,
    tell: @escaping (_ who: String, _ text: String) -> Void
  ) {
    self.server = server
    self.simulation = simulation
    self.tell = tell
  }

  /// `kubectl rollout undo`: the template of the revision before becomes the template again.
  ///
  /// Source: `kubectl/pkg/polymorphichelpers/rollback.go`.
  func rollBack(_ service: ServiceReference) {
    tell("operator", "rolls \(service) back")
    change(service) { deployment in
      let current = Self.revision(deployment.metadata)
      let before = server.list(ReplicaSet.self, namespace: deployment.metadata.namespace)
        .filter { $0.metadata.controller?.uid == deployment.metadata.uid }
        .filter { Self.revision($0.metadata) < current }
        .max { Self.revision($0.metadata) < Self.revision($1.metadata) }
      guard let before else { return tell("kubectl", "no revision before \(current)") }
      deployment.spec.template = before.spec.template
      deployment.spec.template.metadata.labels["pod-template-hash"] = nil
    }
  }

  private static func revision(_ metadata: ObjectMeta) -> Int {
    Int(metadata.annotations["deployment.kubernetes.io/revision"] ?? "") ?? 0
  }

  /// `kubectl rollout pause` and `resume`.
  func setPaused(_ service: ServiceReference, _ isPaused: Bool) {
    tell("operator", "\(isPaused ? "pauses" : "resumes") the rollout of \(service)")
    change(service) { $0.isPaused = isPaused }
  }

  /// `kubectl scale`.
  func scale(_ service: ServiceReference, to replicas: Int) {
    tell("operator", "scales \(service) to \(replicas)")
    change(service) { $0.scaleReplicas = replicas }
  }

  /// A quota on the number of pods.
  func limitPods(of level: String, to count: Int) {
    tell("administrator", "limits \(level) to \(count) pods")
    var quota = ResourceQuota()
    quota.metadata.name = "pods"
    quota.metadata.namespace = level
    quota.content["spec"] = ["hard": ["pods": .string(String(count))]]
    attempt("limit \(level)") { () throws(StatusError) in
      if server.find(ResourceQuota.self, level, "pods") == nil {
        _ = try server.create(quota)
      } else {
        _ = try server.modify(ResourceQuota.self, level, "pods") { $0.content = quota.content }
      }
    }
  }

  /// `kubectl cordon` and `uncordon`.
  func setCordoned(_ node: String, _ isCordoned: Bool) {
    tell("operator", "\(isCordoned ? "cordons" : "uncordons") \(node)")
    attempt("cordon \(node)") { () throws(StatusError) in
      // Not by `modify`: the optimizer of Swift 6.2.3 crashes on a closure that captures the flag.
      var changed = try server.get(Node.self, "", node)
      changed.spec.unschedulable = isCordoned
      _ = try server.update(changed)
    }
  }

  /// `kubectl create poddisruptionbudget`.
  func limitEvictions(of service: ServiceReference, _ limit: Budget) {
    var budget = PodDisruptionBudget()
    budget.metadata.name = service.application
    budget.metadata.namespace = service.level
    let (key, amount) =
      switch limit {
      case .minAvailable(let amount): ("minAvailable", amount)
      case .maxUnavailable(let amount): ("maxUnavailable", amount)
      }
    tell("administrator", "lets pods of \(service) be evicted with \(key) \(amount)")
    budget.content["spec"] = [
      key: Int64(amount).map { .integer($0) } ?? .string(amount),
      "selector": ["matchLabels": ["app": .string(service.application)]],
    ]
    attempt("limit evictions of \(service)") { () throws(StatusError) in
      if server.find(PodDisruptionBudget.self, service.level, service.application) == nil {
        _ = try server.create(budget)
      }
    }
  }

  /// `kubectl drain`: cordons the machine and asks for the eviction of each pod, again and again
  /// while a budget refuses it.
  func drain(_ node: String) {
    setCordoned(node, true)
    let pods = server.list(Pod.self).filter { $0.spec.nodeName == node && $0.isActive }
    tell("operator", "evicts \(pods.count) pods of \(node)")
    for pod in pods { evict(pod, isFirst: true) }
  }

  private func evict(_ pod: Pod, isFirst: Bool) {
    let (namespace, name) = (pod.metadata.namespace, pod.metadata.name)
    var request = APIRequest(.create)
    (request.resource, request.namespace, request.name) = ("pods", namespace, name)
    request.subresource = "eviction"
    request.body = [
      "apiVersion": "policy/v1", "kind": "Eviction",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
    ]
    let response = server.respond(to: request)
    let message = response.body["message"]?.stringValue ?? ""
    let shortName = ClusterWatch.shortName(name)
    switch response.code {
    case 200..<300:
      if !isFirst { tell("kubectl", "\(namespace) pod \(shortName): evicted") }
    case 404: break
    case 429:
      if isFirst {
        tell("kubectl", "\(namespace) pod \(shortName): will be tried again every 5s: \(message)")
      }
      simulation.schedule(after: Self.evictionInterval) { [weak self] in
        self?.evict(pod, isFirst: false)
      }
    default: tell("kubectl", "cannot evict \(namespace) pod \(shortName): \(message)")
    }
  }

  /// `kubectl delete pod`.
  func deletePods(_ service: ServiceReference, _ count: Int) {
    let pods = server.list(Pod.self, namespace: service.level)
      .filter { $0.metadata.labels["app"] == service.application && $0.isActive }
    for pod in pods.prefix(count) {
      tell("operator", "\(service): deletes pod \(ClusterWatch.shortName(pod.metadata.name))")
      delete(pod)
    }
  }

  private func delete(_ pod: Pod) {
    let result = server.delete(
      "Pod", namespace: pod.metadata.namespace, name: pod.metadata.name, options: DeleteOptions())
    if case .failure(let error) = result { tell("cluster", "\(error.message)") }
  }

  private func change(_ service: ServiceReference, _ body: (inout Deployment) -> Void) {
    let deployment = server.list(Deployment.self, namespace: service.level).first {
      $0.metadata.labels["app"] == service.application
    }
    guard let deployment else { return tell("kubectl", "\(service) is not there") }
    attempt("change \(service)") { () throws(StatusError) in
      _ = try server.modify(
        Deployment.self, deployment.metadata.namespace, deployment.metadata.name, body)
    }
  }

  private func attempt(_ what: String, _ body: () throws(StatusError) -> Void) {
    do throws(StatusError) {
      try body()
    } catch {
      tell("kubectl", "cannot \(what): \(error.message)")
    }
  }
}
