import KubernetesAPI

/// What the autoscaler looks at in one pod.
package struct AutoscalerPod: Sendable {
  /// The pod's Ready condition.
  package struct ReadyCondition: Sendable {
    /// Whether its status is False (Unknown is not).
    package var isFalse: Bool
    /// Whether its status is True.
    package var isTrue: Bool
    /// `lastTransitionTime`, nanoseconds since the epoch.
    package var transitionNanoseconds: Int64

    package init(isFalse: Bool, isTrue: Bool, transitionNanoseconds: Int64) {
      self.isFalse = isFalse
      self.isTrue = isTrue
      self.transitionNanoseconds = transitionNanoseconds
    }
  }

  package var name: String
  /// What of `status.phase` matters.
  enum Phase {
    case pending
    case running
    case failed
    /// Succeeded or Unknown.
    case other

    init(_ text: String) {
      switch text {
      case "Running": self = .running
      case "Pending": self = .pending
      case "Failed": self = .failed
      default: self = .other
      }
    }
  }

  let phase: Phase
  package var ready: ReadyCondition?
  /// `status.startTime`, nanoseconds since the epoch.
  package var startNanoseconds: Int64?
  package var isDeleting: Bool
  package var labels: [String: String] = [:]
  /// What is asked for; the pods of one template share it.
  var requests: Shared<Requests>

  /// Requests of each counted container by resource, in thousandths.
  package var containerRequests: [ContainerRequest] {
    _read { yield requests.value.containers }
    _modify { yield &requests.value.containers }
  }

  /// Requests of the pod as a whole by resource, in thousandths.
  package var podRequests: AmountByResource {
    _read { yield requests.value.pod }
    _modify { yield &requests.value.pod }
  }

  /// What a pod and its counted containers ask for.
  struct Requests: Equatable, Sendable {
    var containers: [ContainerRequest] = []
    var pod: AmountByResource = [:]
  }

  /// Requests of one container by resource, in thousandths of the resource's unit.
  package struct ContainerRequest: Equatable, Sendable {
    package var name: String
    package var milliByResource: AmountByResource

    package init(name: String, milliByResource: AmountByResource) {
      self.name = name
      self.milliByResource = milliByResource
    }
  }

  package init(
    name: String, phase: String, ready: ReadyCondition?, startNanoseconds: Int64?,
    isDeleting: Bool = false, containerRequests: [ContainerRequest] = []
  ) {
    self.name = name
    self.phase = Phase(phase)
    self.ready = ready
    self.startNanoseconds = startNanoseconds
    self.isDeleting = isDeleting
    requests = Shared(Requests(containers: containerRequests))
  }

  /// A look at a pod of the API whose requests are known.
  init(_ pod: Pod, _ requests: Shared<Requests>) {
    var ready: ReadyCondition?
    for condition in pod.status.conditions where condition.type == "Ready" {
      ready = ReadyCondition(
        isFalse: condition.status == .false, isTrue: condition.status == .true,
        transitionNanoseconds: (condition.lastTransitionTime?.seconds ?? 0) * 1_000_000_000)
    }
    name = pod.metadata.name
    phase = Phase(pod.status.phase)
    self.ready = ready
    startNanoseconds = pod.status.startTime.map { $0.seconds * 1_000_000_000 }
    isDeleting = pod.metadata.isBeingDeleted
    labels = pod.metadata.labels
    self.requests = requests
  }
}

/// An error of the autoscaler's arithmetic, worded as upstream words it.
package struct AutoscalerError: Error, Equatable {
  package var message: String

  package init(_ message: String) {
    self.message = message
  }
}

/// How far a usage ratio may be from 1 without scaling.
///
/// Inclusive: with 0.1 both ways 0.9 and 1.1 are within.
package struct AutoscalerTolerance: Sendable, Equatable {
  package var down: Double
  package var up: Double

  package init(down: Double = 0.1, up: Double = 0.1) {
    self.down = down
    self.up = up
  }

  package func isWithin(_ ratio: Double) -> Bool {
    1.0 - down <= ratio && ratio <= 1.0 + up
  }
}
