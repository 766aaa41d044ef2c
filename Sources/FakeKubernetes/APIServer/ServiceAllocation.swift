import JSON
import KubernetesAPI
import SimulationKernel

/// Gives Services their addresses and node ports.
///
/// Source: `pkg/registry/core/service/storage/alloc.go` and `strategy.go`. Upstream draws
/// addresses at random; here they count up.
struct ServiceAllocation {
  private var addresses = 0

  /// Fills in what an update leaves out and drops what its type has no use for, unless it changed.
  static func keep(_ service: inout Service, of old: Service) {
    let isExternal = service.spec.type == "ExternalName"
    keepAddresses(&service, of: old)
    if isExternal, old.spec.type != "ExternalName" {
      if service.spec.clusterIP == old.spec.clusterIP { service.spec.clusterIP = "" }
      if service.spec.clusterIPs == old.spec.clusterIPs { service.spec.clusterIPs = [] }
      if service.spec.ipFamilies == old.spec.ipFamilies { service.spec.ipFamilies = [] }
      if service.spec.ipFamilyPolicy == old.spec.ipFamilyPolicy {
        service.spec.ipFamilyPolicy = nil
      }
      service.spec.internalTrafficPolicy = nil
    }
    if !isExternal, service.spec.ipFamilyPolicy == nil {
      service.spec.ipFamilyPolicy = old.spec.ipFamilyPolicy
    }
    keepPorts(&service, of: old)
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
  }

  /// Who writes only one of `clusterIP` and `clusterIPs` means both.
  ///
  /// Source: `pkg/registry/core/service/storage/storage.go` normalizeClusterIPs and
  /// patchAllocatedValues.
  private static func keepAddresses(_ service: inout Service, of old: Service) {
    let hasSameFirst = service.spec.clusterIP == old.spec.clusterIP
    if hasSameFirst, service.spec.clusterIPs.isEmpty {
      service.spec.clusterIPs = old.spec.clusterIPs
    } else if !hasSameFirst, service.spec.clusterIPs == old.spec.clusterIPs {
      service.spec.clusterIPs = service.spec.clusterIP.isEmpty ? [] : [service.spec.clusterIP]
    }
    if service.spec.type == "ExternalName" || old.spec.type == "ExternalName" { return }
    if service.spec.clusterIP.isEmpty { service.spec.clusterIP = old.spec.clusterIP }
    if service.spec.clusterIPs.isEmpty { service.spec.clusterIPs = old.spec.clusterIPs }
  }

  private static func keepPorts(_ service: inout Service, of old: Service) {
    if service.hasNodePorts, old.hasNodePorts {
      let oldPorts = old.spec.ports.filter { $0.nodePort != 0 }
      for index in service.spec.ports.indices where service.spec.ports[index].nodePort == 0 {
        let same = oldPorts.first { $0.name == service.spec.ports[index].name }
        let port = same?.nodePort ?? 0
        let isTaken = service.spec.ports.contains { $0.nodePort == port }
        if port != 0, !isTaken { service.spec.ports[index].nodePort = port }
      }
    } else if old.hasNodePorts {
      let isSame = service.spec.ports.map(\.nodePort) == old.spec.ports.map(\.nodePort)
      for index in service.spec.ports.indices where isSame {
        service.spec.ports[index].nodePort = 0
      }
    }
    if old.needsHealthCheck {
      let (port, before) = (service.spec.healthCheckNodePort, old.spec.healthCheckNodePort)
      if service.needsHealthCheck, port == 0 { service.spec.healthCheckNodePort = before }
      if !service.needsHealthCheck, port == before { service.spec.healthCheckNodePort = 0 }
    }
  }

  /// Allocates what is wanting; throws 422 for what is asked for and taken.
  mutating func allocate(_ service: inout Service, over old: Service?, _ server: APIServer)
    throws(StatusError)
  {
    if service.spec.type == "ExternalName" { return }
    try IPFamilies.fill(&service, over: old)
    var others: [Service]?
    func taken() -> [Service] {
      if let others { return others }
      let found = server.list(Service.self).filter { $0.key != service.key }
      others = found
      return found
    }
    var causes = CauseList()
    let address = service.spec.clusterIP
    if address.isEmpty, server.isDryRun {
      // A dry run looks for nothing (`ipallocator/ipallocator.go`).
      service.spec.clusterIP = "10.96.0.0"
    } else if address.isEmpty {
      let used = taken().map(\.spec.clusterIP)
      repeat {
        addresses += 1
        let number = addresses + 9
        service.spec.clusterIP = "10.96.\(number / 256).\(number % 256)"
      } while used.contains(service.spec.clusterIP)
    } else if address != "None", address != old?.spec.clusterIP,
      taken().contains(where: { $0.spec.clusterIP == address })
    {
      causes.invalid(
        "spec.clusterIPs", JSONValue.array([.string(address)]).text(),
        "failed to allocate IP \(address): provided IP is already allocated")
    }
    if address != "None", !address.isEmpty, address != old?.spec.clusterIP,
      !address.hasPrefix("10.96.")
    {
      causes.invalid(
        "spec.clusterIPs", JSONValue.array([.string(address)]).text(),
        "failed to allocate IP \(address): the provided network does not match the current range")
    }
    service.spec.clusterIPs = [service.spec.clusterIP]
    if service.hasNodePorts {
      let all = taken()
      let used = (all.flatMap(\.spec.ports).map(\.nodePort) + all.map(\.spec.healthCheckNodePort))
        .filter { $0 != 0 }
      if let old {
        Self.updatePorts(&service, old, used, server, &causes)
      } else {
        Self.allocatePorts(&service, used, server, &causes)
      }
      if causes.causes.isEmpty { try Self.allocateHealthCheck(&service, old, used, server) }
    }
    if !causes.causes.isEmpty {
      throw .invalid(Service.resource, service.metadata.name, causes.causes)
    }
  }

