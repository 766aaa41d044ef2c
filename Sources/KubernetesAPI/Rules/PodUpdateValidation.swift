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
    if isGated { validatePlace(from: old, &allowed, &causes) }
    if allowed == old.spec { return }
    causes.forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
        + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
        + "set to 1 if it was previously negative)\n")
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
}

extension Toleration {
  /// Whether both tolerate the same, for however long.
  fileprivate func isSame(as other: Toleration) -> Bool {
    var copy = self
    copy.tolerationSeconds = other.tolerationSeconds
    return copy == other
  }
}
