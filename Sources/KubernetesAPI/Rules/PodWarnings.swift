import JSON

/// What people are told about pods and templates that are taken though something in them is odd.
///
/// Source: `pkg/api/pod/warnings.go`, `pkg/api/node/util.go` and `WarningsOnCreate` of the
/// strategies. What goes through a map in no order there is told in the order of its keys.
extension Pod {
  /// The warnings when the pod is made.
  package var warnings: [String] {
    metadata.nameWarnings("the Pod's hostname")
      + spec.content.value.warnings(in: "", annotations: metadata.annotations)
  }
}

extension ObjectMeta {
  /// A warning if the name, which becomes `what`, is no DNS label.
  fileprivate func nameWarnings(_ what: String) -> [String] {
    let faults = RuleTexts.labelFaults(name)
    if faults.isEmpty { return [] }
    return [
      "metadata.name: this is used in \(what), which can result in surprising behavior; a DNS "
        + "label is recommended: [\(faults.joined(separator: " "))]"
    ]
  }
}

extension Deployment {
  /// The warnings when the Deployment is made.
  package var warnings: [String] {
    metadata.nameWarnings("Pod names and hostnames") + templateWarnings
  }

  /// The warnings about the template, which a changed Deployment has too.
  package var templateWarnings: [String] { spec.template.warnings(in: "spec.template.") }
}

extension ReplicaSet {
  /// The warnings when the ReplicaSet is made.
  package var warnings: [String] {
    metadata.nameWarnings("Pod names and hostnames") + templateWarnings
  }

  /// The warnings about the template, which a changed ReplicaSet has too.
  package var templateWarnings: [String] { spec.template.warnings(in: "spec.template.") }
}

extension PodTemplate {
  fileprivate func warnings(in path: String) -> [String] {
    spec.content.value.warnings(in: path, annotations: metadata.annotations)
  }
}

/// What is known to be old.
private enum Deprecations {
  static let labels = [
    "beta.kubernetes.io/arch": ("v1.14", "kubernetes.io/arch"),
    "beta.kubernetes.io/os": ("v1.14", "kubernetes.io/os"),
    "beta.kubernetes.io/instance-type": ("v1.17", "node.kubernetes.io/instance-type"),
    "failure-domain.beta.kubernetes.io/region": ("v1.17", "topology.kubernetes.io/region"),
    "failure-domain.beta.kubernetes.io/zone": ("v1.17", "topology.kubernetes.io/zone"),
  ]

  static let annotations = [
    (
      "scheduler.alpha.kubernetes.io/critical-pod",
      "non-functional in v1.16+; use the \"priorityClassName\" field instead"
    ),
    (
      "security.alpha.kubernetes.io/sysctls",
      "non-functional in v1.11+; use the \"sysctls\" field instead"
    ),
    (
      "security.alpha.kubernetes.io/unsafe-sysctls",
      "non-functional in v1.11+; use the \"sysctls\" field instead"
    ),
  ]

  static let volumes = [
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "deprecated in v1.11"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
  ]

  static func text(_ label: String) -> String? {
    labels[label].map { "deprecated since \($0); use \"\($1)\" instead" }
  }
}

