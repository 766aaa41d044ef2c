import KubernetesAPI

extension Kubelet {
  /// What the node's other pods ask for of a resource.
  func used(_ resource: String, without uid: String) -> Int64 {
    workers.values.map(\.pod).filter { !$0.isTerminal && $0.metadata.uid != uid }
      .reduce(Int64(0)) {
        $0 + (PodRequests.total($1.spec.content.value, defaults: [:])[resource])
      }
  }

  /// Why the node does not take a pod (`pkg/kubelet/lifecycle/predicate.go`); nil: it does.
  func refusal(_ pod: Pod) -> (reason: String, message: String)? {
    if let refusal = pressure.refusal(pod) { return refusal }
    if let system = pod.spec.nodeSelector["kubernetes.io/os"], system != "linux" {
      return (
        "PodOSSelectorNodeLabelDoesNotMatch",
        "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"
      )
    }
    let most = configuration.capacity["pods"]?.value ?? 110
    let others = workers.values.count {
      !$0.pod.isTerminal && $0.uid != pod.metadata.uid && !$0.isFinished
    }
    if others + 1 > most {
      return (
        "OutOfpods",
        "Node didn't have enough resource: pods, requested: 1, used: \(others), capacity: \(most)"
      )
    }
    let wanted = PodRequests.total(pod.spec.content.value, defaults: [:])
    let isKnown = { [self] (name: String) in
      configuration.capacity[name] != nil || name == "cpu" || name == "memory"
    }
    for name in wanted.names where isKnown(name) {
      let capacity = PodRequests.amount(name, configuration.capacity[name])
      let used = used(name, without: pod.metadata.uid)
      let asked = wanted[name]
      if asked > 0, asked > capacity - used {
        return (
          "OutOf\(name)",
          "Node didn't have enough resource: \(name), requested: \(asked), used: \(used), "
            + "capacity: \(capacity)"
        )
      }
    }
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
    return workers.values.contains { worker in
      !worker.pod.isTerminal && worker.uid != pod.metadata.uid && !worker.isFinished
        && worker.pod.spec.content.value.hostPorts.contains { port in
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
