/// How fast a target may grow or shrink (`spec.behavior.scaleUp` and `scaleDown`).
package struct ScalingRates: Equatable, Sendable {
  package enum SelectPolicy: String, Sendable {
    case max = "Max", min = "Min", disabled = "Disabled"
  }

  /// One limit: a number of pods or a percentage within a period.
  package struct Policy: Equatable, Sendable {
    package enum Kind: String, Sendable { case pods = "Pods", percent = "Percent" }
    package var kind: Kind
    package var value: Int
    package var periodSeconds: Int

    package init(kind: Kind, value: Int, periodSeconds: Int) {
      self.kind = kind
      self.value = value
      self.periodSeconds = periodSeconds
    }
  }

  package var selectPolicy: SelectPolicy
  /// nil: the controller's downscale stabilization window (only for scaling down).
  package var stabilizationWindowSeconds: Int?
  package var policies: [Policy]

  package init(selectPolicy: SelectPolicy, stabilizationWindowSeconds: Int?, policies: [Policy]) {
    self.selectPolicy = selectPolicy
    self.stabilizationWindowSeconds = stabilizationWindowSeconds
    self.policies = policies
  }

  /// Upstream's default for growing (`pkg/apis/autoscaling/v2/defaults.go`).
  package static let defaultScaleUp = ScalingRates(
    selectPolicy: .max, stabilizationWindowSeconds: 0,
    policies: [
      Policy(kind: .pods, value: 4, periodSeconds: 15),
      Policy(kind: .percent, value: 100, periodSeconds: 15),
    ])
  /// Upstream's default for shrinking.
  package static let defaultScaleDown = ScalingRates(
    selectPolicy: .max, stabilizationWindowSeconds: nil,
    policies: [Policy(kind: .percent, value: 100, periodSeconds: 15)])

  /// The longest period of the policies, seconds.
  package var longestPeriodSeconds: Int {
    policies.map(\.periodSeconds).max() ?? 0
  }

  /// The most replicas that these rules allow now.
  ///
  /// Example: 5 replicas, 2 of them added within the period, 100 %: start 3, limit 6.
  package func scaleUpLimit(
    current: Int, up: ScaleEventLog, down: ScaleEventLog, nowNanoseconds: Int64
  ) -> Int {
    if selectPolicy == .disabled { return current }
    var limit: Int?
    for policy in policies {
      let start = periodStart(policy, current, up, down, nowNanoseconds)
      let proposed =
        switch policy.kind {
        case .pods: start + policy.value
        case .percent:
          Int((Double(start) * (1 + Double(policy.value) / 100)).rounded(.up))
        }
      limit = limit.map { selectPolicy == .min ? min($0, proposed) : max($0, proposed) } ?? proposed
    }
    return limit ?? current
  }

  /// The fewest replicas that these rules allow now.
  package func scaleDownLimit(
    current: Int, up: ScaleEventLog, down: ScaleEventLog, nowNanoseconds: Int64
  ) -> Int {
    if selectPolicy == .disabled { return current }
    var limit: Int?
    for policy in policies {
      let start = periodStart(policy, current, up, down, nowNanoseconds)
      let proposed =
        switch policy.kind {
        case .pods: start - policy.value
        case .percent: Int(Double(start) * (1 - Double(policy.value) / 100))
        }
      limit = limit.map { selectPolicy == .min ? max($0, proposed) : min($0, proposed) } ?? proposed
    }
    return limit ?? current
  }

  private func periodStart(
    _ policy: Policy, _ current: Int, _ up: ScaleEventLog, _ down: ScaleEventLog, _ now: Int64
  ) -> Int {
    current - up.change(withinSeconds: policy.periodSeconds, nowNanoseconds: now)
      + down.change(withinSeconds: policy.periodSeconds, nowNanoseconds: now)
  }
}

/// Past changes of a target's size in one direction.
package struct ScaleEventLog: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var change: Int
    package var timestampNanoseconds: Int64
    package var isOutdated: Bool

    package init(change: Int, timestampNanoseconds: Int64, isOutdated: Bool = false) {
      self.change = change
      self.timestampNanoseconds = timestampNanoseconds
      self.isOutdated = isOutdated
    }
  }

  package private(set) var entries: [Entry]

  package init(_ entries: [Entry] = []) {
    self.entries = entries
  }

  /// Pods added (or removed) within the last `withinSeconds`.
  package func change(withinSeconds: Int, nowNanoseconds: Int64) -> Int {
    let cutoff = nowNanoseconds - Int64(withinSeconds) * 1_000_000_000
    return entries.reduce(0) { $0 + ($1.timestampNanoseconds > cutoff ? $1.change : 0) }
  }

  /// Notes a change; entries older than the longest policy period are reused.
  ///
  /// Without rules nothing is noted: only policies ask for past changes.
  package mutating func record(change: Int, rules: ScalingRates?, nowNanoseconds: Int64) {
    guard let rules else { return }
    let cutoff = nowNanoseconds - Int64(rules.longestPeriodSeconds) * 1_000_000_000
    var reusable: Int?
    for index in entries.indices {
      if entries[index].timestampNanoseconds < cutoff { entries[index].isOutdated = true }
      if entries[index].isOutdated { reusable = index }
    }
    let entry = Entry(change: change, timestampNanoseconds: nowNanoseconds)
    if let reusable { entries[reusable] = entry } else { entries.append(entry) }
  }
}