extension PodSpecContent {
  /// The warnings about a spec; `path` is where its owner stands, empty or ending in a dot.
  fileprivate func warnings(in path: String, annotations: [String: String]) -> [String] {
    let spec = "\(path)spec"
    var result: [String] = []
    for key in nodeSelector.keys.sorted() {
      guard let text = Deprecations.text(key) else { continue }
      result.append("\(spec).nodeSelector[\(key)]: \(text)")
    }
    result += affinity?.nodeAffinity?.warnings(in: "\(spec).affinity.nodeAffinity") ?? []
    result += spreadWarnings("\(spec).topologySpreadConstraints")
    for (key, text) in Deprecations.annotations where annotations[key] != nil {
      result.append("\(path)metadata.annotations[\(key)]: \(text)")
    }
    for (index, volume) in volumes.enumerated() {
      for (kind, text) in Deprecations.volumes where volume.source[kind] != nil {
        // Upstream writes this kind so.
        let shown = kind == "storageos" ? "storageOS" : kind
        result.append("\(spec).volumes[\(index)].\(shown): \(text)")
      }
    }
    result += listWarnings(spec)
    result += overhead.fractions(in: "\(spec).overhead")
    if securityContext?["seccompProfile"] == nil {
      result += Self.seccompWarnings(annotations, "pod", path)
    }
    let all =
      initContainers.enumerated().map { ("\(spec).initContainers[\($0.offset)]", $0.element) }
      + containers.enumerated().map { ("\(spec).containers[\($0.offset)]", $0.element) }
    for (place, container) in all {
      if container.securityContext?["seccompProfile"] == nil {
        result += Self.seccompWarnings(annotations, "container.\(container.name)", path)
      }
      result += armorWarnings(container, annotations, path) + container.warnings(in: place)
    }
    result += Self.portWarnings(all)
    if let seconds = terminationGracePeriodSeconds, seconds < 0 {
      result.append(
        "\(spec).terminationGracePeriodSeconds: must be >= 0; negative values are invalid and "
          + "will be treated as 1")
    }
    result += affinity?.podAffinity?.warnings(in: "\(spec).affinity.podAffinity") ?? []
    return result
      + (affinity?.podAntiAffinity?.warnings(in: "\(spec).affinity.podAntiAffinity") ?? [])
  }

  private func spreadWarnings(_ path: String) -> [String] {
    var result: [String] = []
    for (index, constraint) in (topologySpreadConstraints?.arrayValue ?? []).enumerated() {
      let key = constraint["topologyKey"]?.stringValue ?? ""
      if let text = Deprecations.text(key) {
        result.append("\(path)[\(index)].topologyKey: \(key) is \(text)")
      }
      if constraint["labelSelector"] == nil {
        result.append(
          "\(path)[\(index)].labelSelector: a null labelSelector results in matching no pod")
      }
    }
    return result
  }

  private func listWarnings(_ path: String) -> [String] {
    var result: [String] = []
    let addresses = (hostAliases?.arrayValue ?? []).map { $0["ip"]?.stringValue ?? "" }
    for (index, address) in addresses.enumerated() where addresses[..<index].contains(address) {
      result.append("\(path).hostAliases[\(index)].ip: duplicate ip \"\(address)\"")
    }
    let secrets = (imagePullSecrets?.arrayValue ?? []).map { $0["name"]?.stringValue ?? "" }
    for (index, name) in secrets.enumerated() where secrets[..<index].contains(name) {
      result.append("\(path).imagePullSecrets[\(index)].name: duplicate name \"\(name)\"")
    }
    for (index, name) in secrets.enumerated() where name.isEmpty {
      result.append("\(path).imagePullSecrets[\(index)].name: invalid empty name \"\"")
    }
    return result
  }

  private static func seccompWarnings(
    _ annotations: [String: String], _ name: String, _ path: String
  ) -> [String] {
    let key =
      name == "pod"
      ? "seccomp.security.alpha.kubernetes.io/pod"
      : "container.seccomp.security.alpha.kubernetes.io/\(name.dropFirst("container.".count))"
    if annotations[key] == nil { return [] }
    return [
      "\(path)metadata.annotations[\(key)]: non-functional in v1.27+; use the \"seccompProfile\" "
        + "field instead"
    ]
  }

  /// Upstream tells this of templates only; a pod's annotation becomes a field.
  private func armorWarnings(
    _ container: Container, _ annotations: [String: String], _ path: String
  ) -> [String] {
    let key = "container.apparmor.security.beta.kubernetes.io/\(container.name)"
    let hasField =
      securityContext?["appArmorProfile"] != nil
      || container.securityContext?["appArmorProfile"] != nil
    if path.isEmpty || hasField || annotations[key] == nil { return [] }
    return [
      "\(path)metadata.annotations[\(key)]: deprecated since v1.30; use the \"appArmorProfile\" "
        + "field instead"
    ]
  }

