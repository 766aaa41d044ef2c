import JSON

/// What of a pod may change, source `pkg/apis/core/validation/validation.go` ValidatePodUpdate.
extension Pod {
  package static var metadataChecks: MetadataChecks { MetadataChecks(changes: 2, wholes: 1) }

  /// Only images, deadlines, tolerations and a few other fields of a pod may change.
  package func validateUpdate(from old: Pod, _ causes: inout CauseList) {
    if spec == old.spec { return }
    for (path, given, before) in [
      ("spec.containers", spec.containers, old.spec.containers),
      ("spec.initContainers", spec.initContainers, old.spec.initContainers),
    ] {
      if given.count != before.count {
        causes.forbidden(path, "pod updates may not add or remove containers")
        return
      }
      for (index, container) in given.enumerated() {
        if container.image.isEmpty { causes.required("\(path)[\(index)].image") }
        causes.paddedImage("\(path)[\(index)].image", container.image)
      }
    }
    if !isDeadlineKept(from: old, &causes) { return }
    validateTolerations(from: old, &causes)
    let gates = old.spec.content.value.schedulingGateNames
    for (index, gate) in spec.content.value.schedulingGateNames.enumerated()
    where !gates.contains(gate) {
      causes.forbidden(
        "spec.schedulingGates[\(index)].name",
        "only deletion is allowed, but found new scheduling gate '\(gate)'")
    }
    validateRest(from: old, isGated: !gates.isEmpty, &causes)
  }

  private func validateRest(from old: Pod, isGated: Bool, _ causes: inout CauseList) {
    var allowed = spec
    for index in allowed.containers.indices {
      allowed.containers[index].image = old.spec.containers[index].image
    }
    for index in allowed.initContainers.indices {
      allowed.initContainers[index].image = old.spec.initContainers[index].image
    }
    allowed.activeDeadlineSeconds = old.spec.activeDeadlineSeconds
    allowed.schedulingGates = old.spec.schedulingGates
    allowed.tolerations = old.spec.tolerations
    if let seconds = old.spec.terminationGracePeriodSeconds, seconds < 0,
      allowed.terminationGracePeriodSeconds == 1
    {
      allowed.terminationGracePeriodSeconds = seconds
    }
    if isGated {
      validateNodeSelector(from: old, &causes)
      allowed.nodeSelector = old.spec.nodeSelector
    }
    if allowed == old.spec { return }
    causes.forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
        + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
        + "set to 1 if it was previously negative)\n")
  }

  /// Where a gated pod may run may only be narrowed.
  private func validateNodeSelector(from old: Pod, _ causes: inout CauseList) {
    if spec.nodeSelector.includes(old.spec.nodeSelector) { return }
    let text = JSONValue.object(JSONObject(stringMap: spec.nodeSelector)).text()
    causes.invalid(
      "spec.nodeSelector", text,
      "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
  }

  /// A deadline may be set and brought forward, never put off or taken away; false: nothing else
  /// is looked at.
  private func isDeadlineKept(from old: Pod, _ causes: inout CauseList) -> Bool {
    let field = "spec.activeDeadlineSeconds"
    let before = old.spec.activeDeadlineSeconds
    guard let deadline = spec.activeDeadlineSeconds else {
      if before != nil {
        causes.invalid(field, "null", "must not update from a positive integer to nil value")
      }
      return true
    }
    if !(0...Int64(Int32.max)).contains(deadline) {
      causes.invalid(field, "\(deadline)", "must be between 0 and 2147483647, inclusive")
      return false
    }
    if let before, deadline > before {
      causes.invalid(field, "\(deadline)", "must be less than or equal to previous value")
      return false
    }
    return true
  }

  private func validateTolerations(from old: Pod, _ causes: inout CauseList) {
    let isKept = old.spec.tolerations.allSatisfy { toleration in
      spec.tolerations.contains { $0.isSame(as: toleration) }
    }
    if !isKept {
      return causes.forbidden(
        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
    }
    for (index, toleration) in spec.tolerations.enumerated() {
      toleration.validate("spec.tolerations[\(index)]", &causes)
    }
  }

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
    for (index, address) in status.podIPs.enumerated() {
      causes.address("status.podIPs[\(index)]", address.ip)
    }
    let families = status.podIPs.map { IPAddress($0.ip)?.isIPv4 ?? true }
    if families.count > 1, families.count > 2 || families[0] == families[1] {
      causes.invalid(
        "status.podIPs",
        JSONValue.array(status.podIPs.map { ["IP": .string($0.ip)] }).text(),
        "may specify no more than one IP for each IP family")
    }
    if let first = status.hostIPs.first, first.ip != status.hostIP {
      causes.invalid("status.hostIPs[0].ip", first.ip.goQuoted, "must be equal to `hostIP`")
    }
    for (index, address) in status.hostIPs.enumerated() {
      causes.address("status.hostIPs[\(index)]", address.ip)
    }
  }

  /// What has ended for good does not run again.
  private func validateTransitions(from old: Pod, _ causes: inout CauseList) {
    let policy = old.spec.restartPolicy
    if policy == "Always" { return }
    for (index, before) in old.status.containerStatuses.enumerated() {
      guard let end = before.state.terminated else { continue }
      if policy == "OnFailure", end.exitCode != 0 { continue }
      for status in status.containerStatuses
      where status.name == before.name && status.state.terminated == nil {
        causes.forbidden(
          "status.containerStatuses[\(index)].state",
          "may not be transitioned to non-terminated state")
      }
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

extension Toleration {
  /// Whether both tolerate the same, for however long.
  fileprivate func isSame(as other: Toleration) -> Bool {
    var copy = self
    copy.tolerationSeconds = other.tolerationSeconds
    return copy == other
  }
}
