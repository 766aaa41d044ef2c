import KubernetesAPI

/// The selectors by which pods of the same traits and ReplicaSet are spread by default.
struct SpreadSelectors {
  private struct Known {
    /// Kept, so that its identity stays its own.
    var traits: Shared<SchedulingTraits>
    /// The ReplicaSet as it was, nil for none.
    var setVersion: Int64?
    var selector: LabelSelector?
  }

  /// How many are known before all are forgotten.
  private static let knownMax = 1024

  private var known: [ObjectIdentifier: Known] = [:]

  /// The selector of pods of some traits and a ReplicaSet; made anew if that has changed.
  mutating func selector(
    _ traits: Shared<SchedulingTraits>, _ set: ReplicaSet?, _ make: () -> LabelSelector?
  ) -> LabelSelector? {
    let version = set?.metadata.version
    if let found = known[traits.identity], found.setVersion == version { return found.selector }
    let made = make()
    if let found = known[traits.identity], found.selector == made {
      // The same selector stays the same allocation, so that comparing it costs nothing.
      known[traits.identity]?.setVersion = version
      return found.selector
    }
    if known.count >= Self.knownMax { known = [:] }
    known[traits.identity] = Known(traits: traits, setVersion: version, selector: made)
    return made
  }

  /// Services have changed.
  mutating func forget() { known = [:] }
}
