/// How fast the nodes of a zone get NoExecute taints.
///
/// Source: `pkg/controller/nodelifecycle` (`handleDisruption`, `setLimiterInZone`) and its
/// `scheduler/rate_limited_queue.go`: a token bucket for one node. When its rate changes while it is
/// empty, or while nothing was allowed, the new bucket begins empty, too.
struct ZoneEviction {
  /// How much of a zone is lost.
  enum State: Equatable {
    case normal
    /// More than two nodes, and more than a part of all, are lost.
    case partial
    /// No node is ready.
    case full
  }

  /// 0.1 nodes a second (NodeEvictionRate).
  static let intervalNanoseconds: Int64 = 10_000_000_000
  /// 0.01 nodes a second in a partly lost zone of a large cluster (SecondaryNodeEvictionRate).
  static let slowIntervalNanoseconds: Int64 = 100_000_000_000
  /// From which part of lost nodes on a zone counts as partly lost (UnhealthyZoneThreshold).
  static let unhealthyZonePercent = 55
  /// Up to so many nodes a partly lost zone's nodes are not tainted (LargeClusterSizeThreshold).
  static let largeClusterNodes = 50

  private(set) var state = State.normal
  /// Between two nodes; 0: none gets a taint.
  private var intervalNanoseconds = Self.intervalNanoseconds
  /// When the bucket was emptied.
  private var emptied: Int64?

  /// The state of a zone with so many nodes, some of them not ready.
  static func state(nodes: Int, lost: Int) -> State {
    if lost > 0, lost == nodes { return .full }
    return lost > 2 && lost * 100 >= nodes * unhealthyZonePercent ? .partial : .normal
  }

  /// The zone has another state.
  mutating func enter(_ state: State, nodes: Int, now: Int64) {
    if state == self.state { return }
    self.state = state
    switch state {
    case .normal, .full: setInterval(Self.intervalNanoseconds, now)
    case .partial:
      setInterval(nodes > Self.largeClusterNodes ? Self.slowIntervalNanoseconds : 0, now)
    }
  }

  /// No zone has a ready node: the fault may be the control plane's.
  mutating func stop(now: Int64) {
    state = .full
    setInterval(0, now)
  }

  /// Some zone has a ready node again.
  mutating func resume(_ state: State, nodes: Int, now: Int64) {
    self.state = state == .normal ? .full : .normal
    enter(state, nodes: nodes, now: now)
  }

  private mutating func setInterval(_ interval: Int64, _ now: Int64) {
    if interval == intervalNanoseconds { return }
    let isEmpty = !take(now: now)
    intervalNanoseconds = interval
    emptied = isEmpty ? now : nil
  }

  /// Takes the right to taint a node, if there is one.
  mutating func take(now: Int64) -> Bool {
    if intervalNanoseconds == 0 { return false }
    if let emptied, now - emptied < intervalNanoseconds { return false }
    emptied = now
    return true
  }
}
