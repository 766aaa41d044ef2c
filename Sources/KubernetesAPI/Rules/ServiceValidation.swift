import JSON

/// Rules for Services, source `pkg/apis/core/validation/validation.go` ValidateService.
extension Service {
  package func validate(_ causes: inout CauseList) {
    let isHeadless = spec.clusterIP == "None"
    if spec.type != "ExternalName", spec.ports.isEmpty, !isHeadless {
      causes.required("spec.ports")
    }
    if isHeadless, ["NodePort", "LoadBalancer"].contains(spec.type) {
      causes.invalid(
        "spec.clusterIPs[0]", "\"None\"", "may not be set to 'None' for \(spec.type) services")
    }
    if spec.type == "ExternalName" { validateExternalName(&causes) }
    var names: [String] = []
    for (index, port) in spec.ports.enumerated() {
      port.validate(
        "spec.ports[\(index)]", needsName: spec.ports.count > 1, &names, &causes)
    }
    ObjectMeta.validate(labels: spec.selector, "spec.selector", &causes)
    causes.oneOf("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"])
    validateAffinity(&causes)
    validateAddresses(&causes)
    for (index, address) in spec.externalIPs.enumerated() {
      let count = causes.causes.count
      causes.address("spec.externalIPs[\(index)]", address)
      if causes.causes.count == count { causes.endpoint("spec.externalIPs[\(index)]", address) }
    }
    causes.oneOf(
      "spec.type", spec.type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
    validateRepetitions(&causes)
    validateLoadBalancer(&causes)
    validateTraffic(&causes)
  }

  private func validateExternalName(_ causes: inout CauseList) {
    let text = "may not be set for ExternalName services"
    if !spec.clusterIPs.isEmpty || !spec.clusterIP.isEmpty {
      causes.forbidden("spec.clusterIPs", text)
    }
    if !spec.ipFamilies.isEmpty { causes.forbidden("spec.ipFamilies", text) }
    if spec.ipFamilyPolicy != nil { causes.forbidden("spec.ipFamilyPolicy", text) }
    let name =
      spec.externalName.hasSuffix(".") ? String(spec.externalName.dropLast()) : spec.externalName
    if name.isEmpty {
      causes.required("spec.externalName")
    } else {
      causes.invalid("spec.externalName", text: name, RuleTexts.subdomainFaults(name))
    }
  }

  private func validateRepetitions(_ causes: inout CauseList) {
    for (index, port) in spec.ports.enumerated() where port.nodePort != 0 {
      if spec.type == "ClusterIP" {
        causes.forbidden(
          "spec.ports[\(index)].nodePort", "may not be used when `type` is 'ClusterIP'")
      }
    }
    func isRepeated(_ index: Int, _ key: KeyPath<ServicePort, Int>) -> Bool {
      spec.ports[..<index].contains {
        $0.protocolName == spec.ports[index].protocolName
          && $0[keyPath: key] == spec.ports[index][keyPath: key]
      }
    }
    for (index, port) in spec.ports.enumerated()
    where port.nodePort != 0 && isRepeated(index, \.nodePort) {
      causes.duplicate("spec.ports[\(index)].nodePort", "\(port.nodePort)")
    }
    for (index, port) in spec.ports.enumerated() where isRepeated(index, \.port) {
      let shown: JSONValue = [
        "Name": "", "Protocol": .string(port.protocolName), "AppProtocol": .null,
        "Port": .integer(Int64(port.port)), "TargetPort": 0, "NodePort": 0,
      ]
      causes.duplicate("spec.ports[\(index)]", shown.text())
    }
  }

  private func validateAffinity(_ causes: inout CauseList) {
    guard spec.sessionAffinity == "ClientIP",
      let seconds = spec.sessionAffinityConfig?.value(at: "clientIP", "timeoutSeconds")?.intValue,
      !(1...86_400).contains(seconds)
    else { return }
    causes.invalid(
      "spec.sessionAffinityConfig.clientIP.timeoutSeconds", "\(seconds)",
      "must be greater than 0 and less than 86400")
  }

