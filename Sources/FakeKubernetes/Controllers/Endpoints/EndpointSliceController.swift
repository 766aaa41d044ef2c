import KubernetesAPI
import SimulationKernel

/// Keeps the EndpointSlices of each Service, at most 100 endpoints in each.
///
/// Source: `staging/src/k8s.io/endpointslice/reconciler.go`.
package final class EndpointSliceController {
  /// `pkg/controller/endpointslice/config/v1alpha1/defaults.go` MaxEndpointsPerSlice.
  static let endpointsMax = 100
  static let serviceLabel = "kubernetes.io/service-name"

  private let client: ControllerClient
  private let services: Informer<Service>
  private let pods: Informer<Pod>
  private let nodes: Informer<Node>
  private let slices: Informer<EndpointSlice>
  private let servicePods: ServicePods
  private let slicesByService: Int
  private var queue: WorkQueue

  package init(server: APIServer, informers: SharedInformers) {
    client = ControllerClient(server: server, component: "endpointslice-controller")
    services = informers.informer(Service.self)
    pods = informers.informer(Pod.self)
    nodes = informers.informer(Node.self)
    slices = informers.informer(EndpointSlice.self)
    servicePods = informers.servicePods
    slicesByService = slices.addIndex("service") { slice in
      slice.metadata.labels[Self.serviceLabel].map { "\(slice.metadata.namespace)/\($0)" }
    }
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
    slices.onChange { [weak self] old, new in
      guard new == nil, let old, let service = old.metadata.labels[Self.serviceLabel] else {
        return
      }
      self?.queue.add(ObjectKey(old.metadata.namespace, service))
    }
  }

  private func reconcile(_ key: ObjectKey) throws(StatusError) {
    let existing = slices.objects(index: slicesByService, key.description)
    guard let service = services.find(key.namespace, key.name) else {
      for slice in existing { try delete(slice) }
      return
    }
    if service.spec.selector.isEmpty { return }
    var byPorts: [(ports: [EndpointPort], endpoints: [Endpoint])] = []
    var homeless: Pod?
    for pod in servicePods.pods(of: key) where !pod.status.podIP.isEmpty && !pod.isTerminal {
      let node = nodes.find("", pod.spec.nodeName)
      if node == nil, !service.spec.publishNotReadyAddresses {
        homeless = pod
        continue
      }
      let ports = EndpointRules.resolvedPorts(service, pod)
      let zone = node?.metadata.labels["topology.kubernetes.io/zone"]
      let endpoint = EndpointRules.endpoint(service, pod, zone: zone)
      if let position = byPorts.firstIndex(where: { $0.ports == ports }) {
        byPorts[position].endpoints.append(endpoint)
      } else {
        byPorts.append((ports, [endpoint]))
      }
    }
    if byPorts.isEmpty { byPorts.append(([], [])) }
    try write(service, byPorts, existing)
    // As upstream: what can be written is, and the Service is tried again until the node is there.
    if let homeless { throw .notFound(Node.resource, homeless.spec.nodeName) }
  }

  /// Endpoints stay in their slice; new ones fill slices with room, then new slices.
  private func write(
    _ service: Service, _ byPorts: [(ports: [EndpointPort], endpoints: [Endpoint])],
    _ existing: [EndpointSlice]
  ) throws(StatusError) {
    var unused = existing
    for (ports, endpoints) in byPorts {
      var left = OrderedEndpoints(endpoints)
      var kept: [EndpointSlice] = []
      for slice in existing where slice.ports == ports {
        var changed = slice
        changed.endpoints = slice.endpoints.compactMap { old in
          left.take(old.targetRef?.uid ?? "")
        }
        kept.append(changed)
        unused.removeAll { $0.metadata.uid == slice.metadata.uid }
      }
      for index in kept.indices where !left.isEmpty {
        let room = max(0, Self.endpointsMax - kept[index].endpoints.count)
        kept[index].endpoints.append(contentsOf: left.takeFirst(room))
      }
      while !left.isEmpty || kept.isEmpty {
        var slice = newSlice(service, ports)
        slice.endpoints = left.takeFirst(Self.endpointsMax)
        kept.append(slice)
      }
      for (position, slice) in kept.enumerated() {
        try write(slice, existing, isSurplus: position > 0 && slice.endpoints.isEmpty)
      }
    }
    for slice in unused { try delete(slice) }
  }

  private func write(_ slice: EndpointSlice, _ existing: [EndpointSlice], isSurplus: Bool)
    throws(StatusError)
  {
    if slice.metadata.uid.isEmpty {
      try client.create(slice)
    } else if isSurplus {
      try delete(slice)
    } else if let old = existing.first(where: { $0.metadata.uid == slice.metadata.uid }),
      old != slice
    {
      try client.update(slice)
    }
  }

  private func delete(_ slice: EndpointSlice) throws(StatusError) {
    do throws(StatusError) {
      try client.delete(EndpointSlice.self, slice.metadata.namespace, slice.metadata.name)
    } catch {
      if !error.isNotFound { throw error }
    }
  }

  private func newSlice(_ service: Service, _ ports: [EndpointPort]) -> EndpointSlice {
    var slice = EndpointSlice()
    slice.metadata.generateName = "\(service.metadata.name)-"
    slice.metadata.namespace = service.metadata.namespace
    slice.metadata.labels = service.metadata.labels
    slice.metadata.labels[Self.serviceLabel] = service.metadata.name
    slice.metadata.labels["endpointslice.kubernetes.io/managed-by"] =
      "endpointslice-controller.k8s.io"
    slice.metadata.ownerReferences = [OwnerReference(controller: service)]
    slice.addressType = "IPv4"
    slice.ports = ports
    return slice
  }
}

/// Endpoints that no slice has yet, in their order, findable by their pod's uid.
private struct OrderedEndpoints {
  private var endpoints: [Endpoint?]
  private var positions: [String: Int] = [:]
  private var next = 0
  private var count: Int

  init(_ endpoints: [Endpoint]) {
    self.endpoints = endpoints
    count = endpoints.count
    for (position, endpoint) in endpoints.enumerated() {
      positions[endpoint.targetRef?.uid ?? ""] = position
    }
  }

  var isEmpty: Bool { count == 0 }

  /// Takes the endpoint of a pod, if it is still there.
  mutating func take(_ uid: String) -> Endpoint? {
    guard let position = positions[uid], let endpoint = endpoints[position] else { return nil }
    endpoints[position] = nil
    count -= 1
    return endpoint
  }

  /// Takes the first so many.
  mutating func takeFirst(_ wanted: Int) -> [Endpoint] {
    var taken: [Endpoint] = []
    while taken.count < wanted, next < endpoints.count {
      if let endpoint = endpoints[next] {
        taken.append(endpoint)
        endpoints[next] = nil
      }
      next += 1
    }
    count -= taken.count
    return taken
  }
}
