/// Which of a container's probes.
package enum ProbeKind: String, Sendable, CaseIterable {
  case startup = "Startup"
  case readiness = "Readiness"
  case liveness = "Liveness"
}

/// The published result of a probe.
package enum ProbeResult: Sendable { case unknown, success, failure }

/// One probe of one container: when to ask and what to publish.
///
/// Source: `pkg/kubelet/prober/worker.go` doProbe. A machine of values: the shell asks `tick` at
/// each period, performs the check, and hands its outcome to `checked`.
package struct ProbeWorker: Sendable {
  /// What the shell does at a tick.
  package enum OnTick: Equatable, Sendable {
    /// Nothing now; come again at the next period.
    case wait
    /// Perform the check, then call `checked`.
    case check
    /// The worker's time is over.
    case stop
  }

  /// What a worker knows of its pod and container at a tick.
  package struct Situation: Sendable {
    package var phase: String?
    package var isDeleting: Bool
    package var restartPolicyIsNever: Bool
    /// nil: no container was made yet.
    package var containerID: String?
    package var state: State
    /// Whether the container counts as started (startup probe passed).
    package var isStarted: Bool
    /// How long it has been running.
    package var runningNanoseconds: Int64

    package enum State: Sendable { case waiting, running, terminated }

    package init(
      phase: String?, isDeleting: Bool = false, restartPolicyIsNever: Bool = false,
      containerID: String?, state: State, isStarted: Bool, runningNanoseconds: Int64
    ) {
      self.phase = phase
      self.isDeleting = isDeleting
      self.restartPolicyIsNever = restartPolicyIsNever
      self.containerID = containerID
      self.state = state
      self.isStarted = isStarted
      self.runningNanoseconds = runningNanoseconds
    }
  }

  package let kind: ProbeKind
  package let initialDelaySeconds: Int
  package let successThreshold: Int
  package let failureThreshold: Int
  /// The published result of the present container; nil: none yet.
  package private(set) var published: ProbeResult?
  /// The container that `published` is about.
  package private(set) var containerID: String?
  /// Whether probing waits for a new container after a liveness or startup failure.
  package private(set) var isOnHold = false
  private var lastResult: ProbeResult?
  private var run = 0

  package init(
    kind: ProbeKind, initialDelaySeconds: Int, successThreshold: Int, failureThreshold: Int
  ) {
    self.kind = kind
    self.initialDelaySeconds = initialDelaySeconds
    self.successThreshold = successThreshold
    self.failureThreshold = failureThreshold
  }

  /// What readiness, liveness and startup begin with: failure, success, unknown.
  package var initialResult: ProbeResult {
    switch kind {
    case .readiness: .failure
    case .liveness: .success
    case .startup: .unknown
    }
  }

  /// A period has passed (or the kubelet asked for a check at once).
  package mutating func tick(_ situation: Situation) -> OnTick {
    guard let phase = situation.phase else { return .wait }
    if phase == "Failed" || phase == "Succeeded" { return .stop }
    guard let id = situation.containerID else { return .wait }
    if id != containerID {
      containerID = id
      published = initialResult
      isOnHold = false
    }
    if isOnHold { return .wait }
    if situation.state != .running {
      published = .failure
      return situation.state == .terminated && situation.restartPolicyIsNever ? .stop : .wait
    }
    if situation.isDeleting && kind != .readiness {
      published = .success
      return .stop
    }
    if situation.runningNanoseconds / 1_000_000_000 < Int64(initialDelaySeconds) { return .wait }
    return situation.isStarted == (kind == .startup) ? .wait : .check
  }

  /// The outcome of a check; true: the published result changed.
  package mutating func checked(_ result: ProbeResult) -> Bool {
    if lastResult == result {
      run += 1
    } else {
      lastResult = result
      run = 1
    }
    if result == .failure && run < failureThreshold { return false }
    if result == .success && run < successThreshold { return false }
    let hasChanged = published != result
    published = result
    if kind != .readiness && result == .failure {
      isOnHold = true
      run = 0
    }
    return hasChanged
  }
}