  /// Adds a cause for every fault of addresses, families and their policy.
  ///
  /// Source: ValidateServiceClusterIPsRelatedFields.
  package func validateAddresses(_ causes: inout CauseList) {
    if spec.type == "ExternalName" { return }
    let addresses = spec.clusterIPs
    let shown = JSONValue.array(addresses.map { .string($0) }).text()
    if spec.clusterIP.isEmpty {
      if !addresses.isEmpty {
        causes.invalid("spec.clusterIPs", shown, "must be empty when `clusterIP` is not specified")
      }
    } else if addresses.isEmpty {
      causes.required("spec.clusterIPs")
    } else if addresses[0] != spec.clusterIP {
      causes.invalid("spec.clusterIPs", shown, "first value must match `clusterIP`")
    }
    validateFamilies(&causes)
    let count = causes.causes.count
    for (index, address) in addresses.enumerated() {
      if index > 0 || address != "None" {
        causes.address("spec.clusterIPs[\(index)]", address)
      } else if addresses.count > 1 {
        causes.invalid("spec.clusterIPs", shown, "'None' must be the first and only value")
      }
    }
    let isValid = causes.causes.count == count
    if addresses.count > 2 {
      causes.invalid("spec.clusterIPs", shown, "may only hold up to 2 values")
    }
    if !isValid || addresses.first == "None" { return }
    let families = addresses.map { IPAddress($0)?.isIPv4 ?? true ? "IPv4" : "IPv6" }
    if addresses.count > 1, Set(families).count < 2 {
      causes.invalid(
        "spec.clusterIPs", shown, "may specify no more than one IP for each IP family")
    }
    for (index, (family, wanted)) in zip(families, spec.ipFamilies).enumerated()
    where family != wanted && ["IPv4", "IPv6"].contains(wanted) {
      causes.invalid(
        "spec.clusterIPs[\(index)]", addresses[index].goQuoted,
        "expected an \(wanted) value as indicated by `ipFamilies[\(index)]`")
    }
  }

  private func validateFamilies(_ causes: inout CauseList) {
    for (index, family) in spec.ipFamilies.enumerated() {
      let field = "spec.ipFamilies[\(index)]"
      if !["IPv4", "IPv6"].contains(family) {
        causes.notSupported(field, family, ["IPv4", "IPv6"])
      }
      if spec.ipFamilies[..<index].contains(family) { causes.duplicate(field, family.goQuoted) }
    }
    let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"]
    if let policy = spec.ipFamilyPolicy, !policies.contains(policy) {
      causes.notSupported("spec.ipFamilyPolicy", policy, policies)
    }
  }

  private func validateLoadBalancer(_ causes: inout CauseList) {
    let isBalanced = spec.type == "LoadBalancer"
    let only = "may only be used when `type` is 'LoadBalancer'"
    if let ranges = spec.others["loadBalancerSourceRanges"]?.arrayValue {
      if !isBalanced { causes.forbidden("spec.LoadBalancerSourceRanges", only) }
      for (index, range) in ranges.enumerated() {
        causes.network(
          "spec.LoadBalancerSourceRanges[\(index)]", range.stringValue ?? "")
      }
    }
    if spec.allocateLoadBalancerNodePorts != nil, !isBalanced {
      causes.forbidden("spec.allocateLoadBalancerNodePorts", only)
    }
    validateClass(&causes)
  }

  private func validateClass(_ causes: inout CauseList) {
    guard let name = spec.others["loadBalancerClass"]?.stringValue else { return }
    if spec.type != "LoadBalancer" {
      causes.forbidden(
        "spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'")
    } else {
      causes.invalid("spec.loadBalancerClass", text: name, RuleTexts.qualifiedNameFaults(name))
    }
  }

