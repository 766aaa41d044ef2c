/// What the containers of a pod want together, and what the pod says of all of them.
///
/// Source: `k8s.io/component-helpers/resource/helpers.go`.
extension PodSpecContent {
  /// What a pod as a whole may ask for.
  package static func isShared(_ name: String) -> Bool {
    name == "cpu" || name == "memory" || ResourceNames.isHugePages(name)
  }

  /// Whether the pod says what its containers use together.
  package var sharesResources: Bool {
    guard let resources else { return false }
    return (resources.requests.names + resources.limits.names).contains(where: Self.isShared)
  }

  /// The containers' sum, or the largest init container's where that is more; sidecars add up.
  ///
  /// Containers of 1 and 2, a sidecar of 1 before an init container of 5: 6, as 1 + 5 > 1 + 2 + 1.
  package func aggregated(_ list: KeyPath<ResourceRequirements, ResourceList>) -> ResourceList {
    var sum = ResourceList()
    for container in containers {
      for (name, amount) in container.resources[keyPath: list].pairs {
        sum[name] = (sum[name] ?? .zero) + amount
      }
    }
    var sidecars = ResourceList()
    var largest = ResourceList()
    for container in initContainers {
      for (name, amount) in container.resources[keyPath: list].pairs {
        let before = sidecars[name] ?? .zero
        largest[name] = max(largest[name] ?? .zero, before + amount)
        if container.restartPolicy == "Always" {
          sum[name] = (sum[name] ?? .zero) + amount
          sidecars[name] = before + amount
        }
      }
    }
    for (name, amount) in largest.pairs { sum[name] = max(sum[name] ?? .zero, amount) }
    return sum
  }

  /// What the pod counts for: what it says itself, else what its containers do, and its overhead.
  package var totalRequests: ResourceList {
    var total = withShared(aggregated(\.requests), \.requests)
    for (name, amount) in overhead.pairs { total[name] = (total[name] ?? .zero) + amount }
    return total
  }

  /// What the pod may use; overhead adds to what is limited only.
  package var totalLimits: ResourceList {
    var total = withShared(aggregated(\.limits), \.limits)
    for (name, amount) in overhead.pairs where total[name] != nil {
      total[name] = (total[name] ?? .zero) + amount
    }
    return total
  }

  private func withShared(
    _ sum: ResourceList, _ list: KeyPath<ResourceRequirements, ResourceList>
  ) -> ResourceList {
    guard let resources else { return sum }
    var total = sum
    for (name, amount) in resources[keyPath: list].pairs where Self.isShared(name) {
      total[name] = amount
    }
    return total
  }

  /// Fills in what the pod as a whole asks for, where it says a part of it.
  ///
  /// Source: `pkg/apis/core/v1/defaults.go` defaultHugePagePodLimits, defaultPodRequests.
  mutating func applySharedDefaults() {
    guard var shared = resources else { return }
    if shared.limits.isEmpty, shared.requests.isEmpty { return }
    for (name, amount) in aggregated(\.limits).pairs
    where ResourceNames.isHugePages(name) && shared.requests[name] == nil
      && shared.limits[name] == nil
    {
      shared.limits[name] = amount
    }
    if !shared.limits.isEmpty {
      for (name, amount) in aggregated(\.requests).pairs
      where (name == "cpu" || name == "memory") && shared.requests[name] == nil {
        shared.requests[name] = amount
      }
      for (name, amount) in shared.limits.pairs
      where Self.isShared(name) && shared.requests[name] == nil {
        shared.requests[name] = amount
      }
    }
    resources = shared
  }

  /// Adds a cause where the pod as a whole asks for less than its containers.
  ///
  /// Source: `pkg/apis/core/validation/validation.go` validatePodResourceConsistency.
  func validateConsistency(_ path: String, _ causes: inout CauseList) {
    guard let resources else { return }
    for (name, amount) in aggregated(\.requests).pairs {
      guard let shared = resources.requests[name], amount > shared else { continue }
      causes.invalid(
        "\(path).requests[\(name)]", "\"\(shared)\"",
        "must be greater than or equal to aggregate container requests of \(amount)")
    }
    for (name, amount) in aggregated(\.limits).pairs where ResourceNames.isHugePages(name) {
      guard let shared = resources.limits[name], amount > shared else { continue }
      causes.invalid(
        "\(path).limits[\(name)]", "\"\(shared)\"",
        "must be greater than or equal to aggregate container limits of \(amount)")
    }
    for (index, container) in containers.enumerated() {
      for (name, amount) in container.resources.limits.pairs {
        guard let shared = resources.limits[name], amount > shared else { continue }
        // Upstream names the container below the resources of the pod.
        causes.invalid(
          "\(path).containers[\(index)][\(name)].limits", "\"\(amount)\"",
          "must be less than or equal to pod limits of \(shared)")
      }
    }
  }

  /// `Guaranteed`, `Burstable` or `BestEffort`, from CPU and memory of the pod, if it says so, or
  /// of all containers; with or without a pod's defaults it is the same.
  ///
  /// Source: `pkg/apis/core/v1/helper/qos/qos.go` ComputePodQOS.
  package var qualityOfService: String {
    var tally = QualityTally()
    if resources != nil {
      var content = self
      content.applyPodDefaults()
      tally.add(content.resources ?? ResourceRequirements())
    } else {
      for container in containers { tally.add(container.resources) }
      for container in initContainers { tally.add(container.resources) }
    }
    return tally.quality
  }
}

/// The sums of CPU and memory; nothing requested is as good as no request.
private struct QualityTally {
  private var cpu = (request: Quantity.zero, limit: Quantity.zero)
  private var memory = (request: Quantity.zero, limit: Quantity.zero)
  /// Whether everyone limits both.
  private var limitsAll = true

  mutating func add(_ resources: ResourceRequirements) {
    let isLimited = Self.add(resources, "cpu", &cpu)
    if !Self.add(resources, "memory", &memory) || !isLimited { limitsAll = false }
  }

  private static func add(
    _ resources: ResourceRequirements, _ name: String,
    _ sums: inout (request: Quantity, limit: Quantity)
  ) -> Bool {
    let limit = resources.limits[name]
    if let request = resources.requests[name] ?? limit, request > .zero {
      sums.request = sums.request + request
    }
    guard let limit, limit > .zero else { return false }
    sums.limit = sums.limit + limit
    return true
  }

  var quality: String {
    let hasNothing =
      cpu.request == .zero && cpu.limit == .zero && memory.request == .zero
      && memory.limit == .zero
    if hasNothing { return "BestEffort" }
    let isGuaranteed = limitsAll && cpu.request == cpu.limit && memory.request == memory.limit
    return isGuaranteed ? "Guaranteed" : "Burstable"
  }
}
