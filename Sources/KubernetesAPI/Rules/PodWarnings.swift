import JSON

/// What people are told of a pod that is made, though nothing in it is at fault.
///
/// Source: `pkg/api/pod/warnings.go`, `pkg/registry/core/pod/strategy.go` WarningsOnCreate.
extension Pod {
  /// The warnings, in upstream's order.
  package var warnings: [String] {
    let faults = RuleTexts.labelFaults(metadata.name)
    let name =
      faults.isEmpty
      ? []
      : [
        "metadata.name: this is used in the Pod's hostname, which can result in surprising "
          + "behavior; a DNS label is recommended: [\(faults.joined(separator: " "))]"
      ]
    return name + spec.content.value.warnings(in: "spec")
  }
}

extension PodSpecContent {
  private static let deprecatedLabels = [
    "beta.kubernetes.io/arch": ("v1.14", "kubernetes.io/arch"),
    "beta.kubernetes.io/os": ("v1.14", "kubernetes.io/os"),
    "beta.kubernetes.io/instance-type": ("v1.17", "node.kubernetes.io/instance-type"),
    "failure-domain.beta.kubernetes.io/region": ("v1.17", "topology.kubernetes.io/region"),
    "failure-domain.beta.kubernetes.io/zone": ("v1.17", "topology.kubernetes.io/zone"),
  ]

  /// The warnings about a pod's or a template's spec at a place.
  package func warnings(in path: String) -> [String] {
    var result: [String] = []
    for key in nodeSelector.keys.sorted() {
      guard let (version, better) = Self.deprecatedLabels[key] else { continue }
      result.append(
        "\(path).nodeSelector[\(key)]: deprecated since \(version); use \"\(better)\" instead")
    }
    let constraints = topologySpreadConstraints?.arrayValue ?? []
    for (index, constraint) in constraints.enumerated() where constraint["labelSelector"] == nil {
      result.append(
        "\(path).topologySpreadConstraints[\(index)].labelSelector: a null labelSelector results "
          + "in matching no pod")
    }
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
    let all =
      initContainers.enumerated().map { ("\(path).initContainers[\($0.offset)]", $0.element) }
      + containers.enumerated().map { ("\(path).containers[\($0.offset)]", $0.element) }
    for (place, container) in all { result += container.warnings(in: place) }
    return result + Self.portWarnings(all)
  }

  private static func portWarnings(_ containers: [(String, Container)]) -> [String] {
    var result: [String] = []
    var seen: [(place: String, port: ContainerPort)] = []
    for (path, container) in containers {
      for (index, port) in container.ports.enumerated() {
        let place = "\(path).ports[\(index)]"
        for other in seen
        where other.port.containerPort == port.containerPort
          && other.port.protocolName == port.protocolName
        {
          if other.port.hostIP == port.hostIP, other.port.hostPort == port.hostPort {
            result.append("\(place): duplicate port definition with \(other.place)")
          } else if other.port.hostPort == 0 || port.hostPort == 0 {
            result.append("\(place): overlapping port definition with \(other.place)")
          }
        }
        seen.append((place, port))
      }
    }
    return result
  }
}

extension Container {
  fileprivate func warnings(in path: String) -> [String] {
    var result: [String] = []
    for name in ["memory", "ephemeral-storage"] {
      for (list, amounts) in [("limits", resources.limits), ("requests", resources.requests)] {
        guard let amount = amounts[name], amount.milliValue % 1000 != 0 else { continue }
        result.append(
          "\(path).resources.\(list)[\(name)]: fractional byte value \"\(amount)\" is invalid, "
            + "must be an integer")
      }
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
