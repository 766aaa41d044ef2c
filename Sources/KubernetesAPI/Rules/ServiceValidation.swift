import JSON

/// Rules for Services, source `pkg/apis/core/validation/validation.go` ValidateService.
extension Service {
  package func validate(_ causes: inout CauseList) {
    if spec.type != "ExternalName", spec.ports.isEmpty, spec.clusterIP != "None" {
      causes.required("spec.ports")
    }
    if spec.type == "ExternalName" { validateExternalName(&causes) }
    if spec.clusterIP == "None", ["NodePort", "LoadBalancer"].contains(spec.type) {
      causes.invalid(
        "spec.clusterIPs[0]", "\"None\"", "may not be set to 'None' for \(spec.type) services")
    }
    validatePorts(&causes)
    ObjectMeta.validate(labels: spec.selector, "spec.selector", &causes)
    causes.oneOf("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"])
    validateAffinity(&causes)
    validateAddresses(&causes)
    causes.oneOf(
      "spec.type", spec.type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
    validateLoadBalancer(&causes)
    validateTraffic(&causes)
  }

  private func validateExternalName(_ causes: inout CauseList) {
    if !spec.clusterIPs.isEmpty || !spec.clusterIP.isEmpty {
      causes.forbidden(
        "spec.clusterIPs", "may not be set for ExternalName services")
    }
    if spec.externalName.isEmpty {
      causes.required("spec.externalName")
    } else if !FieldRules.isDNS1123Subdomain(spec.externalName) {
      causes.invalid("spec.externalName", "\"\(spec.externalName)\"", ObjectMeta.subdomainText)
    }
  }

  private func validatePorts(_ causes: inout CauseList) {
    var names: [String] = []
    for (index, port) in spec.ports.enumerated() {
      port.validate(
        "spec.ports[\(index)]", type: spec.type, needsName: spec.ports.count > 1, &names, &causes)
    }
    if spec.type == "ClusterIP" || spec.type == "ExternalName" {
      for (index, port) in spec.ports.enumerated() where port.nodePort != 0 {
        causes.forbidden(
          "spec.ports[\(index)].nodePort", "may not be used when `type` is '\(spec.type)'")
      }
    }
    var seenNodePorts: [String] = []
    for (index, port) in spec.ports.enumerated() where port.nodePort != 0 {
      let key = "\(port.protocolName)/\(port.nodePort)"
      if seenNodePorts.contains(key) {
        causes.duplicate("spec.ports[\(index)].nodePort", "\(port.nodePort)")
      }
      seenNodePorts.append(key)
    }
    var seen: [String] = []
    for (index, port) in spec.ports.enumerated() {
      let key = "\(port.protocolName)/\(port.port)"
      if seen.contains(key) {
        let shown: JSONValue = [
          "Name": "", "Protocol": .string(port.protocolName), "AppProtocol": .null,
          "Port": .integer(Int64(port.port)), "TargetPort": 0, "NodePort": 0,
        ]
        causes.duplicate("spec.ports[\(index)]", shown.text())
      }
      seen.append(key)
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

  private func validateAddresses(_ causes: inout CauseList) {
    if spec.clusterIP.isEmpty, !spec.clusterIPs.isEmpty {
      let text = JSONValue.array(spec.clusterIPs.map { .string($0) }).text()
      causes.invalid("spec.clusterIPs", text, "must be empty when `clusterIP` is not specified")
      if spec.clusterIPs.count > 1 {
        causes.invalid(
          "spec.clusterIPs", text, "may specify no more than one IP for each IP family")
      }
      return
    }
    if spec.clusterIP.isEmpty || spec.clusterIP == "None" || spec.type == "ExternalName" { return }
    if !FieldRules.isAddress(spec.clusterIP) {
      causes.invalid(
        "spec.clusterIPs[0]", "\"\(spec.clusterIP)\"",
        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
    }
  }

  private func validateLoadBalancer(_ causes: inout CauseList) {
    let isBalanced = spec.type == "LoadBalancer"
    let only = "may only be used when `type` is 'LoadBalancer'"
    if spec.others["loadBalancerSourceRanges"] != nil, !isBalanced {
      causes.forbidden("spec.LoadBalancerSourceRanges", only)
    }
    if spec.allocateLoadBalancerNodePorts != nil, !isBalanced {
      causes.forbidden("spec.allocateLoadBalancerNodePorts", only)
    }
    if spec.others["loadBalancerClass"] != nil, !isBalanced {
      causes.forbidden("spec.loadBalancerClass", only)
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
    if spec.healthCheckNodePort != 0,
      spec.type != "LoadBalancer" || spec.externalTrafficPolicy != "Local"
    {
      causes.invalid(
        "spec.healthCheckNodePort", "\(spec.healthCheckNodePort)",
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
    }
    if let policy = spec.internalTrafficPolicy {
      causes.oneOf("spec.internalTrafficPolicy", policy, policies)
    }
    if let wish = spec.others["trafficDistribution"]?.stringValue {
      causes.oneOf(
        "spec.trafficDistribution", wish, ["PreferClose", "PreferSameNode", "PreferSameZone"])
    }
  }

  package func validateUpdate(from old: Service, _ causes: inout CauseList) {
    let isKept = spec.type != "ExternalName" && old.spec.type != "ExternalName"
    if isKept, !old.spec.clusterIP.isEmpty, spec.clusterIP != old.spec.clusterIP {
      causes.invalid(
        "spec.clusterIPs[0]", JSONValue.array([.string(spec.clusterIP)]).text(),
        "may not change once set")
    }
    let key = "loadBalancerClass"
    if old.spec.type == "LoadBalancer", spec.type == "LoadBalancer",
      spec.others[key] != old.spec.others[key]
    {
      causes.invalid("spec.\(key)", spec.others[key]?.text() ?? "null", "field is immutable")
    }
  }
}

extension ServicePort {
  fileprivate func validate(
    _ path: String, type: String, needsName: Bool, _ names: inout [String],
    _ causes: inout CauseList
  ) {
    if name.isEmpty, needsName { causes.required("\(path).name") }
    if !name.isEmpty {
      if !FieldRules.isDNS1123Label(name) {
        causes.invalid("\(path).name", "\"\(name)\"", RuleTexts.label)
      }
      if names.contains(name) { causes.duplicate("\(path).name", "\"\(name)\"") }
      names.append(name)
    }
    causes.port("\(path).port", port)
    causes.oneOf("\(path).protocol", protocolName, ["SCTP", "TCP", "UDP"])
    switch targetPort {
    case nil: break
    case .int(let number): causes.port("\(path).targetPort", number)
    case .string(let name):
      for text in RuleTexts.portNameFaults(name) {
        causes.invalid("\(path).targetPort", "\"\(name)\"", text)
      }
    }
  }
}
