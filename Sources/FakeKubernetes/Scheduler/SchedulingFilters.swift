import KubernetesAPI

/// Why a node cannot take a pod.
package struct FilterFailure: Equatable, Sendable {
  /// Upstream's words, such as `Insufficient cpu`.
  package var reasons: [String]
  /// Who says so.
  package var plugin: SchedulingPlugins
  /// Whether removing other pods from the node could help.
  package var isHelpedByPreemption: Bool

  package init(
    _ reasons: [String], by plugin: SchedulingPlugins = [], isHelpedByPreemption: Bool
  ) {
    self.reasons = reasons
    self.plugin = plugin
    self.isHelpedByPreemption = isHelpedByPreemption
  }
}

/// The filters over one node, in upstream's order; the first that fails speaks.
package enum SchedulingFilters {
  private static let unschedulable = NodeTaint(
    key: "node.kubernetes.io/unschedulable", effect: "NoSchedule")

  /// Checks everything that needs only the node itself; nil: it passes.
  package static func check(_ pod: SchedulingPod, on node: SchedulingNode) -> FilterFailure? {
    check(pod.traits.value, on: node)
  }

  /// The same for all pods of the same traits.
  package static func check(
    _ pod: SchedulingTraits, on node: SchedulingNode
  ) -> FilterFailure? {
    if let names = pod.affinityNodeNames, !names.contains(node.name) {
      return FilterFailure(
        ["node(s) didn't satisfy plugin(s) [NodeAffinity]"], by: .nodeAffinity,
        isHelpedByPreemption: false)
    }
    if node.isUnschedulable && !pod.tolerations.contains(where: { $0.tolerates(unschedulable) }) {
      return FilterFailure(
        ["node(s) were unschedulable"], by: .nodeUnschedulable, isHelpedByPreemption: false)
    }
    if !pod.nodeName.isEmpty && pod.nodeName != node.name {
      return FilterFailure(
        ["node(s) didn't match the requested node name"], by: .nodeName,
        isHelpedByPreemption: false)
    }
    if !toleratesAll(node.taints, pod.tolerations) {
      return FilterFailure(
        ["node(s) had untolerated taint(s)"], by: .taintToleration, isHelpedByPreemption: false)
    }
    if !pod.allowsByAffinity(node) {
      return FilterFailure(
        ["node(s) didn't match Pod's node affinity/selector"], by: .nodeAffinity,
        isHelpedByPreemption: false)
    }
    if node.hasPortConflict(pod.hostPorts) {
      return FilterFailure(
        ["node(s) didn't have free ports for the requested pod ports"], by: .nodePorts,
        isHelpedByPreemption: true)
    }
    return resources(pod, on: node)
  }

  /// Whether every NoSchedule and NoExecute taint is tolerated.
  package static func toleratesAll(
    _ taints: [NodeTaint], _ tolerations: [TaintToleration], comparesNumbers: Bool = false
  ) -> Bool {
    taints.allSatisfy { taint in
      taint.effect == "PreferNoSchedule"
        || tolerations.contains { $0.tolerates(taint, comparesNumbers: comparesNumbers) }
    }
  }

  /// Request against allocatable minus requested, per resource, and the number of pods.
  ///
  /// Source: `noderesources/fit.go`. More than the node ever has cannot be helped by preemption.
  package static func resources(
    _ pod: SchedulingTraits, on node: SchedulingNode
  ) -> FilterFailure? {
    if hasRoom(pod, on: node) { return nil }
    var reasons: [String] = []
    var isHelped = true
    if node.pods.count + 1 > node.podsMax { reasons.append("Too many pods") }
    for name in ["cpu", "memory", "ephemeral-storage"] + pod.requests.otherNames {
      let request = pod.requests[name]
      let allocatable = node.allocatable[name]
      if request > 0, request > allocatable - node.requested[name] {
        reasons.append("Insufficient \(name)")
        if request > allocatable { isHelped = false }
      }
    }
    return reasons.isEmpty
      ? nil : FilterFailure(reasons, by: .fit, isHelpedByPreemption: isHelped)
  }

  /// Whether there is plainly room, said without building any reasons.
  private static func hasRoom(_ pod: SchedulingTraits, on node: SchedulingNode) -> Bool {
    let wanted = pod.requests
    return node.pods.count < node.podsMax
      && wanted.cpu <= max(0, node.allocatable.cpu - node.requested.cpu)
      && wanted.memory <= max(0, node.allocatable.memory - node.requested.memory)
      && wanted.ephemeralStorage
        <= max(0, node.allocatable.ephemeralStorage - node.requested.ephemeralStorage)
      && wanted.otherNames.isEmpty
  }
}
