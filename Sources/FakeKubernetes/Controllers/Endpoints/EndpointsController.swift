import KubernetesAPI
import SimulationKernel

/// Keeps the ready and not ready addresses behind each Service (`pkg/controller/endpoint`).
package final class EndpointsController {
  private let client: ControllerClient
  private let services: Informer<Service>
  private let pods: Informer<Pod>
  private let endpoints: Informer<Endpoints>
  private let servicePods: ServicePods
  private var queue: WorkQueue

  package init(server: APIServer, informers: SharedInformers) {
    client = ControllerClient(server: server, component: "endpoint-controller")
    services = informers.informer(Service.self)
    pods = informers.informer(Pod.self)
    endpoints = informers.informer(Endpoints.self)
    servicePods = informers.servicePods
    queue = WorkQueue(simulation: server.simulation) { _ in }
    let client = client
    queue = WorkQueue(
      simulation: server.simulation, elapsed: { client.takeElapsed() },
      process: { [weak self] key in try self?.reconcile(key) })
    services.onChange { [weak self] old, new in
      if let key = (new ?? old)?.key { self?.queue.add(key) }
    }
    pods.onChange(of: EndpointRules.podAspects) { [weak self] old, new in
      guard let self else { return }
      for key in EndpointRules.servicesToUpdate(old, new, servicePods) { queue.add(key) }
    }
    endpoints.onChange { [weak self] old, new in
      if old != nil, new == nil, let key = old?.key { self?.queue.add(key) }
    }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    guard let service = services.find(key.namespace, key.name) else {
      do throws(StatusError) {
        try client.delete(Endpoints.self, key.namespace, key.name)
      } catch {
        if !error.isNotFound { throw error }
      }
      return
    }
    if service.spec.selector.isEmpty { return }
    let matching = servicePods.pods(of: key)
    var wanted = endpoints.find(key.namespace, key.name) ?? Endpoints()
    let isNew = wanted.metadata.uid.isEmpty
    let before = wanted
    wanted.metadata.name = key.name
    wanted.metadata.namespace = key.namespace
    wanted.metadata.labels = service.metadata.labels
    wanted.metadata.labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
    wanted.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"] = nil
    wanted.subsets = EndpointRules.subsets(service, matching)
    if isNew {
      try client.create(wanted)
    } else if wanted != before {
      try client.update(wanted)
    }
  }
}
