import JSON
import KubernetesAPI
import SimulationKernel

/// Gives Services their addresses and node ports.
///
/// Source: `pkg/registry/core/service/storage/alloc.go` and `strategy.go`. Upstream draws
/// addresses at random; here they count up.
struct ServiceAllocation {
  private var addresses = 0

  /// Fills in what an update leaves out and drops what its type has no use for.
  static func keep(_ service: inout Service, of old: Service) {
    let needsAddress = service.spec.type != "ExternalName"
    if !needsAddress, old.spec.type != "ExternalName" {
      service.spec.clusterIP = ""
      service.spec.clusterIPs = []
      service.spec.ipFamilies = []
      service.spec.ipFamilyPolicy = nil
      service.spec.internalTrafficPolicy = nil
    } else if needsAddress, service.spec.clusterIP.isEmpty, !old.spec.clusterIP.isEmpty {
      service.spec.clusterIP = old.spec.clusterIP
      service.spec.clusterIPs = old.spec.clusterIPs
    }
    let oldPorts = old.spec.ports.filter { $0.nodePort != 0 }
    if service.needsNodePorts, old.needsNodePorts {
      for index in service.spec.ports.indices where service.spec.ports[index].nodePort == 0 {
        let same = oldPorts.first { $0.name == service.spec.ports[index].name }
        let port = same?.nodePort ?? 0
        let isTaken = service.spec.ports.contains { $0.nodePort == port }
        if port != 0, !isTaken { service.spec.ports[index].nodePort = port }
      }
    } else if old.needsNodePorts {
      let isSame = service.spec.ports.map(\.nodePort) == old.spec.ports.map(\.nodePort)
      for index in service.spec.ports.indices where isSame {
        service.spec.ports[index].nodePort = 0
      }
      if service.spec.externalTrafficPolicy == old.spec.externalTrafficPolicy {
        service.spec.externalTrafficPolicy = ""
      }
    }
  }

  /// Allocates what is wanting; throws 422 for what is asked for and taken.
  mutating func allocate(_ service: inout Service, over old: Service?, _ server: APIServer)
    throws(StatusError)
  {
    if service.spec.type == "ExternalName" { return }
    var others: [Service]?
    func taken() -> [Service] {
      if let others { return others }
      let found = server.list(Service.self).filter { $0.key != service.key }
      others = found
      return found
    }
    var causes = CauseList()
    let address = service.spec.clusterIP
    if address.isEmpty {
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
    service.spec.clusterIPs = [service.spec.clusterIP]
    if service.needsNodePorts {
      let used = taken().flatMap(\.spec.ports).map(\.nodePort).filter { $0 != 0 }
      Self.allocatePorts(&service, old, used, server, &causes)
    }
    if !causes.causes.isEmpty {
      throw .invalid(Service.resource, service.metadata.name, causes.causes)
    }
  }

  private static func allocatePorts(
    _ service: inout Service, _ old: Service?, _ used: [Int], _ server: APIServer,
    _ causes: inout CauseList
  ) {
    let stream = server.simulation.randomStream("kubernetes/node-port")
    let owned = old?.spec.ports.map(\.nodePort) ?? []
    var given: [Int] = []
    for (index, port) in service.spec.ports.enumerated() where port.nodePort != 0 {
      let number = port.nodePort
      let field = "spec.ports[\(index)].nodePort"
      if !(30_000...32_767).contains(number) {
        causes.invalid(
          field, "\(number)",
          "provided port is not in the valid range. The range of valid ports is 30000-32767")
      } else if !owned.contains(number), used.contains(number) {
        causes.invalid(field, "\(number)", "provided port is already allocated")
      }
      given.append(number)
    }
    for index in service.spec.ports.indices where service.spec.ports[index].nodePort == 0 {
      var number = 0
      repeat {
        number = 30_000 + stream.integer(below: 2_768)
      } while used.contains(number) || given.contains(number) || owned.contains(number)
      service.spec.ports[index].nodePort = number
      given.append(number)
    }
  }
}

extension Service {
  fileprivate var needsNodePorts: Bool {
    spec.type == "NodePort"
      || (spec.type == "LoadBalancer" && spec.allocateLoadBalancerNodePorts != false)
  }
}
