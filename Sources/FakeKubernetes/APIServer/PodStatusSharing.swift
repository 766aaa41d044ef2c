import KubernetesAPI

/// Lets pods whose status says the same share what says it.
///
/// Pods that start in the same second have equal conditions and container statuses. What was
/// written lately is kept in a table of fixed size; an equal part takes the kept one's place.
struct PodStatusSharing {
  private static let slotsMax = 1024

  private var conditions = [[Condition]](repeating: [], count: slotsMax)
  private var containers = [[ContainerStatus]](repeating: [], count: slotsMax)
  private var addresses = [[HostIP]](repeating: [], count: slotsMax)

  /// Replaces parts of a status by equal ones that others have.
  mutating func share(_ status: inout PodStatus) {
    if !status.conditions.isEmpty {
      Self.share(&status.conditions, &conditions, Self.slot(status.conditions))
    }
    if !status.containerStatuses.isEmpty {
      Self.share(&status.containerStatuses, &containers, Self.slot(status.containerStatuses))
    }
    if let address = status.hostIPs.first {
      Self.share(&status.hostIPs, &addresses, address.ip.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
    }
  }

  private static func share<Part: Equatable>(
    _ part: inout [Part], _ table: inout [[Part]], _ hash: Int
  ) {
    let slot = Int(UInt(bitPattern: hash) % UInt(slotsMax))
    if table[slot].isSameArray(as: part) { return }
    if table[slot] == part { part = table[slot] } else { table[slot] = part }
  }

  private static func slot(_ conditions: [Condition]) -> Int {
    var hash = conditions.count
    for condition in conditions {
      let time = condition.lastTransitionTime?.seconds ?? 0
      hash = hash &* 31 &+ Int(time) &* 2 &+ (condition.status == .true ? 1 : 0)
    }
    return hash
  }

  private static func slot(_ containers: [ContainerStatus]) -> Int {
    var hash = containers.count
    for container in containers {
      let started = container.state.running?.startedAt?.seconds ?? 0
      hash = hash &* 31 &+ Int(started) &* 2 &+ (container.ready ? 1 : 0)
      hash = container.image.utf8.reduce(hash) { $0 &* 31 &+ Int($1) }
    }
    return hash
  }
}
