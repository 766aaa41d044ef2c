import KubernetesAPI
import SimulationKernel

/// Deletes what is in a namespace that is being deleted, then the namespace.
///
/// Source: `pkg/controller/namespace/deletion/namespaced_resources_deleter.go`.
package final class NamespaceController {
  private let server: APIServer
  private let client: ControllerClient
  private let namespaces: Informer<Namespace>
  private var queue: WorkQueue

  package init(server: APIServer) {
    self.server = server
    client = ControllerClient(server: server, component: "namespace-controller")
    namespaces = Informer(server: server, component: "namespace-controller")
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, workers: 10, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(key) })
    namespaces.onChange { [weak self] _, new in
      // Upstream waits so long for stragglers that passed admission before.
      if let new, new.metadata.isBeingDeleted { self?.queue.add(new.key, after: .seconds(5)) }
    }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    guard let namespace = server.find(Namespace.self, "", key.name),
      namespace.metadata.isBeingDeleted, !namespace.spec.finalizers.isEmpty
    else { return }
    var left = 0
    var grace: Int64 = 0
    for type in KindRegistry.types where type.resource.isNamespaced {
      let (count, seconds) = try deleteAll(type, in: key.name)
      left += count
      grace = max(grace, seconds)
    }
    if left > 0 {
      queue.add(key, after: .seconds(max(1, grace / 2 + 1)))
      return
    }
    try client.modify(Namespace.self, "", key.name) { $0.spec.finalizers.removeAll() }
  }

  /// Deletes what is not being deleted yet; counts what stays and for how many seconds at most.
  private func deleteAll<Object: KubernetesObject>(_ type: Object.Type, in namespace: String)
    throws(StatusError) -> (left: Int, graceSeconds: Int64)
  {
    var grace: Int64 = 0
    for object in server.list(type, namespace: namespace) {
      if object.metadata.isBeingDeleted { continue }
      do throws(StatusError) {
        try client.delete(
          type, namespace, object.metadata.name,
          options: DeleteOptions(propagationPolicy: .background))
      } catch {
        if !error.isNotFound, !error.isConflict { throw error }
      }
    }
    let left = server.list(type, namespace: namespace)
    for object in left { grace = max(grace, object.metadata.deletionGracePeriodSeconds ?? 0) }
    return (left.count, grace)
  }
}
