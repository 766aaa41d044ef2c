import JSON

/// Rules for Services, Ingresses and autoscalers, source `pkg/apis/*/validation/validation.go`.
extension Service {
  package func validate(_ causes: inout CauseList) {
    causes.oneOf(
      "spec.type", spec.type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
    causes.oneOf("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"])
    if spec.type == "ExternalName" {
      if spec.externalName.isEmpty { causes.required("spec.externalName") }
    } else if spec.ports.isEmpty, spec.clusterIP != "None" {
      causes.required("spec.ports")
    }
    if spec.clusterIP.isEmpty, !spec.clusterIPs.isEmpty {
      let text = JSONValue.array(spec.clusterIPs.map { .string($0) }).text()
      causes.invalid("spec.clusterIPs", text, "must be empty when `clusterIP` is not specified")
      if spec.clusterIPs.count > 1 {
        causes.invalid(
          "spec.clusterIPs", text, "may specify no more than one IP for each IP family")
      }
    }
    for (index, family) in spec.ipFamilies.enumerated()
    where family != "IPv4" && spec.clusterIP != "None" {
      causes.invalid(
        "spec.ipFamilies[\(index)]", "\"\(family)\"", "not configured on this cluster")
    }
    ObjectMeta.validate(labels: spec.selector, "spec.selector", &causes)
    var names: [String] = []
    for (index, port) in spec.ports.enumerated() {
      let path = "spec.ports[\(index)]"
      if port.name.isEmpty, spec.ports.count > 1 { causes.required("\(path).name") }
      if !port.name.isEmpty {
        if !FieldRules.isDNS1123Label(port.name) {
          causes.invalid("\(path).name", "\"\(port.name)\"", RuleTexts.label)
        }
        if names.contains(port.name) {
          causes.duplicate("\(path).name", "\"\(port.name)\"")
        }
        names.append(port.name)
      }
      causes.port("\(path).port", port.port)
      causes.oneOf("\(path).protocol", port.protocolName, ["SCTP", "TCP", "UDP"])
      switch port.targetPort {
      case nil: break
      case .int(let number): causes.port("\(path).targetPort", number)
      case .string(let name):
        for text in RuleTexts.portNameFaults(name) {
          causes.invalid("\(path).targetPort", "\"\(name)\"", text)
        }
      }
      if port.nodePort != 0, spec.type == "ClusterIP" {
        causes.forbidden("\(path).nodePort", "may not be used when `type` is 'ClusterIP'")
      }
    }
  }

  package func validateUpdate(from old: Service, _ causes: inout CauseList) {
    let isKept = spec.type != "ExternalName" && old.spec.type != "ExternalName"
    if isKept, !old.spec.clusterIP.isEmpty, spec.clusterIP != old.spec.clusterIP {
      causes.invalid(
        "spec.clusterIPs[0]", JSONValue.array([.string(spec.clusterIP)]).text(),
        "may not change once set")
    }
  }
}

extension Ingress {
  package func validate(_ causes: inout CauseList) {
    if spec.rules.isEmpty, spec.defaultBackend == nil {
      causes.invalid(
        "spec", "null", "either `defaultBackend` or `rules` must be specified")
    }
    for (index, rule) in spec.rules.enumerated() {
      let path = "spec.rules[\(index)]"
      if !rule.host.isEmpty, !FieldRules.isDNS1123Subdomain(rule.host),
        !FieldRules.isWildcardSubdomain(rule.host)
      {
        causes.invalid("\(path).host", "\"\(rule.host)\"", RuleTexts.label)
      }
      for (number, entry) in (rule.http?.paths ?? []).enumerated() {
        entry.validate("\(path).http.paths[\(number)]", &causes)
      }
    }
  }
}

extension HTTPIngressPath {
  fileprivate func validate(_ place: String, _ causes: inout CauseList) {
    guard let pathType else {
      return causes.required("\(place).pathType", "pathType must be specified")
    }
    let supported = ["Exact", "ImplementationSpecific", "Prefix"]
    if !supported.contains(pathType) {
      causes.notSupported("\(place).pathType", pathType, supported)
    }
    let mayBeEmpty = pathType == "ImplementationSpecific" && path.isEmpty
    if !path.hasPrefix("/"), !mayBeEmpty {
      causes.invalid("\(place).path", "\"\(path)\"", "must be an absolute path")
    }
    guard let service = backend.service else {
      if backend.resource == nil {
        causes.required("\(place).backend", "")
      }
      return
    }
    if service.name.isEmpty { causes.required("\(place).backend.service.name") }
    if service.port.name.isEmpty, service.port.number == 0 {
      causes.required("\(place).backend.service.port", "port name or number is required")
    }
  }
}

extension HorizontalPodAutoscaler {
  package func validate(_ causes: inout CauseList) {
    if let minimum = spec.minReplicas, minimum < 1 {
      causes.invalid("spec.minReplicas", "\(minimum)", "must be greater than or equal to 1")
    }
    if spec.maxReplicas < 1 {
      causes.invalid("spec.maxReplicas", "\(spec.maxReplicas)", "must be greater than 0")
    }
    if let minimum = spec.minReplicas, spec.maxReplicas < minimum {
      causes.invalid(
        "spec.maxReplicas", "\(spec.maxReplicas)",
        "must be greater than or equal to `minReplicas`")
    }
    if spec.scaleTargetRef.kind.isEmpty { causes.required("spec.scaleTargetRef.kind") }
    if spec.scaleTargetRef.name.isEmpty { causes.required("spec.scaleTargetRef.name") }
  }
}

extension Event {
  package func validate(_ causes: inout CauseList) {
    if involvedObject.namespace != metadata.namespace, !involvedObject.namespace.isEmpty {
      causes.invalid(
        "involvedObject.namespace", "\"\(involvedObject.namespace)\"",
        "does not match event.namespace")
    }
  }
}

extension Lease {
  package func validate(_ causes: inout CauseList) {
    if let duration = spec.leaseDurationSeconds, duration <= 0 {
      causes.invalid("spec.leaseDurationSeconds", "\(duration)", "must be greater than 0")
    }
    if let transitions = spec.leaseTransitions, transitions < 0 {
      causes.invalid(
        "spec.leaseTransitions", "\(transitions)", "must be greater than or equal to 0")
    }
  }
}
