package import KubernetesAPI

/// How many pods a budget expects and wants healthy.
///
/// Source: `pkg/controller/disruption/disruption.go`.
package enum DisruptionRules {
  /// What a budget counts.
  package struct Count: Equatable {
    package var expected = 0
    package var desiredHealthy = 0

    package init(expected: Int = 0, desiredHealthy: Int = 0) {
      self.expected = expected
      self.desiredHealthy = desiredHealthy
    }
  }

  /// How long a pod whose eviction was granted may stay before it counts again.
  static let deletionTimeout: Int64 = 120

  /// Whether the wanted sizes of the pods' controllers are needed.
  package static func needsScale(
    minAvailable: IntOrString?, maxUnavailable: IntOrString?
  ) -> Bool {
    if maxUnavailable != nil { return true }
    if case .string = minAvailable { return true }
    return false
  }

  /// `pods` is the number of selected pods, `scale` what their controllers want together.
  ///
  /// At most 25 % of 7 unavailable: 2, so 5 healthy of 7. At least 50 % of 7 available: 4 of 7.
  package static func count(
    minAvailable: IntOrString?, maxUnavailable: IntOrString?, pods: Int, scale: Int
  ) -> Count? {
    if let maxUnavailable {
      guard let most = maxUnavailable.scaled(total: scale, roundingUp: true) else { return nil }
      let least = Int32(truncatingIfNeeded: scale) &- Int32(truncatingIfNeeded: most)
      return Count(expected: scale, desiredHealthy: max(0, Int(least)))
    }
    switch minAvailable {
    case nil: return Count()
    case .int(let number): return Count(expected: pods, desiredHealthy: number)
    case .string:
      guard let least = minAvailable?.scaled(total: scale, roundingUp: true) else { return nil }
      return Count(expected: scale, desiredHealthy: Int(Int32(truncatingIfNeeded: least)))
    }
  }

  /// How many disruptions that leaves.
  package static func allowed(_ count: Count, healthy: Int) -> Int {
    count.expected <= 0 ? 0 : max(0, healthy - count.desiredHealthy)
  }
}
