import JSON

/// What of a pod's status may be written, source `pkg/apis/core/validation/validation.go`
/// ValidatePodStatusUpdate.
extension Pod {
  package mutating func prepareStatus(from old: Pod) {
    if status.qosClass.isEmpty { status.qosClass = old.status.qosClass }
    status.settleAddresses()
  }

  package func validateStatus(from old: Pod, _ causes: inout CauseList) {
    for (index, condition) in status.conditions.enumerated() {
      if let generation = condition.observedGeneration, generation < 0 {
        causes.invalid(
          "status.conditions[\(index)].observedGeneration", "\(generation)",
          "must be a non-negative integer")
      }
      if ["PodScheduled", "Ready", "Initialized"].contains(condition.type) { continue }
      causes.invalid(
        "status.conditions[\(index)].Type", text: condition.type,
        RuleTexts.qualifiedNameFaults(condition.type))
    }
    let nominated = status.nominatedNodeName
    if !nominated.isEmpty, nominated != old.status.nominatedNodeName {
      causes.invalid(
        "status.nominatedNodeName", text: nominated, RuleTexts.subdomainFaults(nominated))
    }
    if status.observedGeneration < 0 {
      causes.invalid(
        "status.observedGeneration", "\(status.observedGeneration)",
        "must be a non-negative integer")
    }
    if status.qosClass != old.status.qosClass {
      causes.invalid("status.qosClass", status.qosClass.goQuoted, "field is immutable")
    }
    validateTransitions(from: old, &causes)
    validateAddresses(&causes)
  }

  /// Source: validatePodIPs and validateHostIPs, which tell the same faults in another order.
  private func validateAddresses(_ causes: inout CauseList) {
    let pods = status.podIPs.map(\.ip)
    causes.validate(pods, "status.podIPs")
    causes.mixed(pods, "status.podIPs")
    causes.repeated(pods, "status.podIPs")
    let hosts = status.hostIPs.map(\.ip)
    if let first = hosts.first, first != status.hostIP {
      causes.invalid("status.hostIPs[0].ip", first.goQuoted, "must be equal to `hostIP`")
    }
    causes.validate(hosts, "status.hostIPs")
    causes.repeated(hosts, "status.hostIPs")
    causes.mixed(hosts, "status.hostIPs")
  }

  /// What has ended for good does not run again.
  private func validateTransitions(from old: Pod, _ causes: inout CauseList) {
    if old.spec.restartPolicy == "Always" { return }
    validateTransitions(
      from: old.status.containerStatuses, to: status.containerStatuses,
      "status.containerStatuses", old, &causes)
    if old.status.initContainerStatuses.isEmpty { return }
    validateTransitions(
      from: old.status.initContainerStatuses, to: status.initContainerStatuses,
      "status.initContainerStatuses", old, &causes)
  }

  private func validateTransitions(
    from before: [ContainerStatus], to after: [ContainerStatus], _ path: String, _ old: Pod,
    _ causes: inout CauseList
  ) {
    for (index, before) in before.enumerated() {
      guard let end = before.state.terminated else { continue }
      if old.spec.restartPolicy == "OnFailure", end.exitCode != 0 { continue }
      let isSidecar = old.spec.initContainers.contains {
        $0.name == before.name && $0.restartPolicy == "Always"
      }
      if isSidecar { continue }
      for status in after where status.name == before.name && status.state.terminated == nil {
        causes.forbidden(
          "\(path)[\(index)].state", "may not be transitioned to non-terminated state")
      }
    }
  }
}

extension CauseList {
  fileprivate mutating func validate(_ addresses: [String], _ path: String) {
    for (index, address) in addresses.enumerated() { self.address("\(path)[\(index)]", address) }
  }

  /// Adds a cause unless several addresses are one of each family.
  fileprivate mutating func mixed(_ addresses: [String], _ path: String) {
    if addresses.count < 2 { return }
    let isMixed = Set(addresses.map { IPAddress($0)?.isIPv4 ?? true }).count == 2
    if isMixed, addresses.count == 2 { return }
    invalid(
      path, JSONValue.array(addresses.map { ["IP": .string($0)] }).text(),
      "may specify no more than one IP for each IP family")
  }

  fileprivate mutating func repeated(_ addresses: [String], _ path: String) {
    for (index, address) in addresses.enumerated()
    where addresses[..<index].contains(address) {
      let shown: JSONValue = ["IP": .string(address)]
      duplicate("\(path)[\(index)]", shown.text())
    }
  }
}

extension PodStatus {
  /// Who writes only one of `podIP` and `podIPs` means both; the single one counts.
  ///
  /// Source: `pkg/apis/core/v1/conversion.go` Convert_v1_PodStatus_To_core_PodStatus.
  package mutating func settleAddresses() {
    if podIP.isEmpty {
      podIP = podIPs.first?.ip ?? ""
    } else if podIPs.first?.ip != podIP {
      var address = HostIP()
      address.ip = podIP
      podIPs = [address]
    }
  }
}
