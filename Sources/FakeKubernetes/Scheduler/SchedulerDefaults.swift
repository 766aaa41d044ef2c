/// Numbers of upstream's default scheduler.
package enum SchedulerDefaults {
  /// Weight of TaintToleration (`pkg/scheduler/apis/config/v1/default_plugins.go`, as the next ones).
  package static let taintWeight = 3
  /// Weight of NodeAffinity.
  package static let nodeAffinityWeight = 2
  /// Weight of PodTopologySpread.
  package static let spreadWeight = 2
  /// Weight of InterPodAffinity.
  package static let podAffinityWeight = 2
  /// Weight of NodeResourcesFit, which scores by what is least allocated.
  package static let fitWeight = 1
  /// Weight of NodeResourcesBalancedAllocation.
  package static let balanceWeight = 1
  /// Weight of ImageLocality; nodes report no images here, so that it adds nothing.
  package static let imageLocalityWeight = 1
  /// What a required affinity of an existing pod counts (`pkg/scheduler/apis/config/v1/defaults.go`).
  package static let hardPodAffinityWeight = 1
  /// System default for hosts (`podtopologyspread/plugin.go` systemDefaultConstraints).
  package static let hostSkew = 3
  /// System default for zones.
  package static let zoneSkew = 5
  /// What a container without requests counts in scores: milli CPU, bytes
  /// (`pkg/scheduler/util/pod_resources.go`).
  static let assumedRequests: ResourceAmounts = ["cpu": 100, "memory": 209_715_200]
  /// `pkg/scheduler/backend/queue` DefaultPodInitialBackoffDuration.
  package static let backOffInitialSeconds: Int64 = 1
  /// `pkg/scheduler/backend/queue` DefaultPodMaxBackoffDuration.
  package static let backOffMaxSeconds: Int64 = 10
  /// `pkg/scheduler/backend/queue` DefaultPodMaxInUnschedulablePodsDuration.
  package static let unschedulableMaxSeconds: Int64 = 300
  /// How often pods that were unschedulable for too long are looked for
  /// (`flushUnschedulablePodsLeftover`).
  package static let flushSeconds: Int64 = 30
  /// From how many nodes on not all are looked at (`schedule_one.go` minFeasibleNodesToFind).
  package static let feasibleNodesMin = 100
}
