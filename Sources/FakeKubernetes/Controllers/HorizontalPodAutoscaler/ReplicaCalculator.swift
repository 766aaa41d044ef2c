import KubernetesAPI

/// Proposes a number of replicas from pods and samples.
///
/// Source: `pkg/controller/podautoscaler/replica_calculator.go`.
package struct ReplicaCalculator: Sendable {
  /// What one metric proposes.
  package struct Proposal: Equatable, Sendable {
    package var replicas: Int
    /// Percent of the request (Resource metrics with a utilization target), else 0.
    package var utilization = 0
    /// The usage (average or total) behind the proposal, in thousandths.
    package var usageMilli: Int64 = 0

    package init(replicas: Int, utilization: Int = 0, usageMilli: Int64 = 0) {
      self.replicas = replicas
      self.utilization = utilization
      self.usageMilli = usageMilli
    }
  }

  package var nowNanoseconds: Int64
  package var cpuInitializationNanoseconds: Int64
  package var initialReadinessDelayNanoseconds: Int64
  package var tolerance: AutoscalerTolerance

  package init(
    nowNanoseconds: Int64, cpuInitializationNanoseconds: Int64,
    initialReadinessDelayNanoseconds: Int64, tolerance: AutoscalerTolerance
  ) {
    self.nowNanoseconds = nowNanoseconds
    self.cpuInitializationNanoseconds = cpuInitializationNanoseconds
    self.initialReadinessDelayNanoseconds = initialReadinessDelayNanoseconds
    self.tolerance = tolerance
  }

  /// Replicas by utilization of a resource's requests.
  ///
  /// Example: 3 pods that request 1000m and use 300m, 500m, 700m, target 30 %: utilization 50 %,
  /// ratio 1.67, ceil(1.67 * 3) = 5. Throws `AutoscalerError`.
  package func resourceReplicas(
    current: Int, targetUtilization: Int, resource: String, container: String,
    pods: [AutoscalerPod], samples: PodSamples
  ) throws(AutoscalerError) -> Proposal {
    let groups = try groups(pods, samples, resource: resource)
    let requests = try Self.requests(of: pods, container: container, resource: resource)
    let first = try Self.utilization(
      groups.countedMilli, requests: requests, target: targetUtilization)
    var proposal = Proposal(
      replicas: current, utilization: first.utilization, usageMilli: first.averageMilli)
    let fallback = Int64(max(100, targetUtilization))
    guard
      let filled = filled(groups, ratio: first.ratio, { requests[$0] * fallback / 100 })
    else {
      if !tolerance.isWithin(first.ratio) {
        proposal.replicas = ceiling(first.ratio * Double(groups.readyCount))
      }
      return proposal
    }
    let second = try Self.utilization(filled, requests: requests, target: targetUtilization)
    proposal.replicas = agreed(
      current: current, first: first.ratio, second: second.ratio,
      sampleCount: Self.count(filled, groups))
    return proposal
  }

  /// Replicas by the average of raw values against a target average.
  ///
  /// For Pods metrics and Resource metrics with an average value; `resource` is empty for the first.
  package func plainReplicas(
    current: Int, targetMilli: Int64, resource: String, pods: [AutoscalerPod], samples: PodSamples
  ) throws(AutoscalerError) -> Proposal {
    let groups = try groups(pods, samples, resource: resource)
    let first = Self.average(groups.countedMilli, groups, target: targetMilli)
    var proposal = Proposal(replicas: current, usageMilli: first.usage)
    guard let filled = filled(groups, ratio: first.ratio, { _ in targetMilli }) else {
      if !tolerance.isWithin(first.ratio) {
        proposal.replicas = ceiling(first.ratio * Double(groups.readyCount))
      }
      return proposal
    }
    let second = Self.average(filled, groups, target: targetMilli)
    proposal.replicas = agreed(
      current: current, first: first.ratio, second: second.ratio,
      sampleCount: Self.count(filled, groups))
    return proposal
  }

  /// The values with assumptions for pods without one: a missing pod is busy when fewer are wanted
  /// and idle when more are, one that is not ready is idle when more are.
  ///
  /// Nil: nothing needs to be assumed.
  private func filled(_ groups: PodGroups, ratio: Double, _ busyMilli: (_ pod: Int) -> Int64)
    -> [Int64?]?
  {
    let growsWithUnready = ratio > 1 && groups.has(.unready)
    if !growsWithUnready && !groups.has(.missing) { return nil }
    var filled = groups.countedMilli
    for (pod, group) in groups.groups.enumerated() {
      switch group {
      case .missing:
        if ratio < 1 { filled[pod] = busyMilli(pod) } else if ratio > 1 { filled[pod] = 0 }
      case .unready: if growsWithUnready { filled[pod] = 0 }
      case .ready, .ignored: break
      }
    }
    return filled
  }

  /// Replicas by one value against a target value (Object and External metrics).
  package func valueReplicas(
    current: Int, usageMilli: Int64, targetMilli: Int64, pods: [AutoscalerPod]
  ) throws(AutoscalerError) -> Proposal {
    let ratio = Double(usageMilli) / Double(targetMilli)
    guard current != 0 else {
      return Proposal(replicas: ceiling(ratio), usageMilli: usageMilli)
    }
    if tolerance.isWithin(ratio) { return Proposal(replicas: current, usageMilli: usageMilli) }
    if pods.isEmpty { throw AutoscalerError(Self.noPods) }
    let ready = pods.count { $0.phase == .running && $0.ready?.isTrue == true }
    return Proposal(replicas: cappedCeiling(ratio * Double(ready)), usageMilli: usageMilli)
  }

  /// Replicas by one value against a target per pod (Object and External with averageValue).
  ///
  /// The reported usage is per pod of the present status, rounded up. Of External metrics
  /// (`isExternal`) the replicas are at most the largest Int32, and a usage that is as large as
  /// can be is reported undivided.
  package func perPodReplicas(
    statusReplicas: Int, usageMilli: Int64, targetMilli: Int64, isExternal: Bool = false
  ) -> Proposal {
    let usage = Double(usageMilli)
    let isSaturated = isExternal && usage >= Double(Int64.max)
    let average =
      isSaturated
      ? .max : Int64(convertedAsInGo: (usage / Double(statusReplicas)).rounded(.up))
    var proposal = Proposal(replicas: statusReplicas, usageMilli: average)
    if !tolerance.isWithin(usage / (Double(targetMilli) * Double(statusReplicas))) {
      let wanted = usage / Double(targetMilli)
      proposal.replicas = isExternal ? cappedCeiling(wanted) : ceiling(wanted)
    }
    return proposal
  }

  static let noPods = "no pods returned by selector while calculating replica count"

  private func groups(
    _ pods: [AutoscalerPod], _ samples: PodSamples, resource: String
  ) throws(AutoscalerError) -> PodGroups {
    if pods.isEmpty { throw AutoscalerError(Self.noPods) }
    let groups = PodGroups(
      pods: pods, samples: samples, resource: resource, nowNanoseconds: nowNanoseconds,
      cpuInitializationNanoseconds: cpuInitializationNanoseconds,
      initialReadinessDelayNanoseconds: initialReadinessDelayNanoseconds)
    if groups.readyCount + groups.strangers.count == 0 {
      throw AutoscalerError("did not receive metrics for targeted pods (pods might be unready)")
    }
    return groups
  }

  private func agreed(current: Int, first: Double, second: Double, sampleCount: Int) -> Int {
    if tolerance.isWithin(second) || (first < 1 && second > 1) || (first > 1 && second < 1) {
      return current
    }
    let replicas = ceiling(second * Double(sampleCount))
    if (second < 1 && replicas > current) || (second > 1 && replicas < current) { return current }
    return replicas
  }

  private func ceiling(_ value: Double) -> Int {
    Int(Int32(convertedAsInGo: value.rounded(.up)))
  }

  /// Where upstream looks first whether the replicas fit.
  private func cappedCeiling(_ value: Double) -> Int {
    value > Double(Int32.max) ? Int(Int32.max) : ceiling(value)
  }

  private static func count(_ values: [Int64?], _ groups: PodGroups) -> Int {
    values.count { $0 != nil } + groups.strangers.count
  }

  private static func average(
    _ values: [Int64?], _ groups: PodGroups, target: Int64
  ) -> (ratio: Double, usage: Int64) {
    var (total, count) = (groups.strangers.totalMilli, Int64(groups.strangers.count))
    for case let value? in values {
      total &+= value
      count += 1
    }
    let usage = total / count
    return (Double(usage) / Double(target), usage)
  }

  private static func utilization(
    _ values: [Int64?], requests: [Int64], target: Int
  ) throws(AutoscalerError) -> (ratio: Double, utilization: Int, averageMilli: Int64) {
    var used: Int64 = 0
    var requested: Int64 = 0
    var count: Int64 = 0
    for (index, value) in values.enumerated() {
      guard let value else { continue }
      used &+= value
      requested &+= requests[index]
      count += 1
    }
    if requested == 0 {
      throw AutoscalerError("no metrics returned matched known pods")
    }
    let utilization = Int(used &* 100 / requested)
    return (Double(utilization) / Double(target), utilization, used / count)
  }

  /// The request of each pod.
  ///
  /// All containers of every pod need one (only `container`, if given), unless the pod as a whole
  /// asks for something (feature PodLevelResources, on in v1.34).
  package static func requests(
    of pods: [AutoscalerPod], container: String, resource: String,
    usesPodLevelResources: Bool = true
  ) throws(AutoscalerError) -> [Int64] {
    var result: [Int64] = []
    result.reserveCapacity(pods.count)
    for index in pods.indices {
      if index > 0, pods[index].requests.isIdentical(to: pods[index - 1].requests) {
        result.append(result[index - 1])
      } else if usesPodLevelResources, container.isEmpty, !pods[index].podRequests.isEmpty {
        result.append(try pods[index].podLevelRequest(resource))
      } else {
        result.append(try pods[index].request(container, resource))
      }
    }
    return result
  }
}

extension AutoscalerPod {
  /// What the pod as a whole asks for, what it does not name as much as its containers do.
  fileprivate func podLevelRequest(_ resource: String) throws(AutoscalerError) -> Int64 {
    if let request = podRequests[resource] { return request }
    let requests = containerRequests.compactMap { $0.milliByResource[resource] }
    if requests.isEmpty {
      throw AutoscalerError("missing pod-level request for \(resource) in Pod \(name)")
    }
    return requests.reduce(0, +)
  }

  fileprivate func request(_ container: String, _ resource: String) throws(AutoscalerError) -> Int64
  {
    var sum: Int64 = 0
    var isFound = container.isEmpty
    for entry in containerRequests where container.isEmpty || entry.name == container {
      guard let milli = entry.milliByResource[resource] else {
        throw AutoscalerError(
          "missing request for \(resource) in container \(entry.name) of Pod \(name)")
      }
      sum += milli
      isFound = true
    }
    if !isFound { throw AutoscalerError("container \(container) not found in Pod \(name)") }
    return sum
  }
}
