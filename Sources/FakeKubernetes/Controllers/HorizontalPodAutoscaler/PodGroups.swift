/// The pods of a scale target, classified by what their samples are worth.
///
/// Source: `pkg/controller/podautoscaler/replica_calculator.go` groupPods.
package struct PodGroups: Equatable {
  /// Pods whose samples count.
  package var readyCount = 0
  /// Pending pods and, for CPU, pods that still start.
  package var unready: Set<String> = []
  /// Pods without a sample.
  package var missing: Set<String> = []
  /// Deleted and failed pods.
  package var ignored: Set<String> = []

  package init() {}

  /// Classifies pods.
  ///
  /// CPU within `cpuInitialization` of the start counts only if the pod is ready and the sample's
  /// whole window lies after it became so; later a pod that was never ready does not count.
  package init(
    pods: [AutoscalerPod], samples: [String: PodMetricSample], resource: String,
    nowNanoseconds: Int64, cpuInitializationNanoseconds: Int64,
    initialReadinessDelayNanoseconds: Int64
  ) {
    for pod in pods {
      if pod.isDeleting || pod.phase == "Failed" {
        ignored.insert(pod.name)
        continue
      }
      if pod.phase == "Pending" {
        unready.insert(pod.name)
        continue
      }
      guard let sample = samples[pod.name] else {
        missing.insert(pod.name)
        continue
      }
      if resource == "cpu",
        Self.isUnready(
          pod, sample: sample, nowNanoseconds: nowNanoseconds,
          cpuInitializationNanoseconds: cpuInitializationNanoseconds,
          initialReadinessDelayNanoseconds: initialReadinessDelayNanoseconds)
      {
        unready.insert(pod.name)
        continue
      }
      readyCount += 1
    }
  }

  private static func isUnready(
    _ pod: AutoscalerPod, sample: PodMetricSample, nowNanoseconds: Int64,
    cpuInitializationNanoseconds: Int64, initialReadinessDelayNanoseconds: Int64
  ) -> Bool {
    guard let ready = pod.ready, let start = pod.startNanoseconds else { return true }
    if start + cpuInitializationNanoseconds > nowNanoseconds {
      return ready.isFalse
        || sample.timestampNanoseconds < ready.transitionNanoseconds + sample.windowNanoseconds
    }
    return ready.isFalse && start + initialReadinessDelayNanoseconds > ready.transitionNanoseconds
  }
}
