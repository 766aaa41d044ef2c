import JSON

/// Rules for Ingresses, source `pkg/apis/networking/validation/validation.go`.
extension Ingress {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 2, wholes: 1) }

  package func validate(_ causes: inout CauseList) {
    if spec.rules.isEmpty, spec.defaultBackend == nil {
      causes.invalid("spec", "null", "either `defaultBackend` or `rules` must be specified")
    }
    spec.defaultBackend?.validate("spec.defaultBackend", &causes)
    for (index, rule) in spec.rules.enumerated() {
      rule.validate("spec.rules[\(index)]", &causes)
    }
    for (index, certificate) in spec.tls.enumerated() {
      certificate.validate("spec.tls[\(index)]", &causes)
    }
    if let name = spec.ingressClassName {
      causes.invalid("spec.ingressClassName", text: name, RuleTexts.subdomainFaults(name))
    }
  }

  /// Adds a cause if the class stands in an annotation too and is another one there.
  package func validateClassAnnotation(_ causes: inout CauseList) {
    let key = "kubernetes.io/ingress.class"
    if let name = spec.ingressClassName, let other = metadata.annotations[key], other != name {
      causes.invalid(
        "annotations.\(key)", other.goQuoted,
        "must match `ingressClassName` when both are specified")
    }
  }

  package func validateStatus(from old: Ingress, _ causes: inout CauseList) {
    causes.loadBalancer(status.loadBalancer?["ingress"]?.arrayValue ?? [], hasModes: false)
  }
}

extension IngressRule {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if !host.isEmpty {
      if IPAddress(host) != nil {
        causes.invalid("\(path).host", host.goQuoted, "must be a DNS name, not an IP address")
      }
      causes.host("\(path).host", host)
    }
    guard let http else { return }
    if http.paths.isEmpty { causes.required("\(path).http.paths") }
    for (number, entry) in http.paths.enumerated() {
      entry.validate("\(path).http.paths[\(number)]", &causes)
    }
  }
}

extension IngressTLS {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    for (index, host) in hosts.enumerated() { causes.host("\(path).hosts[\(index)]", host) }
    if !secretName.isEmpty {
      causes.invalid(
        "\(path).secretName", text: secretName, RuleTexts.subdomainFaults(secretName))
    }
  }
}

extension HTTPIngressPath {
  private static let forbiddenParts = ["//", "/./", "/../", "%2f", "%2F"]
  private static let forbiddenEnds = ["/..", "/."]

  fileprivate func validate(_ place: String, _ causes: inout CauseList) {
    guard let pathType else {
      return causes.required("\(place).pathType", "pathType must be specified")
    }
    let field = "\(place).path"
    func mustBeAbsolute() {
      if !path.hasPrefix("/") {
        causes.invalid(field, path.goQuoted, "must be an absolute path")
      }
    }
    switch pathType {
    case "Exact", "Prefix":
      mustBeAbsolute()
      for part in Self.forbiddenParts where path.contains(part) {
        causes.invalid(field, path.goQuoted, "must not contain '\(part)'")
      }
      for end in Self.forbiddenEnds where path.hasSuffix(end) {
        causes.invalid(field, path.goQuoted, "cannot end with '\(end)'")
      }
    case "ImplementationSpecific": if !path.isEmpty { mustBeAbsolute() }
    default:
      causes.notSupported(
        "\(place).pathType", pathType, ["Exact", "ImplementationSpecific", "Prefix"])
    }
    backend.validate("\(place).backend", &causes)
  }
}

extension IngressBackend {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if let resource {
      if service != nil {
        return causes.invalid(path, "\"\"", "cannot set both resource and service backends")
      }
      for field in ["kind", "name"] {
        let text = resource[field]?.stringValue ?? ""
        if text.isEmpty {
          causes.required("\(path).resource.\(field)", "\(field) is required")
        } else {
          causes.invalid(
            "\(path).resource.\(field)", text: text, RuleTexts.pathSegmentFaults(text))
        }
      }
      return
    }
    guard let service else {
      return causes.invalid(path, "\"\"", "resource or service backend is required")
    }
    if service.name.isEmpty {
      causes.required("\(path).service.name")
    } else {
      causes.invalid(
        "\(path).service.name", text: service.name, RuleTexts.dns1035Faults(service.name))
    }
    let port = service.port
    if !port.name.isEmpty, port.number != 0 {
      causes.invalid(path, "\"\"", "cannot set both port name & port number")
    } else if !port.name.isEmpty {
      causes.port("\(path).service.port.name", .string(port.name))
    } else if port.number != 0 {
      causes.port("\(path).service.port.number", port.number)
    } else {
      causes.required(path, "port name or number is required")
    }
  }
}

extension CauseList {
  /// Adds the faults of a host, which may begin with `*.`.
  fileprivate mutating func host(_ field: String, _ host: String) {
    let faults =
      host.contains("*") ? RuleTexts.wildcardFaults(host) : RuleTexts.subdomainFaults(host)
    invalid(field, text: host, faults)
  }
}
