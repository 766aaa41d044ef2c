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
    pods: [AutoscalerPod], samples: [String: PodMetricSample]
  ) throws(AutoscalerError) -> Proposal {
    let (groups, counted) = try countedSamples(pods, samples, resource: resource)
    let requests = try Self.requests(of: pods, container: container, resource: resource)
    let first = try Self.utilization(counted, requests: requests, target: targetUtilization)
    var proposal = Proposal(
      replicas: current, utilization: first.utilization, usageMilli: first.averageMilli)
    let growsWithUnready = !groups.unready.isEmpty && first.ratio > 1
    if !growsWithUnready && groups.missing.isEmpty {
      if !tolerance.isWithin(first.ratio) {
        proposal.replicas = ceiling(first.ratio * Double(groups.readyCount))
      }
      return proposal
    }
    var filled = counted
    let fallback = Int64(max(100, targetUtilization))
    for name in groups.missing {
      if first.ratio < 1 {
        filled[name] = PodMetricSample(valueMilli: (requests[name] ?? 0) * fallback / 100)
      } else if first.ratio > 1 {
        filled[name] = PodMetricSample(valueMilli: 0)
      }
    }
    if growsWithUnready {
      for name in groups.unready { filled[name] = PodMetricSample(valueMilli: 0) }
    }
    let second = try Self.utilization(filled, requests: requests, target: targetUtilization)
    proposal.replicas = agreed(
      current: current, first: first.ratio, second: second.ratio, sampleCount: filled.count)
    return proposal
  }

  /// Replicas by the average of raw values against a target average.
  ///
  /// For Pods metrics and Resource metrics with an average value; `resource` is empty for the first.
  package func plainReplicas(
    current: Int, targetMilli: Int64, resource: String, pods: [AutoscalerPod],
    samples: [String: PodMetricSample]
  ) throws(AutoscalerError) -> Proposal {
    let (groups, counted) = try countedSamples(pods, samples, resource: resource)
    let first = Self.average(counted, target: targetMilli)
    var proposal = Proposal(replicas: current, usageMilli: first.usage)
    let growsWithUnready = !groups.unready.isEmpty && first.ratio > 1
    if !growsWithUnready && groups.missing.isEmpty {
      if !tolerance.isWithin(first.ratio) {
        proposal.replicas = ceiling(first.ratio * Double(groups.readyCount))
      }
      return proposal
    }
    var filled = counted
    for name in groups.missing where first.ratio != 1 {
      filled[name] = PodMetricSample(valueMilli: first.ratio < 1 ? targetMilli : 0)
    }
    if growsWithUnready {
      for name in groups.unready { filled[name] = PodMetricSample(valueMilli: 0) }
    }
    let second = Self.average(filled, target: targetMilli)
    proposal.replicas = agreed(
      current: current, first: first.ratio, second: second.ratio, sampleCount: filled.count)
    return proposal
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
    let ready = pods.count { $0.phase == "Running" && $0.ready?.isTrue == true }
    return Proposal(replicas: ceiling(ratio * Double(ready)), usageMilli: usageMilli)
  }

  /// Replicas by one value against a target per pod (Object and External with averageValue).
  ///
  /// The reported usage is per pod of the present status, rounded up.
  package func perPodReplicas(
    statusReplicas: Int, usageMilli: Int64, targetMilli: Int64
  ) -> Proposal {
    var replicas = statusReplicas
    let ratio = Double(usageMilli) / (Double(targetMilli) * Double(statusReplicas))
    if !tolerance.isWithin(ratio) {
      replicas = ceiling(Double(usageMilli) / Double(targetMilli))
    }
    let average =
      statusReplicas == 0
      ? 0 : Int64((Double(usageMilli) / Double(statusReplicas)).rounded(.up))
    return Proposal(replicas: replicas, usageMilli: average)
  }

  static let noPods = "no pods returned by selector while calculating replica count"

  private func countedSamples(
    _ pods: [AutoscalerPod], _ samples: [String: PodMetricSample], resource: String
  ) throws(AutoscalerError) -> (PodGroups, [String: PodMetricSample]) {
    if pods.isEmpty { throw AutoscalerError(Self.noPods) }
    let groups = PodGroups(
      pods: pods, samples: samples, resource: resource, nowNanoseconds: nowNanoseconds,
      cpuInitializationNanoseconds: cpuInitializationNanoseconds,
      initialReadinessDelayNanoseconds: initialReadinessDelayNanoseconds)
    var counted = samples
    for name in groups.ignored { counted[name] = nil }
    for name in groups.unready { counted[name] = nil }
    if counted.isEmpty {
      throw AutoscalerError("did not receive metrics for targeted pods (pods might be unready)")
    }
    return (groups, counted)
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
    let rounded = value.rounded(.up)
    return rounded >= 2_147_483_647 ? 2_147_483_647 : Int(rounded)
  }

  private static func average(
    _ samples: [String: PodMetricSample], target: Int64
  ) -> (ratio: Double, usage: Int64) {
    var total: Int64 = 0
    for sample in samples.values { total &+= sample.valueMilli }
    let usage = total / Int64(samples.count)
    return (Double(usage) / Double(target), usage)
  }

  private static func utilization(
    _ samples: [String: PodMetricSample], requests: [String: Int64], target: Int
  ) throws(AutoscalerError) -> (ratio: Double, utilization: Int, averageMilli: Int64) {
    var used: Int64 = 0
    var requested: Int64 = 0
    var count: Int64 = 0
    for (name, sample) in samples {
      guard let request = requests[name] else { continue }
      used += sample.valueMilli
      requested += request
      count += 1
    }
    if requested == 0 {
      throw AutoscalerError("no metrics returned matched known pods")
    }
    let utilization = Int(used * 100 / requested)
    return (Double(utilization) / Double(target), utilization, used / count)
  }

  /// Requests of all listed pods, by name.
  ///
  /// All containers of every pod need one (only `container`, if given), unless the pod as a whole
  /// has one (feature PodLevelResources, on in v1.34).
  package static func requests(
    of pods: [AutoscalerPod], container: String, resource: String,
    usesPodLevelResources: Bool = true
  ) throws(AutoscalerError) -> [String: Int64] {
    var result: [String: Int64] = [:]
    result.reserveCapacity(pods.count)
    for pod in pods {
      if usesPodLevelResources, container.isEmpty, let request = pod.podRequests[resource] {
        result[pod.name] = request
        continue
      }
      var sum: Int64 = 0
      for entry in pod.containerRequests where container.isEmpty || entry.name == container {
        guard let milli = entry.milliByResource[resource] else {
          throw AutoscalerError(
            "missing request for \(resource) in container \(entry.name) of Pod \(pod.name)")
        }
        sum += milli
      }
      result[pod.name] = sum
    }
    return result
  }
}
