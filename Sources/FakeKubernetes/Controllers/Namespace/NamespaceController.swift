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
    // Pods go first, so that nothing that protects them goes before them.
    var left = try deleteAll(Pod.self, in: key.name)
    if left == 0 {
      for type in KindRegistry.types where type.resource.isNamespaced {
        left += try deleteAll(type, in: key.name)
      }
    }
    if left > 0 { return queue.add(key, after: .seconds(1)) }
    try client.modify(Namespace.self, "", key.name) { $0.spec.finalizers.removeAll() }
  }

  /// Deletes what is not being deleted yet; counts what stays.
  private func deleteAll<Object: KubernetesObject>(_ type: Object.Type, in namespace: String)
    throws(StatusError) -> Int
  {
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
    return server.list(type, namespace: namespace).count
  }
}