  /// Ports of a new Service: those of one number share a node port.
  private static func allocatePorts(
    _ service: inout Service, _ used: [Int], _ server: APIServer, _ causes: inout CauseList
  ) {
    var byPort: [Int: Int] = [:]
    var given: [Int] = []
    for (index, port) in service.spec.ports.enumerated() {
      if port.nodePort == 0, !service.allocatesNodePorts { continue }
      let field = "spec.ports[\(index)].nodePort"
      guard let shared = byPort[port.port] else {
        let asked = service.spec.ports.first { $0.port == port.port && $0.nodePort != 0 }?.nodePort
        if let asked {
          if !check(asked, field, used + given, &causes) { return }
          service.spec.ports[index].nodePort = asked
        } else {
          service.spec.ports[index].nodePort = draw(server, without: used + given + service.asked)
        }
        byPort[port.port] = service.spec.ports[index].nodePort
        given.append(service.spec.ports[index].nodePort)
        continue
      }
      if port.nodePort == 0 {
        service.spec.ports[index].nodePort = shared
      } else if port.nodePort != shared {
        if !check(port.nodePort, field, used + given, &causes) { return }
        given.append(port.nodePort)
      }
    }
  }

  private static func updatePorts(
    _ service: inout Service, _ old: Service, _ used: [Int], _ server: APIServer,
    _ causes: inout CauseList
  ) {
    let owned = old.spec.ports.map(\.nodePort)
    for (index, port) in service.spec.ports.enumerated() {
      if port.nodePort == 0, !service.allocatesNodePorts { continue }
      if port.nodePort == 0 {
        service.spec.ports[index].nodePort = draw(server, without: used + service.asked + owned)
      } else if !owned.contains(port.nodePort) {
        let field = "spec.ports[\(index)].nodePort"
        if !check(port.nodePort, field, used, &causes) { return }
      }
    }
  }

  private static func allocateHealthCheck(
    _ service: inout Service, _ old: Service?, _ used: [Int], _ server: APIServer
  ) throws(StatusError) {
    guard service.needsHealthCheck, old?.needsHealthCheck != true else { return }
    let port = service.spec.healthCheckNodePort
    if port == 0 {
      service.spec.healthCheckNodePort = draw(server, without: used + service.asked)
    } else if let fault = fault(of: port, used + service.asked) {
      throw StatusError(
        code: 500, reason: "InternalError",
        message: "Internal error occurred: failed to allocate requested HealthCheck NodePort "
          + "\(port): \(fault)")
    }
  }

  private static func draw(_ server: APIServer, without taken: [Int]) -> Int {
    // A dry run looks for nothing (`portallocator/operation.go`).
    if server.isDryRun { return 30_000 }
    let stream = server.simulation.randomStream("kubernetes/node-port")
    var number = 0
    repeat { number = 30_000 + stream.integer(below: 2_768) } while taken.contains(number)
    return number
  }

  private static func fault(of number: Int, _ taken: [Int]) -> String? {
    if !(30_000...32_767).contains(number) {
      return "provided port is not in the valid range. The range of valid ports is 30000-32767"
    }
    return taken.contains(number) ? "provided port is already allocated" : nil
  }

  private static func check(
    _ number: Int, _ field: String, _ taken: [Int], _ causes: inout CauseList
  ) -> Bool {
    guard let fault = fault(of: number, taken) else { return true }
    causes.invalid(field, "\(number)", fault)
    return false
  }
}

extension Service {
  /// Whether the type has node ports, given or allocated.
  fileprivate var hasNodePorts: Bool { ["NodePort", "LoadBalancer"].contains(spec.type) }

  /// Whether ports that ask for no node port get one.
  fileprivate var allocatesNodePorts: Bool {
    spec.type == "NodePort" || spec.allocateLoadBalancerNodePorts != false
  }

  /// The node ports that it has or asks for.
  fileprivate var asked: [Int] { spec.ports.map(\.nodePort).filter { $0 != 0 } }
}
