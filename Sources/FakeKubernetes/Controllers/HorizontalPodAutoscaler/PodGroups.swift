/// The pods of a scale target, classified by what their samples are worth.
///
/// Source: `pkg/controller/podautoscaler/replica_calculator.go` groupPods.
package struct PodGroups {
  /// What a pod's sample is worth.
  package enum Group: Sendable {
    /// The sample counts.
    case ready
    /// The pod is pending or, for CPU, still starts.
    case unready
    /// There is no sample.
    case missing
    /// The pod is being deleted or has failed.
    case ignored
  }

  /// The group of each pod, in the order in which they were given.
  package private(set) var groups: [Group] = []
  /// The value that counts for each pod, nil for one that is not ready.
  package private(set) var countedMilli: [Int64?] = []
  package private(set) var readyCount = 0
  /// How many samples are of none of the pods, and the sum of their values.
  package private(set) var strangers: (count: Int, totalMilli: Int64) = (0, 0)

  /// Classifies pods.
  ///
  /// CPU within `cpuInitialization` of the start counts only if the pod is ready and the sample's
  /// whole window lies after it became so; later a pod that was never ready does not count.
  package init(
    pods: [AutoscalerPod], samples: PodSamples, resource: String, nowNanoseconds: Int64,
    cpuInitializationNanoseconds: Int64, initialReadinessDelayNanoseconds: Int64
  ) {
    groups.reserveCapacity(pods.count)
    countedMilli.reserveCapacity(pods.count)
    let isCPU = resource == "cpu"
    var finder = PodSamples.Finder()
    var known = 0
    for index in pods.indices {
      let place = finder.place(of: pods[index].name, in: samples)
      if place >= 0 { known += 1 }
      let group: Group
      if pods[index].isDeleting || pods[index].phase == .failed {
        group = .ignored
      } else if pods[index].phase == .pending {
        group = .unready
      } else if place < 0 {
        group = .missing
      } else if isCPU,
        Self.isUnready(
          pods[index].ready, start: pods[index].startNanoseconds, sample: samples[place],
          nowNanoseconds: nowNanoseconds,
          cpuInitializationNanoseconds: cpuInitializationNanoseconds,
          initialReadinessDelayNanoseconds: initialReadinessDelayNanoseconds)
      {
        group = .unready
      } else {
        group = .ready
        readyCount += 1
      }
      groups.append(group)
      countedMilli.append(group == .ready ? samples[place].valueMilli : nil)
    }
    if known != samples.count { countStrangers(pods, samples) }
  }

  private mutating func countStrangers(_ pods: [AutoscalerPod], _ samples: PodSamples) {
    var isKnown = [Bool](repeating: false, count: samples.count)
    var finder = PodSamples.Finder()
    for index in pods.indices {
      let place = finder.place(of: pods[index].name, in: samples)
      if place >= 0 { isKnown[place] = true }
    }
    for place in isKnown.indices where !isKnown[place] {
      strangers.count += 1
      strangers.totalMilli &+= samples[place].valueMilli
    }
  }

  /// Whether some pod is of a group.
  func has(_ group: Group) -> Bool { groups.contains(group) }

  private static func isUnready(
    _ ready: AutoscalerPod.ReadyCondition?, start: Int64?, sample: PodMetricSample,
    nowNanoseconds: Int64, cpuInitializationNanoseconds: Int64,
    initialReadinessDelayNanoseconds: Int64
  ) -> Bool {
    guard let ready, let start else { return true }
    if start + cpuInitializationNanoseconds > nowNanoseconds {
      return ready.isFalse
        || sample.timestampNanoseconds < ready.transitionNanoseconds + sample.windowNanoseconds
    }
    return ready.isFalse && start + initialReadinessDelayNanoseconds > ready.transitionNanoseconds
  }
}
