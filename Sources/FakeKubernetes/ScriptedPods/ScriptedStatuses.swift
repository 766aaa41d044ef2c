import KubernetesAPI

/// Makes what pods tell of themselves, once for all that tell the same.
///
/// Pods of one template that start in the same second have equal conditions and container statuses,
/// and those that were made lately are looked at first.
struct ScriptedStatuses {
  /// What a container does.
  enum ContainerPhase: Equatable {
    case waiting(_ reason: String)
    case running(_ since: Timestamp?)
    case terminated
  }

  /// The state of all containers of a pod.
  struct Containers: Equatable {
    var phase: ContainerPhase
    var isReady: Bool
    var restarts: Int
    /// How the containers ended before.
    var lastEnd: Shared<ContainerStateTerminated>?
  }

  private struct MadeConditions {
    var given: [Condition]
    var content: Shared<PodSpecContent>
    var isReady: Bool
    var now: Timestamp
    var made: [Condition]
  }

  private struct MadeContainers {
    var content: Shared<PodSpecContent>
    var seen: Containers
    var made: [ContainerStatus]
  }

  /// How many are kept.
  private static let madeMax = 16

  private var madeConditions: [MadeConditions] = []
  private var nextConditions = 0
  private var madeContainers: [MadeContainers] = []
  private var nextContainers = 0

  /// The conditions that follow given ones.
  mutating func conditions(
    _ given: [Condition], _ content: Shared<PodSpecContent>, isReady: Bool, now: Timestamp
  ) -> [Condition] {
    for index in madeConditions.indices
    where madeConditions[index].now == now && madeConditions[index].isReady == isReady
      && madeConditions[index].given.isSameArray(as: given)
      && madeConditions[index].content.isIdentical(to: content)
    {
      return madeConditions[index].made
    }
    let names = content.value.containers.map(\.name).joined(separator: " ")
    let reason = isReady ? "" : "ContainersNotReady"
    let message = isReady ? "" : "containers with unready status: [\(names)]"
    var made = given
    Self.set(&made, "Initialized", .true, "", "", now)
    Self.set(&made, "Ready", isReady ? .true : .false, reason, message, now)
    Self.set(&made, "ContainersReady", isReady ? .true : .false, reason, message, now)
    let entry = MadeConditions(
      given: given, content: content, isReady: isReady, now: now, made: made)
    Self.keep(entry, in: &madeConditions, at: &nextConditions)
    return made
  }

  private static func set(
    _ conditions: inout [Condition], _ type: String, _ value: ConditionStatus, _ reason: String,
    _ message: String, _ now: Timestamp
  ) {
    guard let index = conditions.index(of: type) else {
      conditions.append(
        Condition(
          type: type, status: value, reason: reason, message: message, lastTransitionTime: now))
      return
    }
    if conditions[index].status != value { conditions[index].lastTransitionTime = now }
    conditions[index].status = value
    conditions[index].reason = reason
    conditions[index].message = message
  }

  /// What is told of the containers of a pod.
  mutating func containers(_ content: Shared<PodSpecContent>, _ seen: Containers)
    -> [ContainerStatus]
  {
    for index in madeContainers.indices
    where madeContainers[index].content.isIdentical(to: content)
      && madeContainers[index].seen == seen
    {
      return madeContainers[index].made
    }
    let made = content.value.containers.map { Self.status($0, seen) }
    Self.keep(
      MadeContainers(content: content, seen: seen, made: made), in: &madeContainers,
      at: &nextContainers)
    return made
  }

  private static func status(_ container: Container, _ seen: Containers) -> ContainerStatus {
    var status = ContainerStatus()
    status.name = container.name
    status.image = container.image
    status.ready = seen.isReady
    status.restartCount = seen.restarts
    if seen.restarts > 0 || seen.phase == .waiting("CrashLoopBackOff") {
      status.lastState.terminated = seen.lastEnd?.value
    }
    status.started = false
    switch seen.phase {
    case .waiting(let reason):
      status.state.waiting = waiting(reason, container)
    case .running(let since):
      var running = ContainerStateRunning()
      running.startedAt = since
      status.state.running = running
      status.started = true
    case .terminated: status.state.terminated = seen.lastEnd?.value
    }
    return status
  }

  private static func waiting(_ reason: String, _ container: Container) -> ContainerStateWaiting {
    var waiting = ContainerStateWaiting()
    waiting.reason = reason
    switch reason {
    case "ImagePullBackOff": waiting.message = "Back-off pulling image \"\(container.image)\""
    case "CrashLoopBackOff": waiting.message = "back-off restarting failed container"
    default: break
    }
    return waiting
  }

  private static func keep<Made>(_ entry: Made, in made: inout [Made], at next: inout Int) {
    if made.count < madeMax {
      made.append(entry)
    } else {
      made[next] = entry
      next = (next + 1) % madeMax
    }
  }
}
