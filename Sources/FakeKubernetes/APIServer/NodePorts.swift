import KubernetesAPI
import SimulationKernel

/// Node ports that one write takes, over those that Services have already.
///
/// Source: `pkg/registry/core/service/portallocator/operation.go` and `storage/alloc.go`.
struct NodePorts {
  private let used: Set<Int>
  private let isDryRun: Bool
  private let server: APIServer
  private var allocated: [Int] = []

  init(_ server: APIServer) {
    self.server = server
    isDryRun = server.isDryRun
    var used: Set<Int> = []
    for service in server.list(Service.self) {
      for port in service.spec.ports where port.nodePort != 0 { used.insert(port.nodePort) }
      if service.spec.healthCheckNodePort != 0 { used.insert(service.spec.healthCheckNodePort) }
    }
    self.used = used
  }

  /// Takes a port; tells why it cannot be had.
  private mutating func take(_ number: Int) -> String? {
    // A dry run does not ask whether the port is one of the range.
    if !isDryRun, !(30_000...32_767).contains(number) {
      return "provided port is not in the valid range. The range of valid ports is 30000-32767"
    }
    if used.contains(number) || allocated.contains(number) {
      return "provided port is already allocated"
    }
    allocated.append(number)
    return nil
  }

  /// Takes any port but those that are asked for.
  private mutating func takeNext(besides asked: [Int]) -> Int {
    var number = 0
    if isDryRun {
      // A dry run looks for nothing and counts up from beyond the range.
      number = (allocated.max() ?? 32_768) + 1
    } else {
      let stream = server.simulation.randomStream("kubernetes/node-port")
      repeat {
        number = 30_000 + stream.integer(below: 2_768)
      } while used.contains(number) || allocated.contains(number) || asked.contains(number)
    }
    allocated.append(number)
    return number
  }

  /// Gives a new Service its node ports: those of one number share a node port.
  mutating func allocate(_ service: inout Service) throws(StatusError) {
    var byPort: [Int: Int] = [:]
    for (index, port) in service.spec.ports.enumerated() {
      if port.nodePort == 0, !service.allocatesNodePorts { continue }
      if let shared = byPort[port.port] {
        if port.nodePort == 0 {
          service.spec.ports[index].nodePort = shared
        } else if port.nodePort != shared {
          try take(port.nodePort, index, service)
        }
        continue
      }
      let asked = service.spec.ports.first { $0.port == port.port && $0.nodePort != 0 }?.nodePort
      if let asked { try take(asked, index, service) }
      let number = asked ?? takeNext(besides: service.asked)
      service.spec.ports[index].nodePort = number
      byPort[port.port] = number
    }
  }

  /// Gives a changed Service the node ports that it lacks or asks for.
  mutating func update(_ service: inout Service, from old: Service) throws(StatusError) {
    let owned = old.asked
    var fresh: Set<Int> = []
    var seen: [(protocolName: String, number: Int)] = []
    for (index, port) in service.spec.ports.enumerated() {
      if port.nodePort == 0, !service.allocatesNodePorts { continue }
      var number = port.nodePort
      if number == 0 {
        number = takeNext(besides: service.asked + owned)
        service.spec.ports[index].nodePort = number
      } else if !owned.contains(number), !fresh.contains(number) {
        try take(number, index, service)
        fresh.insert(number)
      }
      if seen.contains(where: { $0 == (port.protocolName, number) }) {
        throw StatusError(
          code: 500, reason: "",
          message: "duplicate nodePort: {\(port.protocolName) \(number)}")
      }
      seen.append((port.protocolName, number))
    }
  }

  /// Gives a Service the port at which its load balancer asks for health.
  mutating func allocateHealthCheck(_ service: inout Service) throws(StatusError) {
    let asked = service.spec.healthCheckNodePort
    if asked == 0 {
      service.spec.healthCheckNodePort = takeNext(besides: service.asked)
    } else if let fault = take(asked) {
      throw StatusError(
        code: 500, reason: "InternalError",
        message: "Internal error occurred: failed to allocate requested HealthCheck NodePort "
          + "\(asked): \(fault)")
    }
  }

  private mutating func take(_ number: Int, _ index: Int, _ service: Service) throws(StatusError) {
    guard let fault = take(number) else { return }
    var causes = CauseList()
    causes.invalid("spec.ports[\(index)].nodePort", "\(number)", fault)
    throw .invalid(Service.resource, service.metadata.name, causes.causes)
  }
}

extension Service {
  /// Whether the type has node ports, given or allocated.
  var hasNodePorts: Bool { ["NodePort", "LoadBalancer"].contains(spec.type) }

  /// Whether ports that ask for no node port get one.
  var allocatesNodePorts: Bool {
    spec.type == "NodePort"
      || spec.type == "LoadBalancer" && spec.allocateLoadBalancerNodePorts != false
  }

  /// The node ports that it has or asks for.
  fileprivate var asked: [Int] { spec.ports.map(\.nodePort).filter { $0 != 0 } }
}
