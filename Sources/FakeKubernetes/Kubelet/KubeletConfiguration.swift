package import KubernetesAPI

/// One node: its name, size, and what is on it.
package struct KubeletConfiguration {
  /// The node's name; also its host name label.
  package var name: String
  /// The node's address.
  package var address: String
  /// The first three numbers of its pods' addresses, such as `10.244.1`.
  package var podNetwork: String
  /// Capacity and allocatable; `pods` is 110 unless given.
  package var capacity: ResourceList
  package var labels: [String: String]
  package var taints: [Taint]
  /// Images that are there from the start.
  package var images: Set<String>
  /// Whether every image is there from the start.
  package var hasAllImages: Bool
  /// What the kubelet warns of when it starts on this machine, as reason and message.
  package var startWarnings: [(reason: String, message: String)] = []

  /// Whether an image was there from the start.
  func isPreloaded(_ image: String) -> Bool {
    if hasAllImages || images.contains(image) { return true }
    let full = ContainerStatusRules.fullName(image)
    return images.contains { ContainerStatusRules.fullName($0) == full }
  }

  package init(
    name: String, address: String, podNetwork: String, capacity: ResourceList,
    labels: [String: String] = [:], taints: [Taint] = [], images: Set<String> = [],
    hasAllImages: Bool = false
  ) {
    self.name = name
    self.address = address
    self.podNetwork = podNetwork
    self.capacity = capacity
    self.labels = labels
    self.taints = taints
    self.images = images
    self.hasAllImages = hasAllImages
  }
}

/// How long the steps of a kubelet's work take on a small idle machine, as recorded.
package struct KubeletTimings: Sendable {
  /// From a sync's begin to the first attempt to mount.
  package var mount: Duration = .milliseconds(100)
  /// Making a sandbox with its network.
  package var sandbox: Duration = .milliseconds(120)
  package var createContainer: Duration = .milliseconds(10)
  package var startContainer: Duration = .milliseconds(60)
  /// Stopping a sandbox after its last container has ended.
  package var stopSandbox: Duration = .milliseconds(130)
  /// From a change of a status to its write.
  package var statusWrite: Duration = .milliseconds(5)
  /// Asking the registry about an image that is there already.
  package var checkImage: Duration = .milliseconds(60)
  /// When in each second the kubelet lists its containers; nil: by chance.
  package var relistPhase: Duration?
  /// From a sync that succeeded to the next one: a minute and up to half as much
  /// (`pkg/kubelet/kubelet.go` SyncFrequency, `pod_workers.go` workerResyncIntervalJitterFactor).
  package var resync: ClosedRange<Duration> = .seconds(60)...(.seconds(90))
  /// From a sync that failed to the next one (`kubelet.go` backOffPeriod, `pod_workers.go`
  /// workerBackOffPeriodJitterFactor).
  package var backOff: ClosedRange<Duration> = .seconds(10)...(.seconds(15))
  /// How often the kubelet looks for what runs here and should not (`pkg/kubelet/kubelet.go`
  /// housekeepingPeriod).
  package static let housekeeping = Duration.seconds(2)
  /// How often the node's status is looked at (`pkg/kubelet/apis/config/v1beta1/defaults.go`
  /// NodeStatusUpdateFrequency).
  package static let statusUpdate = Duration.seconds(10)
  /// After how long an unchanged status is written (NodeStatusReportFrequency).
  package static let statusReportNanoseconds: Int64 = 300_000_000_000
  /// NodeLeaseDurationSeconds.
  package static let leaseDurationSeconds = 40
  /// A quarter of the lease's duration, to which up to 4 % are added at random
  /// (`pkg/kubelet/kubelet.go` nodeLeaseRenewIntervalFraction).
  package static let leaseRenewalNanoseconds = Int64(leaseDurationSeconds) * 1_000_000_000 / 4
  /// One look at a container by a probe.
  package var probe: Duration = .milliseconds(2)

  package init() {}
}
