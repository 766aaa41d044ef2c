import KubernetesAPI

/// What the node controller concludes from a node's heart-beats.
///
/// Source: `pkg/controller/nodelifecycle/node_lifecycle_controller.go` tryUpdateNodeHealth. Times
/// are nanoseconds since the simulation's start.
struct NodeHealth: Equatable {
  /// When a heart-beat (status or lease) was last seen to be new.
  private(set) var seen: Int64
  private var statusBeat: Timestamp?
  private var lease: String?
  /// The Ready status after the last look.
  private(set) var ready: ConditionStatus?

  init(now: Int64) { seen = now }

  /// Takes over heart-beats that changed.
  mutating func observe(_ node: Node, lease renewTime: String?, now: Int64) {
    let conditions = node.status.conditions
    let index = conditions.index(of: "Ready")
    let beat = index.flatMap { conditions[$0].lastHeartbeatTime }
    let status = index.map { conditions[$0].status }
    if beat != statusBeat || status != ready {
      statusBeat = beat
      seen = now
    }
    observe(lease: renewTime, now: now)
    ready = status
  }

  /// Takes over a lease that was renewed.
  mutating func observe(lease renewTime: String?, now: Int64) {
    if renewTime == lease { return }
    lease = renewTime
    seen = now
  }

  /// The node gets a new grace.
  mutating func restartGrace(now: Int64) { seen = now }

  /// Whether the node has been silent for longer than the grace period.
  func isSilent(now: Int64, graceNanoseconds: Int64) -> Bool { now > seen + graceNanoseconds }

  /// We wrote the status ourselves; that is no heart-beat.
  mutating func wrote(_ node: Node) {
    let condition = node.status.conditions.first("Ready")
    statusBeat = condition?.lastHeartbeatTime
    ready = condition?.status
  }

  /// Conditions of a silent node: Unknown, with the time at which they became so.
  static func lost(_ conditions: [Condition], now: Timestamp) -> [Condition] {
    var result = conditions
    for type in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
      guard let index = result.firstIndex(where: { $0.type == type }) else {
        var condition = Condition(
          type: type, status: .unknown, reason: "NodeStatusNeverUpdated",
          message: "Kubelet never posted node status.", lastTransitionTime: now)
        condition.lastHeartbeatTime = now
        result.append(condition)
        continue
      }
      if result[index].status == .unknown { continue }
      result[index].status = .unknown
      result[index].reason = "NodeStatusUnknown"
      result[index].message = "Kubelet stopped posting node status."
      result[index].lastTransitionTime = now
    }
    return result
  }
}

/// Taints that follow from a node's conditions.
enum NodeTaintRules {
  static let notReady = "node.kubernetes.io/not-ready"
  static let unreachable = "node.kubernetes.io/unreachable"
  static let unschedulable = "node.kubernetes.io/unschedulable"

  private static let byCondition: [(type: String, status: ConditionStatus, key: String)] = [
    ("Ready", .false, notReady), ("Ready", .unknown, unreachable),
    ("MemoryPressure", .true, "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", .true, "node.kubernetes.io/disk-pressure"),
    ("PIDPressure", .true, "node.kubernetes.io/pid-pressure"),
    ("NetworkUnavailable", .true, "node.kubernetes.io/network-unavailable"),
  ]

  /// The NoSchedule taints that a node should have (doNoScheduleTaintingPass).
  static func noScheduleKeys(_ node: Node) -> [String] {
    var keys = byCondition.filter { rule in
      node.status.conditions.first(rule.type)?.status == rule.status
    }.map(\.key)
    if node.spec.unschedulable { keys.append(unschedulable) }
    return keys
  }

  /// The node's taints with the condition-made NoSchedule ones put right.
  static func withNoSchedule(_ node: Node, now: Timestamp) -> [Taint] {
    let wanted = noScheduleKeys(node)
    let owned = Set(byCondition.map(\.key) + [unschedulable])
    var taints = node.spec.taints.filter {
      !($0.effect == "NoSchedule" && owned.contains($0.key) && !wanted.contains($0.key))
    }
    for key in wanted where !taints.contains(where: { $0.key == key && $0.effect == "NoSchedule" })
    {
      taints.append(taint(key, "NoSchedule", now))
    }
    return taints
  }

  /// The NoExecute taint that a Ready status asks for; nil: none.
  static func noExecuteKey(_ ready: ConditionStatus?) -> String? {
    switch ready {
    case .false: notReady
    case .unknown, nil: unreachable
    case .true: nil
    }
  }

  /// The node's taints with exactly the given NoExecute taint of the controller's, or none.
  static func withNoExecute(_ node: Node, key: String?, now: Timestamp) -> [Taint] {
    var taints = node.spec.taints.filter {
      !($0.effect == "NoExecute" && ($0.key == notReady || $0.key == unreachable) && $0.key != key)
    }
    if let key, !taints.contains(where: { $0.key == key && $0.effect == "NoExecute" }) {
      taints.append(taint(key, "NoExecute", now))
    }
    return taints
  }

  private static func taint(_ key: String, _ effect: String, _ now: Timestamp) -> Taint {
    var taint = Taint()
    taint.key = key
    taint.effect = effect
    taint.timeAdded = now
    return taint
  }

  /// How long a pod may stay on a node with these NoExecute taints.
  enum Stay: Equatable {
    /// It must go now.
    case none
    /// It may stay for ever.
    case unlimited
    /// It may stay so many seconds.
    case limited(seconds: Int64)
  }

  /// The least of the tolerations that are used (`pkg/controller/tainteviction`).
  static func stay(_ taints: [NodeTaint], tolerations: [TaintToleration]) -> Stay {
    var least: Int64?
    for taint in taints where taint.effect == "NoExecute" {
      guard let used = tolerations.first(where: { $0.tolerates(taint) }) else { return .none }
      if let seconds = used.seconds { least = min(least ?? .max, max(0, seconds)) }
    }
    return least.map { .limited(seconds: $0) } ?? .unlimited
  }
}

/// What the node controller's flags say.
package struct NodeLifecycleSettings: Sendable {
  /// How often nodes are looked at.
  package var monitorPeriod: Duration = .seconds(5)
  /// How long a node may be silent (50 s from v1.32 on).
  package var gracePeriod: Duration = .seconds(50)
  /// How long a node may take to report for the first time.
  package var startupGracePeriod: Duration = .seconds(60)
  /// How often the pod garbage collector looks.
  package var podCollectionPeriod: Duration = .seconds(20)
  /// How long a node must be gone before its pods are collected.
  package var orphanQuarantine: Duration = .seconds(40)
  /// Ended pods beyond so many are removed; 0: none are
  /// (`--terminated-pod-gc-threshold` of the controller manager).
  package var endedPodsMax = 12_500

  package init() {}
}
