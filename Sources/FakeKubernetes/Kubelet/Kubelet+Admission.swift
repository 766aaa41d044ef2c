import JSON
import KubernetesAPI

extension Kubelet {
  /// The node's pods whose containers may still run, without one of them.
  ///
  /// Source: `kubelet_pods.go` filterOutInactivePods.
  func activeWorkers(without uid: String) -> [PodWorker] {
    workers.values.filter { $0.uid != uid && $0.isActive }
  }

  /// What is set aside for the node's other pods.
  func used(without uid: String) -> ResourceAmounts {
    var sum: ResourceAmounts = [:]
    for worker in activeWorkers(without: uid) { sum.add(worker.resize.requests(of: worker.pod)) }
    return sum
  }

  /// Why the node does not take a pod (`pkg/kubelet/lifecycle/predicate.go`); nil: it does.
  func refusal(_ pod: Pod) -> (reason: String, message: String)? {
    pressure.refusal(pod) ?? systemRefusal(pod) ?? roomRefusal(pod) ?? placeRefusal(pod)
  }

  /// Why the node's system is not the pod's.
  private func systemRefusal(_ pod: Pod) -> (reason: String, message: String)? {
    if let system = pod.metadata.labels["kubernetes.io/os"], system != "linux" {
      return (
        "PodOSSelectorNodeLabelDoesNotMatch",
        "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"
      )
    }
    if let system = pod.spec.content.value.others["os"]?["name"]?.stringValue, system != "linux" {
      return ("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS")
    }
    // containerd before 2.0 knows nothing of it.
    if pod.spec.securityContext?["supplementalGroupsPolicy"] == "Strict" {
      return (
        "SupplementalGroupsPolicyNotSupported",
        "SupplementalGroupsPolicy=Strict is not supported in this node"
      )
    }
    return nil
  }

  /// What of the pod's wishes the node has too little of, in the scheduler's order.
  ///
  /// Source: `pkg/scheduler/framework/plugins/noderesources/fit.go` fitsRequest.
  func roomRefusal(_ pod: Pod) -> (reason: String, message: String)? {
    let most = configuration.capacity["pods"]?.value ?? 110
    let others = activeWorkers(without: pod.metadata.uid).count
    if others + 1 > most {
      return (
        "OutOfpods",
        "Node didn't have enough resource: pods, requested: 1, used: \(others), capacity: \(most)"
      )
    }
    let wanted = PodRequests.total(pod.spec.content.value, defaults: [:])
    if wanted.names.isEmpty { return nil }
    let used = used(without: pod.metadata.uid)
    for name in wanted.names where isCounted(name) {
      let capacity = PodRequests.amount(name, configuration.capacity[name])
      let asked = wanted[name]
      if asked > 0, asked > capacity - used[name] {
        return (
          "OutOf\(name)",
          "Node didn't have enough resource: \(name), requested: \(asked), used: \(used[name]), "
            + "capacity: \(capacity)"
        )
      }
    }
    return nil
  }

  /// Whether the kubelet counts a resource: devices that no node of the kind has are the cluster's.
  private func isCounted(_ name: String) -> Bool {
    configuration.capacity[name] != nil || name == "cpu" || name == "memory"
      || name.hasPrefix("hugepages-")
  }

  /// Why the pod does not belong on the node.
  private func placeRefusal(_ pod: Pod) -> (reason: String, message: String)? {
    guard let stored = server.find(Node.self, "", configuration.name) else { return nil }
    let (wish, node) = (SchedulingPod(pod), SchedulingNode(stored))
    if !wish.allowsByAffinity(node) {
      return (
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node "
          + "affinity/selector"
      )
    }
    if hasTakenPort(pod) {
      return (
        "NodePorts",
        "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
      )
    }
    let taints = node.taints.filter { $0.effect == "NoExecute" }
    if !SchedulingFilters.toleratesAll(taints, wish.tolerations) {
      return (
        "TaintToleration",
        "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"
      )
    }
    return nil
  }

  /// Whether another pod of the node has a port that this one asks of the node.
  private func hasTakenPort(_ pod: Pod) -> Bool {
    let wanted = pod.spec.content.value.hostPorts
    if wanted.isEmpty { return false }
    return activeWorkers(without: pod.metadata.uid).contains { worker in
      worker.pod.spec.content.value.hostPorts.contains { port in
        wanted.contains {
          $0.hostPort == port.hostPort && $0.protocolName == port.protocolName
            && ($0.hostIP == port.hostIP || $0.bindsAll || port.bindsAll)
        }
      }
    }
  }
}

extension PodSpecContent {
  /// The ports of the node that containers ask for.
  fileprivate var hostPorts: [ContainerPort] {
    (containers + initContainers.filter(PodStatusRules.isSidecar)).flatMap(\.ports)
      .filter { $0.hostPort > 0 }
  }
}

extension ContainerPort {
  /// Whether it is taken at all of the node's addresses.
  fileprivate var bindsAll: Bool { hostIP.isEmpty || hostIP == "0.0.0.0" }
}
