package import KubernetesAPI

/// Which pods stand behind a Service and in what state.
package enum EndpointRules {
  /// What of a pod its endpoints tell.
  static let podAspects: ObjectAspects = [
    .labels, .readiness, .deletion, .address, .binding, .end,
  ]

  /// The Services whose endpoints a change of a pod may touch.
  static func servicesToUpdate(_ old: Pod?, _ new: Pod?, _ servicePods: ServicePods)
    -> [ObjectKey]
  {
    guard !servicePods.isEmpty, let pod = new ?? old else { return [] }
    let services = servicePods.services(pod)
    guard let old, let new else { return services }
    if old.metadata.labels == new.metadata.labels {
      return services.isEmpty || !hasChanged(old, new) ? [] : services
    }
    return Set(services + servicePods.services(old)).sorted()
  }

  private static func hasChanged(_ old: Pod, _ new: Pod) -> Bool {
    old.metadata.labels != new.metadata.labels || old.isReady != new.isReady
      || old.metadata.isBeingDeleted != new.metadata.isBeingDeleted
      || old.status.podIP != new.status.podIP || old.spec.nodeName != new.spec.nodeName
      || old.isTerminal != new.isTerminal
  }

  /// The subsets of an Endpoints object (`pkg/controller/endpoint/endpoints_controller.go`).
  ///
  /// Pods without address and ended ones are left out, and those being deleted unless the Service
  /// publishes what is not ready.
  package static func subsets(_ service: Service, _ pods: [Pod]) -> [EndpointSubset] {
    var byPorts: [(ports: [EndpointPort], subset: EndpointSubset)] = []
    let publishesAll = service.spec.publishNotReadyAddresses
    for pod in pods where !pod.status.podIP.isEmpty && !pod.isTerminal {
      if pod.metadata.isBeingDeleted, !publishesAll { continue }
      let ports = resolvedPorts(service, pod)
      if ports.isEmpty, !service.spec.ports.isEmpty { continue }
      var address = EndpointAddress()
      address.ip = pod.status.podIP
      address.nodeName = pod.spec.nodeName
      address.targetRef = reference(pod)
      let position =
        byPorts.firstIndex { $0.ports == ports }
        ?? {
          var subset = EndpointSubset()
          subset.ports = ports
          byPorts.append((ports, subset))
          return byPorts.count - 1
        }()
      if pod.isReady || publishesAll {
        byPorts[position].subset.addresses.append(address)
      } else {
        byPorts[position].subset.notReadyAddresses.append(address)
      }
    }
    return byPorts.map { entry in
      var subset = entry.subset
      subset.addresses.sort { $0.ip < $1.ip }
      subset.notReadyAddresses.sort { $0.ip < $1.ip }
      return subset
    }
  }

  static func reference(_ pod: Pod) -> ObjectReference {
    var reference = ObjectReference()
    reference.kind = "Pod"
    reference.namespace = pod.metadata.namespace
    reference.name = pod.metadata.name
    reference.uid = pod.metadata.uid
    return reference
  }

  /// The Service's ports as numbers of the pod's; those that the pod does not have are left out.
  package static func resolvedPorts(_ service: Service, _ pod: Pod) -> [EndpointPort] {
    service.spec.ports.compactMap { servicePort in
      guard let number = targetPort(servicePort, pod) else { return nil }
      var port = EndpointPort()
      port.name = servicePort.name
      port.port = number
      port.protocolName = servicePort.protocolName
      port.appProtocol = servicePort.appProtocol
      return port
    }
  }

  private static func targetPort(_ port: ServicePort, _ pod: Pod) -> Int? {
    switch port.targetPort {
    case nil: return port.port
    case .int(let number): return number == 0 ? port.port : number
    case .string(let name):
      for container in pod.spec.containers {
        for candidate in container.ports
        where candidate.name == name && candidate.protocolName == port.protocolName {
          return candidate.containerPort
        }
      }
      return nil
    }
  }

  /// The endpoint of a pod in a slice; terminating pods stay in it.
  package static func endpoint(_ service: Service, _ pod: Pod, zone: String?) -> Endpoint {
    let isTerminating = pod.metadata.isBeingDeleted
    let isServing = pod.isReady
    var endpoint = Endpoint()
    endpoint.addresses = [pod.status.podIP]
    endpoint.conditions.serving = isServing
    endpoint.conditions.terminating = isTerminating
    endpoint.conditions.ready =
      service.spec.publishNotReadyAddresses || (isServing && !isTerminating)
    endpoint.targetRef = reference(pod)
    endpoint.nodeName = pod.spec.nodeName
    endpoint.zone = zone
    return endpoint
  }
}
