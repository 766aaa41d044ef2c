import JSON

/// Rules for Endpoints, source `pkg/apis/core/validation/validation.go` ValidateEndpoints.
extension Endpoints {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 2, wholes: 1) }
  package static var isMadeByUpdate: Bool { true }

  package func validate(_ causes: inout CauseList) {
    for (index, subset) in subsets.enumerated() {
      subset.validate("subsets[\(index)]", &causes)
    }
  }

  /// What is at fault already may stay.
  package func validateUpdate(from old: Endpoints, _ causes: inout CauseList) {
    if subsets != old.subsets { validate(&causes) }
  }
}

extension EndpointSubset {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if addresses.isEmpty, notReadyAddresses.isEmpty {
      causes.required(path, "must specify `addresses` or `notReadyAddresses`")
    }
    for (index, address) in addresses.enumerated() {
      address.validate("\(path).addresses[\(index)]", &causes)
    }
    for (index, address) in notReadyAddresses.enumerated() {
      address.validate("\(path).notReadyAddresses[\(index)]", &causes)
    }
    for (index, port) in ports.enumerated() {
      let place = "\(path).ports[\(index)]"
      if port.name.isEmpty {
        if ports.count > 1 { causes.required("\(place).name") }
      } else {
        causes.invalid("\(place).name", text: port.name, RuleTexts.labelFaults(port.name))
      }
      causes.port("\(place).port", port.port ?? 0)
      port.validateProtocols(place, &causes)
    }
  }
}

extension EndpointAddress {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    causes.address("\(path).ip", ip)
    if !hostname.isEmpty {
      causes.invalid("\(path).hostname", text: hostname, RuleTexts.labelFaults(hostname))
    }
    if let nodeName {
      causes.invalid("\(path).nodeName", text: nodeName, RuleTexts.subdomainFaults(nodeName))
    }
    causes.endpoint("\(path).ip", ip)
  }
}

extension EndpointPort {
  fileprivate func validateProtocols(_ path: String, _ causes: inout CauseList) {
    causes.oneOf("\(path).protocol", protocolName, ["SCTP", "TCP", "UDP"])
    if let appProtocol {
      causes.invalid(
        "\(path).appProtocol", text: appProtocol, RuleTexts.qualifiedNameFaults(appProtocol))
    }
  }
}

/// Rules for EndpointSlices, source `pkg/apis/discovery/validation/validation.go`.
extension EndpointSlice {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 1, wholes: 1) }

  private static let (endpointsMax, addressesMax, portsMax) = (1000, 100, 20_000)

  package func validate(_ causes: inout CauseList) {
    validateKind(&causes)
    validateEndpoints(&causes)
  }

  private func validateKind(_ causes: inout CauseList) {
    causes.oneOf("addressType", addressType, ["FQDN", "IPv4", "IPv6"])
    if ports.count > Self.portsMax {
      return causes.tooMany("ports", ports.count, Self.portsMax)
    }
    for (index, port) in ports.enumerated() {
      let place = "ports[\(index)]"
      if !port.name.isEmpty {
        causes.invalid("\(place).name", text: port.name, RuleTexts.labelFaults(port.name))
      }
      if ports[..<index].contains(where: { $0.name == port.name }) {
        causes.duplicate("\(place).name", port.name.goQuoted)
      }
      port.validateProtocols(place, &causes)
    }
  }

  private func validateEndpoints(_ causes: inout CauseList) {
    if endpoints.count > Self.endpointsMax {
      return causes.tooMany("endpoints", endpoints.count, Self.endpointsMax)
    }
    for (index, endpoint) in endpoints.enumerated() {
      let path = "endpoints[\(index)]"
      if endpoint.addresses.isEmpty {
        causes.required("\(path).addresses", "must contain at least 1 address")
      } else if endpoint.addresses.count > Self.addressesMax {
        causes.tooMany("\(path).addresses", endpoint.addresses.count, Self.addressesMax)
      }
      for (number, address) in endpoint.addresses.enumerated() {
        validate(address, "\(path).addresses", number, &causes)
      }
      if let name = endpoint.nodeName {
        causes.invalid("\(path).nodeName", text: name, RuleTexts.subdomainFaults(name))
      }
      if let name = endpoint.hostname {
        causes.invalid("\(path).hostname", text: name, RuleTexts.labelFaults(name))
      }
    }
  }

  private func validate(
    _ address: String, _ path: String, _ index: Int, _ causes: inout CauseList
  ) {
    guard addressType == "IPv4" || addressType == "IPv6" else { return }
    let place = "\(path)[\(index)]"
    guard let parsed = IPAddress(address) else { return causes.address(place, address) }
    if parsed.isIPv4 != (addressType == "IPv4") {
      causes.invalid(path, address.goQuoted, "must be an \(addressType) address")
    }
    causes.endpoint(place, address)
  }

  /// What is at fault already may stay; the type of addresses never changes.
  package func validateUpdate(from old: Self, _ causes: inout CauseList) {
    validateKind(&causes)
    if endpoints != old.endpoints { validateEndpoints(&causes) }
    if addressType != old.addressType {
      causes.invalid("addressType", addressType.goQuoted, "field is immutable")
    }
  }
}
