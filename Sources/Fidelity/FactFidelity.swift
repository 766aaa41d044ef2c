import FakeKubernetes
package import JSON

/// Upstream's facts: constants that the fake must use, and rules that tables or recordings show.
package enum FactFidelity {
  /// How one fact fared.
  package struct Result: Sendable {
    package var name: String
    package var passed: Bool
    package var expected: String
    package var seen: String
  }

  /// Facts that are rules, with the tables, recordings (below `Fixtures/kubernetes`) and tests that
  /// fail where the rule does not hold.
  ///
  /// `nodeMonitorGracePeriod` is that of v1.31; the one in use is `nodeMonitorGracePeriodNew`.
  package static let shown: [String: [String]] = [
    "nodeMonitorGracePeriod": ["tables/facts_node_lifecycle.json"],
    "podsReadyFalseWhenNodeNotReady": ["controllers/node-dies-and-returns.json"],
    "maxNodeScore": ["tables/scheduler_least_allocated.json"],
    "leastAllocated": ["tables/scheduler_least_allocated.json"],
    "balancedAllocation": ["tables/scheduler_balanced_allocation.json"],
    "fitFilter": ["controllers/schedule-insufficient-cpu.json"],
    "interPodAffinityScore": ["tables/scheduler_interpod_affinity.json"],
    "taintTolerationScore": ["tables/scheduler_taint_score.json"],
    "nodeAffinityScore": ["Tests/FakeKubernetesTests/Scheduler/AffinityScoreTests.swift"],
    "topologySpreadScore": [
      "controllers/schedule-balanced.json",
      "Tests/FakeKubernetesTests/Scheduler/SchedulerTests.swift",
    ],
    "hostTieBreak": ["Tests/FakeKubernetesTests/Scheduler/NodeRankingTests.swift"],
    "containerRestartDelaysSeen": ["kubelet/crash-at-once.json"],
    "containerRestartDelayCountsFrom": ["kubelet/liveness-fails-each-run.json"],
    "imagePullBackoffStart": ["kubelet/image-absent-two-containers.json"],
    "waitingReasonPullError": ["kubelet/image-absent-two-containers.json"],
    "waitingReasonPullBackoff": ["kubelet/image-absent-two-containers.json"],
    "waitingReasonCrashLoop": ["kubelet/crash-at-once.json"],
    "waitingReasonCreating": ["kubelet/crash-at-once.json"],
    "probeFirstDelayWhenKubeletFresh": ["kubelet/node-registers.json"],
    "otherProbesWaitForStartupProbe": ["tables/kubelet_probe_step.json"],
    "livenessStopsAtDeletion": ["tables/kubelet_probe_step.json"],
    "readinessRunsDuringTermination": ["kubelet/delete-readiness-during-termination.json"],
    "serializeImagePulls": ["kubelet/image-absent-two-containers.json"],
  ]

  /// Compares a file of facts with the constants; a fact that nothing knows has failed.
  package static func results(_ file: JSONValue) throws -> [Result] {
    let values = try KubernetesFacts.values()
    return (file["cases"]?.arrayValue ?? []).map { fact in
      let name = fact["name"]?.stringValue ?? ""
      let wanted = fact["value"] ?? .null
      let expected = wanted.text()
      if let value = values[name] {
        return Result(
          name: name, passed: agrees(wanted, value), expected: expected, seen: value.text())
      }
      let proof = shown[name]
      return Result(
        name: name, passed: proof != nil, expected: expected,
        seen: proof.map { "shown by \($0.joined(separator: ", "))" } ?? "nothing uses it")
    }
  }

  private static func agrees(_ wanted: JSONValue, _ seen: JSONValue) -> Bool {
    if wanted == seen { return true }
    switch (wanted, seen) {
    case (.object(let wanted), .object(let seen)):
      return wanted.count == seen.count
        && wanted.allSatisfy { key, value in agrees(value, seen[key] ?? .null) }
    case (.array(let wanted), .array(let seen)):
      return wanted.count == seen.count && zip(wanted, seen).allSatisfy { agrees($0, $1) }
    default: return wanted.doubleValue != nil && wanted.doubleValue == seen.doubleValue
    }
  }
}
