package import JSON
import KubernetesAPI
import SimulationKernel

/// The numbers and words that the fake really works with, under the names of upstream's facts.
///
/// Constants are read where they are used; defaults are those of an object that was made through the
/// API. Beside them stand the facts that are rules: which tables and recordings show them.
package enum KubernetesFacts {
  /// The fake's value of each fact that has one.
  package static func values() throws -> [String: JSONValue] {
    var values = workloads().merging(nodes()) { $1 }.merging(scheduler()) { $1 }
    values.merge(kubelet()) { $1 }
    values.merge(autoscaler()) { $1 }
    values.merge(try defaults()) { $1 }
    return values
  }

  private static func seconds(_ nanoseconds: Int64) -> JSONValue {
    .integer(nanoseconds / 1_000_000_000)
  }

  private static func seconds(_ duration: Duration) -> JSONValue {
    seconds(duration.wholeNanoseconds)
  }

  private static func workloads() -> [String: JSONValue] {
    [
      "rsBurstReplicas": JSONValue(ReplicaSetController.burst),
      "rsSlowStartInitialBatch": JSONValue(SlowStart.initialBatch),
      "expectationsTimeout": seconds(Expectations.timeoutNanoseconds),
      "nameSuffixAlphabet": .string(String(decoding: NameGenerator.alphabet, as: UTF8.self)),
      "podNameSuffixLength": JSONValue(NameGenerator.suffixLength),
      "maxEndpointsPerSlice": JSONValue(EndpointSliceController.endpointsMax),
      "minReadySeconds": JSONValue(Deployment().spec.minReadySeconds),
    ]
  }

  private static func nodes() -> [String: JSONValue] {
    let settings = NodeLifecycleSettings()
    var lost = NodeHealth.lost([], now: Timestamp(seconds: 0)).first("Ready")
    let known = Condition(
      type: "Ready", status: .true, reason: "KubeletReady", message: "",
      lastTransitionTime: Timestamp(seconds: 0))
    lost = NodeHealth.lost([known], now: Timestamp(seconds: 0)).first("Ready")
    return [
      "nodeMonitorPeriod": seconds(settings.monitorPeriod),
      "nodeMonitorGracePeriodNew": seconds(settings.gracePeriod),
      "nodeStartupGracePeriod": seconds(settings.startupGracePeriod),
      "taintNotReady": .string(NodeTaintRules.notReady),
      "taintUnreachable": .string(NodeTaintRules.unreachable),
      "taintUnschedulable": .string(NodeTaintRules.unschedulable),
      "nodeEvictionRate": .number(1e9 / Double(ZoneEviction.intervalNanoseconds)),
      "secondaryNodeEvictionRate": .number(
        1e9 / Double(ZoneEviction.slowIntervalNanoseconds)),
      "unhealthyZoneThreshold": .number(
        Double(ZoneEviction.unhealthyZonePercent) / 100),
      "largeClusterSizeThreshold": JSONValue(ZoneEviction.largeClusterNodes),
      "readyConditionWhenLost": [
        "status": .string(lost?.status.rawValue ?? ""), "reason": .string(lost?.reason ?? ""),
      ],
      "podGCPeriod": seconds(settings.podCollectionPeriod),
      "podGCOrphanQuarantine": seconds(settings.orphanQuarantine),
    ]
  }

  private static func scheduler() -> [String: JSONValue] {
    let constraints = TopologySpread.systemDefaults(LabelSelector())
    return [
      "hardPodAffinityWeightDefault": JSONValue(SchedulerDefaults.hardPodAffinityWeight),
      "nonZeroDefaultCPU": .integer(SchedulerDefaults.assumedRequests["cpu"]),
      "nonZeroDefaultMemory": .integer(SchedulerDefaults.assumedRequests["memory"]),
      "podInitialBackoff": seconds(SchedulingQueue.backOff(attempts: 1)),
      "podMaxBackoff": seconds(SchedulingQueue.backOff(attempts: 100)),
      "podMaxInUnschedulable": .integer(SchedulerDefaults.unschedulableMaxSeconds),
      "unschedulableFlushInterval": .integer(SchedulerDefaults.flushSeconds),
      "minFeasibleNodesToFind": JSONValue(SchedulerDefaults.feasibleNodesMin),
      "podTopologySpreadSystemDefaults": .array(
        constraints.map {
          [
            "topologyKey": .string($0.topologyKey), "maxSkew": JSONValue($0.maxSkew),
            "whenUnsatisfiable": $0.isRequired ? "DoNotSchedule" : "ScheduleAnyway",
          ]
        }),
      "scoreWeights": [
        "TaintToleration": JSONValue(SchedulerDefaults.taintWeight),
        "NodeAffinity": JSONValue(SchedulerDefaults.nodeAffinityWeight),
        "PodTopologySpread": JSONValue(SchedulerDefaults.spreadWeight),
        "InterPodAffinity": JSONValue(SchedulerDefaults.podAffinityWeight),
        "NodeResourcesFit": JSONValue(SchedulerDefaults.fitWeight),
        "NodeResourcesBalancedAllocation": JSONValue(SchedulerDefaults.balanceWeight),
        "ImageLocality": JSONValue(SchedulerDefaults.imageLocalityWeight),
      ],
    ]
  }

  private static func autoscaler() -> [String: JSONValue] {
    let settings = AutoscalerSettings()
    return [
      "syncPeriod": seconds(settings.syncPeriod), "tolerance": .number(settings.tolerance),
      "downscaleStabilization": seconds(settings.downscaleStabilization),
      "cpuInitializationPeriod": seconds(settings.cpuInitializationPeriod),
      "initialReadinessDelay": seconds(settings.initialReadinessDelay),
      "scaleUpLimitFactor": JSONValue(settings.scaleUpLimitFactor),
      "scaleUpLimitMinimum": JSONValue(settings.scaleUpLimitMinimum),
      "defaultScaleUp": rates(.defaultScaleUp), "defaultScaleDown": rates(.defaultScaleDown),
    ]
  }

  private static func rates(_ rates: ScalingRates) -> JSONValue {
    let policy: JSONValue =
      switch rates.selectPolicy {
      case .max: "Max"
      case .min: "Min"
      case .disabled: "Disabled"
      }
    return [
      "stabilizationWindowSeconds": rates.stabilizationWindowSeconds.map { JSONValue($0) } ?? .null,
      "selectPolicy": policy,
      "policies": .array(
        rates.policies.map {
          [
            "type": $0.kind == .pods ? "Pods" : "Percent", "value": JSONValue($0.value),
            "periodSeconds": JSONValue($0.periodSeconds),
          ]
        }),
    ]
  }
}
