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
  /// `status.phase`: Pending, Running, Succeeded, Failed, Unknown.
  package var phase: String
  package var ready: ReadyCondition?
  /// `status.startTime`, nanoseconds since the epoch.
  package var startNanoseconds: Int64?
  package var isDeleting: Bool
  /// Requests of each counted container by resource, in thousandths.
  package var containerRequests: [ContainerRequest]
  /// Requests of the pod as a whole by resource, in thousandths.
  package var podRequests: AmountByResource = [:]
  package var labels: [String: String] = [:]

  /// Requests of one container by resource, in thousandths of the resource's unit.
  package struct ContainerRequest: Sendable {
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
    self.phase = phase
    self.ready = ready
    self.startNanoseconds = startNanoseconds
    self.isDeleting = isDeleting
    self.containerRequests = containerRequests
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
