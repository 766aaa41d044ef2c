import JSON
import KubernetesAPI

/// The address families of Services, on a cluster that has IPv4 only.
///
/// Source: `pkg/registry/core/service/storage/alloc.go` initIPFamilyFields.
enum IPFamilies {
  /// Fills in policy and families; throws 422 for what the cluster cannot give.
  static func fill(_ service: inout Service, over old: Service?) throws(StatusError) {
    let isBare = service.spec.clusterIP == "None" && service.spec.selector.isEmpty
    if let old, service.prefersBoth, old.prefersBoth, old.spec.type == service.spec.type,
      old.spec.clusterIPs == service.spec.clusterIPs,
      old.spec.ipFamilies == service.spec.ipFamilies
    {
      return
    }
    if service.spec.ipFamilyPolicy == nil {
      service.spec.ipFamilyPolicy =
        old?.spec.ipFamilyPolicy ?? (isBare ? "RequireDualStack" : "SingleStack")
    }
    let isSingle = service.spec.ipFamilyPolicy == "SingleStack"
    var causes = CauseList()
    service.validateAddresses(&causes)
    try refuse(service, causes)
    checkPolicy(&service, old, isSingle, &causes)
    infer(&service, &causes)
    try refuse(service, causes)
    if isBare {
      if service.spec.ipFamilies.isEmpty { service.spec.ipFamilies = ["IPv4"] }
      if service.spec.ipFamilies.count < 2, !isSingle {
        service.spec.ipFamilies.append(service.spec.ipFamilies[0] == "IPv4" ? "IPv6" : "IPv4")
      }
      return
    }
    if service.spec.ipFamilyPolicy == "RequireDualStack" {
      causes.invalid(
        "spec.ipFamilyPolicy", "\"RequireDualStack\"",
        "this cluster is not configured for dual-stack services")
    }
    for (index, family) in service.spec.ipFamilies.enumerated() where family != "IPv4" {
      causes.invalid(
        "spec.ipFamilies[\(index)]", "\"\(family)\"", "not configured on this cluster")
    }
    try refuse(service, causes)
    if service.spec.ipFamilies.isEmpty { service.spec.ipFamilies = ["IPv4"] }
  }

  /// Whether the policy fits what is given and what was there before.
  private static func checkPolicy(
    _ service: inout Service, _ old: Service?, _ isSingle: Bool, _ causes: inout CauseList
  ) {
    let policy = "\"\(service.spec.ipFamilyPolicy ?? "")\""
    func refuse(_ text: String) { causes.invalid("spec.ipFamilyPolicy", policy, text) }
    if let old, isSingle {
      if old.spec.clusterIPs == service.spec.clusterIPs {
        service.spec.clusterIPs = Array(service.spec.clusterIPs.prefix(1))
      }
      if old.spec.ipFamilies == service.spec.ipFamilies {
        service.spec.ipFamilies = Array(service.spec.ipFamilies.prefix(1))
      }
    } else if let old {
      let families = service.spec.ipFamilies
      if !families.isEmpty, families.count < old.spec.ipFamilies.count {
        refuse("must be 'SingleStack' to release the secondary IP family")
      }
    }
    if !isSingle { return }
    let texts = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
    if service.spec.clusterIPs.count == 2 { refuse("\(texts) cluster IPs are specified") }
    if service.spec.ipFamilies.count == 2 { refuse("\(texts) IP families are specified") }
  }

  /// The families of given addresses, where they are not named.
  private static func infer(_ service: inout Service, _ causes: inout CauseList) {
    let addresses = service.spec.clusterIPs
    for (index, address) in addresses.enumerated() {
      if address == "None" { return }
      if index < service.spec.ipFamilies.count { continue }
      if address.contains(":") {
        causes.invalid(
          "spec.clusterIPs[\(index)]", JSONValue.array(addresses.map { .string($0) }).text(),
          "IPv6 is not configured on this cluster")
      } else {
        service.spec.ipFamilies.append("IPv4")
      }
    }
  }

  private static func refuse(_ service: Service, _ causes: CauseList) throws(StatusError) {
    if causes.causes.isEmpty { return }
    throw .invalid(Service.resource, service.metadata.name, causes.causes)
  }
}

extension Service {
  fileprivate var prefersBoth: Bool { spec.ipFamilyPolicy == "PreferDualStack" }
}
