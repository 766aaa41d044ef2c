import JSON

/// Rules for nodes, source `pkg/apis/core/validation/validation.go` ValidateNode and
/// ValidateNodeUpdate.
extension Node {
  package mutating func applyDefaults() {
    if status.allocatable.isEmpty { status.allocatable = status.capacity }
    if spec.podCIDRs.isEmpty, !spec.podCIDR.isEmpty { spec.podCIDRs = [spec.podCIDR] }
    if spec.podCIDR.isEmpty, let first = spec.podCIDRs.first { spec.podCIDR = first }
  }

  package func validate(_ causes: inout CauseList) {
    validateTaints(&causes)
    validateAmounts(&causes)
    for (index, network) in spec.podCIDRs.enumerated() {
      causes.network("spec.podCIDRs[\(index)]", network)
    }
    let families = spec.podCIDRs.compactMap { IPAddress(network: $0)?.isIPv4 }
    if families.count == spec.podCIDRs.count, families.count > 1,
      families.count > 2 || families[0] == families[1]
    {
      causes.invalid(
        "spec.podCIDRs", JSONValue.array(spec.podCIDRs.map { .string($0) }).text(),
        "may specify no more than one CIDR for each IP family")
    }
  }

  private func validateTaints(_ causes: inout CauseList) {
    for (index, taint) in spec.taints.enumerated() {
      let path = "metadata.taints[\(index)]"
      causes.invalid("\(path).key", text: taint.key, RuleTexts.qualifiedNameFaults(taint.key))
      let faults = RuleTexts.labelValueFaults(taint.value)
      if !faults.isEmpty {
        causes.invalid("\(path).value", taint.value.goQuoted, faults.joined(separator: ";"))
      }
      causes.taintEffect("\(path).effect", taint.effect)
      let isRepeated = spec.taints[..<index].contains {
        $0.key == taint.key && $0.effect == taint.effect
      }
      if !isRepeated { continue }
      let shown: JSONValue = [
        "Key": .string(taint.key), "Value": .string(taint.value), "Effect": .string(taint.effect),
        "TimeAdded": taint.timeAdded.map { .string($0.description) } ?? .null,
      ]
      causes.duplicate(path, shown.text(), "taints must be unique by key and effect pair")
    }
  }

  private func validateAmounts(_ causes: inout CauseList) {
    for (part, list) in [("capacity", status.capacity), ("allocatable", status.allocatable)] {
      for (name, amount) in list.pairs {
        causes.amount("status.\(part).\(name)", name, amount)
      }
    }
  }

  package func validateUpdate(from old: Node, _ causes: inout CauseList) {
    validateAmounts(&causes)
    let addresses = status.addresses
    for (index, address) in addresses.enumerated() where addresses[..<index].contains(address) {
      let shown: JSONValue = ["Type": .string(address.type), "Address": .string(address.address)]
      causes.duplicate("status.addresses[\(index)]", shown.text())
    }
    let only = "except from \"\" to valid"
    let text = "node updates may not change podCIDR \(only)"
    if !old.spec.podCIDRs.isEmpty, spec.podCIDRs.count != old.spec.podCIDRs.count {
      causes.forbidden("spec.podCIDRs", text)
    } else {
      for (before, after) in zip(old.spec.podCIDRs, spec.podCIDRs) where before != after {
        causes.forbidden("spec.podCIDRs", text)
      }
    }
    if !old.spec.providerID.isEmpty, spec.providerID != old.spec.providerID {
      causes.forbidden("spec.providerID", "node updates may not change providerID \(only)")
    }
    validateTaints(&causes)
  }

  /// Upstream looks at the whole node when its status is written.
  package func validateStatus(from old: Node, _ causes: inout CauseList) {
    validateUpdate(from: old, &causes)
  }
}
