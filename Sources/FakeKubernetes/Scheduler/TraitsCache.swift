import KubernetesAPI

/// Gives pods of the same content, namespace and labels the same traits.
struct TraitsCache {
  private struct Known {
    /// Kept, so that its identity stays its own.
    var content: Shared<PodSpecContent>
    var namespace: String
    var labels: [String: String]
    var traits: Shared<SchedulingTraits>
  }

  /// How many contents are known before all are forgotten.
  private static let contentsMax = 4096

  private var known: [ObjectIdentifier: [Known]] = [:]
  private var count = 0

  /// The pod with shared traits.
  mutating func pod(_ pod: Pod) -> SchedulingPod {
    SchedulingPod(
      uid: pod.metadata.uid, place: pod.metadata.place, isDeleting: pod.metadata.isBeingDeleted,
      traits: traits(pod))
  }

  private mutating func traits(_ pod: Pod) -> Shared<SchedulingTraits> {
    let content = pod.spec.content
    let (namespace, labels) = (pod.metadata.namespace, pod.metadata.labels)
    let found = known[content.identity]?.first {
      $0.namespace == namespace && $0.labels == labels
    }
    if let found { return found.traits }
    if known.count >= Self.contentsMax { known = [:] }
    var made = SchedulingTraits(pod)
    made.number = count
    count += 1
    let traits = Shared(made)
    known[content.identity, default: []].append(
      Known(content: content, namespace: namespace, labels: labels, traits: traits))
    return traits
  }
}