  private func validateTraffic(_ causes: inout CauseList) {
    let policies = ["Cluster", "Local"]
    if isExternallyAccessible {
      causes.oneOf("spec.externalTrafficPolicy", spec.externalTrafficPolicy, policies)
    } else if !spec.externalTrafficPolicy.isEmpty {
      causes.invalid(
        "spec.externalTrafficPolicy", "\"\(spec.externalTrafficPolicy)\"",
        "may only be set for externally-accessible services")
    }
    if spec.healthCheckNodePort != 0, !needsHealthCheck {
      causes.invalid(
        "spec.healthCheckNodePort", "\(spec.healthCheckNodePort)",
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
    }
    if let policy = spec.internalTrafficPolicy, !policies.contains(policy) {
      causes.notSupported("spec.internalTrafficPolicy", policy, policies)
    }
    if let wish = spec.others["trafficDistribution"]?.stringValue {
      let known = ["PreferClose", "PreferSameZone", "PreferSameNode"]
      if !known.contains(wish) { causes.notSupported("spec.trafficDistribution", wish, known) }
    }
  }

  package func validateUpdate(from old: Service, _ causes: inout CauseList) {
    let isExternal = spec.type == "ExternalName" || old.spec.type == "ExternalName"
    if !isExternal {
      validateAddresses(from: old, &causes)
      validateFamilies(from: old, &causes)
    }
    let key = "loadBalancerClass"
    if old.spec.type == "LoadBalancer", spec.type == "LoadBalancer",
      spec.others[key] != old.spec.others[key]
    {
      causes.invalid("spec.\(key)", spec.others[key]?.text() ?? "null", "may not change once set")
    }
    validateClass(&causes)
    let before = old.spec.healthCheckNodePort
    if needsHealthCheck, old.needsHealthCheck, spec.healthCheckNodePort != before {
      causes.forbidden("spec.healthCheckNodePort", "field is immutable")
    }
    validate(&causes)
  }

  private func validateAddresses(from old: Service, _ causes: inout CauseList) {
    let given = spec.clusterIPs.isEmpty ? [spec.clusterIP] : spec.clusterIPs
    let before = old.spec.clusterIPs
    if before.first == "None", given.first == "None" { return }
    let shown = JSONValue.array(given.map { .string($0) }).text()
    if before.count == given.count {
      for (index, (old, new)) in zip(before, given).enumerated() where old != new {
        causes.invalid("spec.clusterIPs[\(index)]", shown, "may not change once set")
      }
    } else if let first = before.first, first != given.first {
      causes.invalid("spec.clusterIPs[0]", shown, "may not change once set")
    }
  }

  private func validateFamilies(from old: Service, _ causes: inout CauseList) {
    if spec.clusterIP == "None" || old.spec.clusterIP == "None" { return }
    let (given, before) = (spec.ipFamilies, old.spec.ipFamilies)
    let shown = JSONValue.array(given.map { .string($0) }).text()
    if given.count == before.count {
      for (old, new) in zip(before, given) where old != new {
        causes.invalid("spec.ipFamilies[0]", shown, "may not change once set")
      }
    } else if let first = given.first, let old = before.first, first != old {
      causes.invalid("spec.ipFamilies[0]", shown, "may not change once set")
    }
  }

  /// Whether a load balancer asks its nodes whether they have pods.
  package var needsHealthCheck: Bool {
    spec.type == "LoadBalancer" && spec.externalTrafficPolicy == "Local"
  }

  package static var isMadeByUpdate: Bool { true }

  package func validateStatus(from old: Service, _ causes: inout CauseList) {
    let ingress = status.loadBalancer?["ingress"]?.arrayValue ?? []
    if spec.type != "LoadBalancer", !ingress.isEmpty {
      return causes.forbidden(
        "status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'")
    }
    causes.loadBalancer(ingress, hasModes: true)
  }
}

extension CauseList {
  /// Adds a cause for every fault of the places where a load balancer is reached.
  mutating func loadBalancer(_ ingress: [JSONValue], hasModes: Bool) {
    for (index, point) in ingress.enumerated() {
      let path = "status.loadBalancer.ingress[\(index)]"
      let address = point["ip"]?.stringValue ?? ""
      if !address.isEmpty { self.address("\(path).ip", address) }
      if hasModes, let mode = point["ipMode"]?.stringValue {
        if address.isEmpty {
          forbidden("\(path).ipMode", "may not be specified when `ip` is not set")
        } else if !["Proxy", "VIP"].contains(mode) {
          notSupported("\(path).ipMode", mode, ["Proxy", "VIP"])
        }
      }
      guard let name = point["hostname"]?.stringValue, !name.isEmpty else { continue }
      invalid("\(path).hostname", text: name, RuleTexts.subdomainFaults(name))
      if IPAddress(name) != nil {
        invalid("\(path).hostname", name.goQuoted, "must be a DNS name, not an IP address")
      }
    }
  }
}

extension ServicePort {
  fileprivate func validate(
    _ path: String, needsName: Bool, _ names: inout [String], _ causes: inout CauseList
  ) {
    if name.isEmpty, needsName { causes.required("\(path).name") }
    if !name.isEmpty {
      causes.invalid("\(path).name", text: name, RuleTexts.labelFaults(name))
      if names.contains(name) { causes.duplicate("\(path).name", name.goQuoted) }
      names.append(name)
    }
    causes.port("\(path).port", port)
    causes.oneOf("\(path).protocol", protocolName, ["SCTP", "TCP", "UDP"])
    causes.port("\(path).targetPort", targetPort)
    if let appProtocol {
      causes.invalid(
        "\(path).appProtocol", text: appProtocol, RuleTexts.qualifiedNameFaults(appProtocol))
    }
  }
}
