import JSON
import KubernetesAPI

/// Gives Services their addresses and node ports, before anything else is looked at.
///
/// Families, addresses and ports follow each other, and the first of them that is at fault is told
/// alone. Source: `pkg/registry/core/service/storage/alloc.go` and `storage.go` beginCreate and
/// beginUpdate. Upstream draws addresses at random; here they count up.
struct ServiceAllocation {
  private var addresses = 0

  /// Gives a new Service what it lacks; throws 422 for what is asked for and cannot be had.
  mutating func allocate(_ service: inout Service, _ server: APIServer) throws(StatusError) {
    if service.spec.clusterIPs.isEmpty, !service.spec.clusterIP.isEmpty {
      service.spec.clusterIPs = [service.spec.clusterIP]
    }
    if service.spec.type == "ExternalName" { return ServiceUpdate.hideInternalPolicy(&service) }
    try IPFamilies.fill(&service, over: nil)
    try allocateAddress(&service, server)
    if !service.hasNodePorts { return }
    var ports = NodePorts(server)
    try ports.allocate(&service)
    if service.needsHealthCheck { try ports.allocateHealthCheck(&service) }
  }

  /// Gives a changed Service what it lacks; throws for what is asked for and cannot be had.
  mutating func allocate(_ service: inout Service, over old: Service, _ server: APIServer)
    throws(StatusError)
  {
    ServiceUpdate.keep(&service, of: old)
    if service.spec.type != "ExternalName" {
      try IPFamilies.fill(&service, over: old)
      // An address that has been given is never given up; that it changes is for validation.
      if old.spec.type == "ExternalName" { try allocateAddress(&service, server) }
      if service.hasNodePorts {
        var ports = NodePorts(server)
        try ports.update(&service, from: old)
        if service.needsHealthCheck, !old.needsHealthCheck {
          try ports.allocateHealthCheck(&service)
        }
      }
    }
    ServiceUpdate.drop(&service, unusedOf: old)
  }

  private mutating func allocateAddress(_ service: inout Service, _ server: APIServer)
    throws(StatusError)
  {
    let address = service.spec.clusterIPs.first ?? ""
    if address == "None" { return }
    if !address.isEmpty {
      if let fault = Self.fault(of: address, server) {
        var causes = CauseList()
        causes.invalid(
          "spec.clusterIPs", JSONValue.array([.string(address)]).text(),
          "failed to allocate IP \(address): \(fault)")
        throw .invalid(Service.resource, service.metadata.name, causes.causes)
      }
    } else if server.isDryRun {
      // A dry run looks for nothing (`ipallocator/ipallocator.go`).
      service.spec.clusterIP = "10.96.0.0"
    } else {
      let used = Set(server.list(Service.self).map(\.spec.clusterIP))
      repeat {
        addresses += 1
        let number = addresses + 9
        service.spec.clusterIP = "10.96.\(number / 256).\(number % 256)"
      } while used.contains(service.spec.clusterIP)
    }
    service.spec.clusterIPs = [service.spec.clusterIP]
  }

  /// Why an address cannot be had, nil if it can.
  private static func fault(of address: String, _ server: APIServer) -> String? {
    let isReserved = address == "10.96.0.0" || address == "10.96.255.255"
    let isOutside = !address.hasPrefix("10.96.")
    if isReserved || isOutside && server.isDryRun {
      return "the provided IP (\(address)) is not in the valid range. The range of valid IPs is "
        + "10.96.0.0/16"
    }
    if isOutside { return "the provided network does not match the current range" }
    if server.isDryRun { return nil }
    let isTaken = server.list(Service.self).contains { $0.spec.clusterIP == address }
    return isTaken ? "provided IP is already allocated" : nil
  }
}
