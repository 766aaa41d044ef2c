package import KubernetesAPI

/// A node with what is used on it, kept up to date pod by pod.
package struct SchedulingNode: Equatable, Sendable {
  /// Pods of the same traits, counted.
  package struct PodGroup: Equatable, Sendable {
    package var traits: Shared<SchedulingTraits>
    /// `SchedulingTraits.number`, here so that nobody need look there.
    var number: Int
    /// How many of them are not being deleted.
    package var live = 0
    /// How many of them are being deleted.
    package var deleting = 0
  }

  package var name: String
  /// The number of its zone in the scheduler's cache, -1 for none.
  var zone = -1
  package var labels: [String: String]
  package var taints: [NodeTaint]
  package var isUnschedulable: Bool
  /// Allocatable resources, without `pods`.
  package var allocatable: ResourceAmounts
  /// How many pods the node may have.
  package var podsMax: Int
  /// Sum of the pods' true requests.
  package private(set) var requested: ResourceAmounts = [:]
  /// Sum of the pods' CPU and memory with defaults.
  package private(set) var scoringRequested: ResourceAmounts = [:]
  package private(set) var pods: [SchedulingPod] = []
  /// The pods by their traits.
  package private(set) var groups: [PodGroup] = []
  /// How many of the pods have affinity terms.
  package private(set) var affinityPodCount = 0
  private var usedPorts: [String: Int] = [:]

  package init(
    name: String, labels: [String: String] = [:], taints: [NodeTaint] = [],
    isUnschedulable: Bool = false, allocatable: ResourceAmounts = [:], podsMax: Int = 110
  ) {
    self.name = name
    self.labels = labels
    self.taints = taints
    self.isUnschedulable = isUnschedulable
    self.allocatable = allocatable
    self.podsMax = podsMax
  }

  /// Counts a pod.
  package mutating func add(_ pod: SchedulingPod) {
    pods.append(pod)
    apply(pod, sign: 1)
  }

  /// Removes a pod by uid; false if it was not there.
  @discardableResult
  package mutating func remove(uid: String) -> Bool {
    remove(at: pods.firstIndex { $0.uid == uid })
  }

  /// Removes a pod by its place in the store; false if it was not there.
  @discardableResult
  mutating func remove(place: Int32) -> Bool { remove(at: pods.firstIndex { $0.place == place }) }

  private mutating func remove(at index: Int?) -> Bool {
    guard let index else { return false }
    apply(pods.remove(at: index), sign: -1)
    return true
  }

  /// Whether one of the ports is taken.
  package func hasPortConflict(_ ports: Set<String>) -> Bool {
    if ports.isEmpty || usedPorts.isEmpty { return false }
    return ports.contains { (usedPorts[$0] ?? 0) > 0 }
  }

  private mutating func apply(_ pod: SchedulingPod, sign: Int) {
    let traits = pod.traits
    requested.add(traits.value.requests, sign: Int64(sign))
    scoringRequested.add(traits.value.scoringRequests, sign: Int64(sign))
    for port in traits.value.hostPorts { usedPorts[port, default: 0] += sign }
    if traits.value.hasPodAffinity { affinityPodCount += sign }
    let index =
      groups.firstIndex { $0.traits.isIdentical(to: traits) }
      ?? {
        groups.append(PodGroup(traits: traits, number: traits.value.number))
        return groups.count - 1
      }()
    if pod.isDeleting { groups[index].deleting += sign } else { groups[index].live += sign }
    if groups[index].live == 0, groups[index].deleting == 0 { groups.remove(at: index) }
  }
}
