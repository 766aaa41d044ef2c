import KubernetesAPI
import SimulationKernel

@testable import FakeKubernetes

/// What a Deployment promises while its size and strategy stay as they are.
struct RolloutWatch {
  /// Size and strategy; a change of them ends all promises until the next complete state.
  private struct Terms: Equatable {
    var desired: Int
    var strategy: DeploymentStrategy
    var minReadySeconds: Int
    var isPaused: Bool
  }

  private var deployment: Deployment
  private var terms: Terms
  /// Whether there was a complete state since size and strategy changed.
  private(set) var isSettled = false
  private var unsettledUntil = SimulationTime.zero
  /// Whether a pod failed or was lost since the last complete state.
  private(set) var isDisturbed = false
  private var disturbedUntil = SimulationTime.zero
  private var tooManySince: SimulationTime?
  private static let surplusMax = Duration.seconds(1)

  init(_ deployment: Deployment) {
    self.deployment = deployment
    terms = Self.terms(deployment)
  }

  private static func terms(_ deployment: Deployment) -> Terms {
    Terms(
      desired: deployment.spec.replicas ?? 1, strategy: deployment.spec.strategy,
      minReadySeconds: deployment.spec.minReadySeconds, isPaused: deployment.spec.paused)
  }

  var minReadySeconds: Int { terms.minReadySeconds }

  mutating func take(_ deployment: Deployment) {
    self.deployment = deployment
    let new = Self.terms(deployment)
    if new != terms { isSettled = false }
    terms = new
  }

  /// Ends all promises, at least until a time.
  mutating func unsettle(until time: SimulationTime) {
    isSettled = false
    unsettledUntil = time
  }

  /// Ends what is promised of availability, at least until a time.
  mutating func disturb(until time: SimulationTime) {
    isDisturbed = true
    disturbedUntil = max(disturbedUntil, time)
  }

  /// Notes a complete state: all pods are new, available and the only ones.
  mutating func settle(live: Int, available: Int, now: SimulationTime) {
    if now < unsettledUntil { return }
    let status = deployment.status
    let desired = terms.desired
    guard status.observedGeneration == deployment.metadata.generation, live == desired,
      available == desired, status.replicas == desired, status.updatedReplicas == desired,
      status.availableReplicas == desired
    else { return }
    isSettled = true
    if now >= disturbedUntil { isDisturbed = false }
  }

  /// What is wrong with so many pods; nil: nothing.
  ///
  /// `surplus` of them are more than their ReplicaSets want and about to go: a Deployment lets the
  /// next ReplicaSet grow once the last one *wants* fewer (`rolling.go` NewRSNewReplicas). They may
  /// be too many for a moment.
  mutating func objection(
    live: Int, surplus: Int, available: Int, now: SimulationTime
  ) -> String? {
    guard isSettled, deployment.isRollingUpdate else {
      tooManySince = nil
      return nil
    }
    let name = deployment.metadata.name
    let most = terms.desired + RollingUpdateRules.maxSurge(deployment)
    tooManySince = live > most ? tooManySince ?? now : nil
    let isLasting = tooManySince.map { now - $0 > Self.surplusMax } ?? false
    if live - surplus > most || isLasting {
      return "\(name) has \(live) pods, at most \(most) are allowed"
    }
    let fewest = terms.desired - RollingUpdateRules.maxUnavailable(deployment)
    if !isDisturbed, available < fewest {
      return "\(name) has \(available) available pods, at least \(fewest) are promised"
    }
    return nil
  }
}
