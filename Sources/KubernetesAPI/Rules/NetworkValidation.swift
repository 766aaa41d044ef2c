import JSON

/// Rules for Ingresses, Events and Leases, source `pkg/apis/*/validation/validation.go`.
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

extension Event {
  package func validate(_ causes: inout CauseList) {
    if self.involvedObject.namespace != metadata.namespace, !self.involvedObject.namespace.isEmpty {
      causes.invalid(
        "involvedObject.namespace", "\"\(self.involvedObject.namespace)\"",
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