  private static func portWarnings(_ containers: [(String, Container)]) -> [String] {
    var result: [String] = []
    var seen: [(place: String, port: ContainerPort)] = []
    for (path, container) in containers {
      for (index, port) in container.ports.enumerated() {
        let place = "\(path).ports[\(index)]"
        if !port.hostIP.isEmpty, port.hostPort == 0 {
          result.append(
            "\(place): hostIP set without hostPort: {Name:\(port.name) HostPort:0 "
              + "ContainerPort:\(port.containerPort) Protocol:\(port.protocolName) "
              + "HostIP:\(port.hostIP)}")
        }
        for other in seen
        where other.port.containerPort == port.containerPort
          && other.port.protocolName == port.protocolName
        {
          guard let word = port.clash(with: other.port) else { continue }
          result.append("\(place): \(word) port definition with \(other.place)")
        }
        seen.append((place, port))
      }
    }
    return result
  }
}

extension ContainerPort {
  /// How a port of the same number and protocol is in another's way, nil if it is not.
  fileprivate func clash(with other: ContainerPort) -> String? {
    if other.hostIP == hostIP, other.hostPort == hostPort { return "duplicate" }
    if other.hostPort == 0 || hostPort == 0 { return "overlapping" }
    let isUnclear = other.hostPort == hostPort && other.hostIP.isEmpty != hostIP.isEmpty
    return isUnclear ? "dangerously ambiguous" : nil
  }
}

extension NodeAffinity {
  fileprivate func warnings(in path: String) -> [String] {
    let suffix = "DuringSchedulingIgnoredDuringExecution"
    var result: [String] = []
    for (index, term) in (required?.nodeSelectorTerms ?? []).enumerated() {
      result += term.warnings(in: "\(path).required\(suffix).nodeSelectorTerms[\(index)]")
    }
    for (index, term) in preferred.enumerated() {
      result += term.preference.warnings(in: "\(path).preferred\(suffix)[\(index)].preference")
    }
    return result
  }
}

extension NodeSelectorTerm {
  fileprivate func warnings(in path: String) -> [String] {
    matchExpressions.enumerated().compactMap { index, expression in
      Deprecations.text(expression.key).map {
        "\(path).matchExpressions[\(index)].key: \(expression.key) is \($0)"
      }
    }
  }
}

extension PodAffinity {
  fileprivate func warnings(in path: String) -> [String] {
    let suffix = "DuringSchedulingIgnoredDuringExecution"
    let text = "labelSelector: a null labelSelector results in matching no pod"
    var result: [String] = []
    for (index, term) in required.enumerated() where term.labelSelector == nil {
      result.append("\(path).required\(suffix)[\(index)].\(text)")
    }
    for (index, term) in preferred.enumerated() where term.podAffinityTerm.labelSelector == nil {
      result.append("\(path).preferred\(suffix)[\(index)].podAffinityTerm.\(text)")
    }
    return result
  }
}

extension ResourceList {
  /// Amounts of bytes that are no whole numbers.
  fileprivate func fractions(in path: String, _ name: String? = nil) -> [String] {
    ["memory", "ephemeral-storage"].filter { name == nil || $0 == name }.compactMap { name in
      guard let amount = self[name], amount.milliValue % 1000 != 0 else { return nil }
      return "\(path)[\(name)]: fractional byte value \"\(amount)\" is invalid, must be an integer"
    }
  }
}

extension Container {
  fileprivate func warnings(in path: String) -> [String] {
    var result: [String] = []
    for name in ["memory", "ephemeral-storage"] {
      result += resources.limits.fractions(in: "\(path).resources.limits", name)
      result += resources.requests.fractions(in: "\(path).resources.requests", name)
    }
    for (index, variable) in env.enumerated()
    where env[..<index].contains(where: { $0.name == variable.name }) {
      let reference = "$(\(variable.name))"
      let isKept =
        variable.valueFrom == nil && variable.value != reference
        && variable.value.contains(reference)
      if isKept { continue }
      result.append(
        "\(path).env[\(index)]: hides previous definition of \"\(variable.name)\", which may be "
          + "dropped when using apply")
    }
    return result
  }
}
