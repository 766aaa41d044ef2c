/// What resources are called and how they may be given.
///
/// Source: `pkg/apis/core/helper/helpers.go`, `pkg/apis/core/validation/validation.go`.
enum ResourceNames {
  private static let measured = ["cpu", "memory", "ephemeral-storage"]
  /// Resources of which there is only a whole number.
  static let counted = [
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
  ]
  /// What quotas limit without a prefix of their own.
  private static let ofQuotas = Set(
    measured + counted + measured.flatMap { ["requests.\($0)", "limits.\($0)"] }
      + ["requests.storage"])

  static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }

  /// Whether a name has no prefix, or Kubernetes' own.
  static func isNative(_ name: String) -> Bool {
    !name.contains("/") || name.contains("kubernetes.io/")
  }

  /// Whether a name is that of a device or the like, which has a prefix of its own.
  static func isExtended(_ name: String) -> Bool {
    !isNative(name) && !name.hasPrefix("requests.")
      && FieldRules.isQualifiedName("requests.\(name)")
  }

  /// Whether more may be used than was requested.
  static func isOvercommitted(_ name: String) -> Bool { isNative(name) && !isHugePages(name) }

  static func isOfQuotas(_ name: String) -> Bool {
    ofQuotas.contains(name) || isHugePages(name) || name.hasPrefix("requests.hugepages-")
  }

  private static func isStandard(_ name: String) -> Bool { isOfQuotas(name) || name == "storage" }

  private static func isOfContainers(_ name: String) -> Bool {
    measured.contains(name) || isHugePages(name)
  }

  /// The faults that a name has wherever it stands.
  private static func faults(_ name: String) -> [String] {
    let faults = RuleTexts.qualifiedNameFaults(name)
    if !faults.isEmpty || name.contains("/") || isStandard(name) { return faults }
    return ["must be a standard resource type or fully qualified"]
  }

  static func containerFaults(_ name: String) -> [String] {
    if !name.contains("/") {
      return faults(name)
        + (isOfContainers(name) ? [] : ["must be a standard resource for containers"])
    }
    let isKnown = isNative(name) || isExtended(name)
    return faults(name) + (isKnown ? [] : ["doesn't follow extended resource name standard"])
  }

  static func quotaFaults(_ name: String) -> [String] {
    let isKnown = name.contains("/") || isOfQuotas(name)
    return faults(name) + (isKnown ? [] : ["must be a standard resource for quota"])
  }

  /// Whether an amount of huge pages is a number of pages: `hugepages-2Mi` of `3Mi` is not.
  static func isWholePages(_ name: String, _ amount: Quantity) -> Bool {
    guard let size = Quantity(String(name.dropFirst("hugepages-".count))), size > .zero else {
      return false
    }
    return amount.value % size.value == 0
  }
}

extension CauseList {
  /// Adds the faults of an amount.
  mutating func amount(_ field: String, _ name: String, _ amount: Quantity) {
    if amount < .zero {
      invalid(field, "\"\(amount)\"", "must be greater than or equal to 0")
    }
    let isCounted = ResourceNames.counted.contains(name) || ResourceNames.isExtended(name)
    if isCounted, amount.milliValue % 1000 != 0 {
      invalid(field, "\"\(amount)\"", "must be an integer")
    }
  }
}

extension ResourceRequirements {
  /// Adds a cause for every amount at fault; `nameFaults` tells what is wrong with a name.
  func validate(
    _ path: String, nameFaults: (String) -> [String] = ResourceNames.containerFaults,
    _ causes: inout CauseList
  ) {
    for (name, amount) in limits.pairs {
      validate(amount, of: name, "\(path).limits[\(name)]", nameFaults, &causes)
      validatePages(amount, of: name, "\(path).limits[\(name)]", &causes)
    }
    for (name, amount) in requests.pairs {
      validate(amount, of: name, "\(path).requests[\(name)]", nameFaults, &causes)
      let isOvercommitted = ResourceNames.isOvercommitted(name)
      if let limit = limits[name] {
        if amount != limit, !isOvercommitted {
          causes.invalid(
            "\(path).requests", "\"\(amount)\"", "must be equal to \(name) limit of \(limit)")
        } else if amount > limit {
          causes.invalid(
            "\(path).requests", "\"\(amount)\"",
            "must be less than or equal to \(name) limit of \(limit)")
        }
      } else if !isOvercommitted {
        causes.required("\(path).limits", "Limit must be set for non overcommitable resources")
      }
      validatePages(amount, of: name, "\(path).requests[\(name)]", &causes)
    }
    let names = limits.names + requests.names
    if names.contains(where: ResourceNames.isHugePages),
      !names.contains("cpu"), !names.contains("memory")
    {
      causes.forbidden(path, "HugePages require cpu or memory")
    }
  }

  private func validate(
    _ amount: Quantity, of name: String, _ field: String, _ nameFaults: (String) -> [String],
    _ causes: inout CauseList
  ) {
    causes.invalid(field, text: name, nameFaults(name))
    causes.amount(field, name, amount)
  }

  private func validatePages(
    _ amount: Quantity, of name: String, _ field: String, _ causes: inout CauseList
  ) {
    if ResourceNames.isHugePages(name), !ResourceNames.isWholePages(name, amount) {
      causes.invalid(
        field, "\"\(amount)\"", "\(amount) is not positive integer multiple of \(name)")
    }
  }
}
