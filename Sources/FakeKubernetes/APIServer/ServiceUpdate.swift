import JSON
import KubernetesAPI

/// What a changed Service keeps of what it was.
enum ServiceUpdate {
  /// Fills in allocated values that an update leaves out.
  ///
  /// Source: `pkg/registry/core/service/storage/storage.go` patchAllocatedValues and
  /// normalizeClusterIPs.
  static func keep(_ service: inout Service, of old: Service) {
    let isExternal = service.spec.type == "ExternalName"
    if !isExternal, old.spec.type != "ExternalName" {
      if service.spec.clusterIP.isEmpty { service.spec.clusterIP = old.spec.clusterIP }
      if service.spec.clusterIPs.isEmpty { service.spec.clusterIPs = old.spec.clusterIPs }
    }
    keepPorts(&service, of: old)
    if service.needsHealthCheck, old.needsHealthCheck, service.spec.healthCheckNodePort == 0 {
      service.spec.healthCheckNodePort = old.spec.healthCheckNodePort
    }
    keepAddresses(&service, of: old)
  }

  private static func keepPorts(_ service: inout Service, of old: Service) {
    if !service.allocatesNodePorts || !old.allocatesNodePorts { return }
    let given = service.spec.ports.map(\.nodePort)
    for index in service.spec.ports.indices where service.spec.ports[index].nodePort == 0 {
      let name = service.spec.ports[index].name
      let port = old.spec.ports.last { $0.name == name }?.nodePort ?? 0
      if !given.contains(port) { service.spec.ports[index].nodePort = port }
    }
  }

  /// Who writes only one of `clusterIP` and `clusterIPs` means both.
  private static func keepAddresses(_ service: inout Service, of old: Service) {
    if service.spec.clusterIP == old.spec.clusterIP {
      if service.spec.clusterIPs.isEmpty { service.spec.clusterIPs = old.spec.clusterIPs }
    } else if service.spec.clusterIPs == old.spec.clusterIPs {
      service.spec.clusterIPs = service.spec.clusterIP.isEmpty ? [] : [service.spec.clusterIP]
    }
  }

  /// Drops what the new type has no use for, unless it was changed at the same time.
  ///
  /// Source: `pkg/registry/core/service/strategy.go` dropTypeDependentFields.
  static func drop(_ service: inout Service, unusedOf old: Service) {
    let isExternal = service.spec.type == "ExternalName"
    if isExternal, old.spec.type != "ExternalName" {
      if service.spec.clusterIP == old.spec.clusterIP,
        service.spec.clusterIPs == old.spec.clusterIPs
      {
        service.spec.clusterIP = ""
        service.spec.clusterIPs = []
      }
      if service.spec.ipFamilies == old.spec.ipFamilies { service.spec.ipFamilies = [] }
      if service.spec.ipFamilyPolicy == old.spec.ipFamilyPolicy {
        service.spec.ipFamilyPolicy = nil
      }
    }
    hideInternalPolicy(&service)
    if old.hasNodePorts, !service.hasNodePorts, service.asksForNoPort(besides: old) {
      for index in service.spec.ports.indices { service.spec.ports[index].nodePort = 0 }
    }
    if old.needsHealthCheck, !service.needsHealthCheck,
      service.spec.healthCheckNodePort == old.spec.healthCheckNodePort
    {
      service.spec.healthCheckNodePort = 0
    }
    if old.spec.type == "LoadBalancer", service.spec.type != "LoadBalancer" {
      if service.spec.allocateLoadBalancerNodePorts == old.spec.allocateLoadBalancerNodePorts {
        service.spec.allocateLoadBalancerNodePorts = nil
      }
      let key = "loadBalancerClass"
      if service.spec.others[key] == old.spec.others[key] { service.spec.others[key] = nil }
    }
    if old.isExternallyAccessible, !service.isExternallyAccessible,
      service.spec.externalTrafficPolicy == old.spec.externalTrafficPolicy
    {
      service.spec.externalTrafficPolicy = ""
    }
    if service.spec.type != "LoadBalancer" { service.status.loadBalancer = [:] }
  }

  /// Hides a policy that a type without addresses has no use for, unless it is at fault.
  ///
  /// Source: `storage/storage.go` defaultOnReadInternalTrafficPolicy.
  static func hideInternalPolicy(_ service: inout Service) {
    guard service.spec.type == "ExternalName", let policy = service.spec.internalTrafficPolicy,
      ["Cluster", "Local"].contains(policy)
    else { return }
    service.spec.internalTrafficPolicy = nil
  }
}

extension Service {
  /// Whether all its node ports were another's already, whatever has become of the ports.
  fileprivate func asksForNoPort(besides old: Service) -> Bool {
    spec.ports.allSatisfy { port in
      port.nodePort == 0 || old.spec.ports.contains { $0.nodePort == port.nodePort }
    }
  }
}
