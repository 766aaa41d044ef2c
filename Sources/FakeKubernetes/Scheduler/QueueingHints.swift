import KubernetesAPI

/// Which waiting pods an event could help.
///
/// Source: the `isSchedulableAfter…` functions of the plug-ins that rejected the pod; it is tried
/// again if one of them thinks so.
struct QueueingHints {
  let event: SchedulingEvent
  /// Labels of the namespace that the event's pod is in, by its name.
  let namespaceLabels: [String: [String: String]]

  init(_ event: SchedulingEvent, namespaceLabels: [String: [String: String]] = [:]) {
    self.event = event
    self.namespaceLabels = namespaceLabels
  }

  /// Whether a pod that these plug-ins rejected is worth another try.
  func isHelpful(to pod: SchedulingPod, rejectedBy plugins: SchedulingPlugins) -> Bool {
    let traits = pod.traits.value
    switch event {
    case .nodeAdded(let node): return isHelpful(nil, node, traits, plugins)
    case .nodeChanged(let old, let new): return isHelpful(old, new, traits, plugins)
    case .nodeGone(let node): return plugins.contains(.topologySpread) && traits.spreads(over: node)
    case .podPlaced(let other): return isHelpful(placing: other, traits, plugins)
    case .podChanged(let old, let new):
      return old.traits.value.labels != new.traits.value.labels
        && isHelpful(relabelling: old, new, traits, plugins)
        || plugins.contains(.fit) && traits.wantsWhatShrank(old.traits.value, new.traits.value)
    case .podGone(let other): return isHelpful(removing: other, traits, plugins)
    }
  }

  // MARK: - Nodes

  private func isHelpful(
    _ old: SchedulingNode?, _ new: SchedulingNode, _ pod: SchedulingTraits,
    _ plugins: SchedulingPlugins
  ) -> Bool {
    let isNew = old == nil
    if isNew, !plugins.isDisjoint(with: [.nodeName, .nodePorts, .volumes]) { return true }
    if plugins.contains(.nodeUnschedulable), !new.isUnschedulable, old?.isUnschedulable ?? true {
      return true
    }
    func tolerates(_ node: SchedulingNode) -> Bool {
      SchedulingFilters.toleratesAll(node.taints, pod.tolerations)
    }
    if plugins.contains(.taintToleration), tolerates(new), !(old.map(tolerates) ?? false) {
      return true
    }
    if plugins.contains(.nodeAffinity), pod.allowsByAffinity(new),
      !(old.map(pod.allowsByAffinity) ?? false)
    {
      return true
    }
    if plugins.contains(.fit), SchedulingFilters.resources(pod, on: new) == nil,
      old.map({ pod.wantsWhatGrew($0, new) }) ?? true
    {
      return true
    }
    return plugins.contains(.topologySpread) && isSpreadChanged(old, new, pod)
      || plugins.contains(.podAffinity) && isTopologyChanged(old, new, pod)
  }

  private func isSpreadChanged(
    _ old: SchedulingNode?, _ new: SchedulingNode, _ pod: SchedulingTraits
  ) -> Bool {
    guard let old else { return pod.spreads(over: new) }
    if pod.spreads(over: old) != pod.spreads(over: new) { return true }
    return pod.spreads(over: new)
      && (old.taints != new.taints
        || pod.requiredSpread.contains {
          old.labels[$0.topologyKey] != new.labels[$0.topologyKey]
        })
  }

  private func isTopologyChanged(
    _ old: SchedulingNode?, _ new: SchedulingNode, _ pod: SchedulingTraits
  ) -> Bool {
    let isNearer = pod.requiredAffinity.contains { term in
      let value = new.labels[term.topologyKey]
      return value != nil && value != old?.labels[term.topologyKey]
    }
    if isNearer { return true }
    guard let old else { return !pod.requiredAntiAffinity.isEmpty }
    return pod.requiredAntiAffinity.contains { term in
      let value = old.labels[term.topologyKey]
      return value != nil && value != new.labels[term.topologyKey]
    }
  }

  // MARK: - Pods

  private func isHelpful(
    placing other: SchedulingPod, _ pod: SchedulingTraits, _ plugins: SchedulingPlugins
  ) -> Bool {
    plugins.contains(.topologySpread) && isCounted(other, pod)
      || plugins.contains(.podAffinity) && selectAll(pod.requiredAffinity, other, pod)
  }

  /// Only pods that are spread, or that want the changed one near, look at what it was before
  /// (`scheduling_queue.go` getUnschedulablePodsWithCrossTopologyTerm).
  private func isHelpful(
    relabelling old: SchedulingPod, _ new: SchedulingPod, _ pod: SchedulingTraits,
    _ plugins: SchedulingPlugins
  ) -> Bool {
    let isSpread = plugins.contains(.topologySpread) && new.namespace == pod.namespace
    if isSpread
      && pod.requiredSpread.contains(where: {
        $0.selects(old.labels) != $0.selects(new.labels)
      })
    {
      return true
    }
    guard plugins.contains(.podAffinity),
      isSpread || pod.requiredAffinity.contains(where: { selectAll([$0], new, pod) })
    else { return false }
    return !selectAll(pod.requiredAffinity, old, pod) && selectAll(pod.requiredAffinity, new, pod)
      || selectAll(pod.requiredAntiAffinity, old, pod)
        && !selectAll(pod.requiredAntiAffinity, new, pod)
  }

  /// What was deleted counts for what a pod wants far, not for what that wanted far itself.
  private func isHelpful(
    removing other: SchedulingPod, _ pod: SchedulingTraits, _ plugins: SchedulingPlugins
  ) -> Bool {
    plugins.contains(.fit)
      || plugins.contains(.nodePorts)
        && !pod.hostPorts.isDisjoint(with: other.traits.value.hostPorts)
      || plugins.contains(.topologySpread) && isCounted(other, pod)
      || plugins.contains(.podAffinity) && selectAll(pod.requiredAntiAffinity, other, pod)
  }

  /// Whether one of the pod's constraints counts another one.
  private func isCounted(_ other: SchedulingPod, _ pod: SchedulingTraits) -> Bool {
    other.namespace == pod.namespace
      && pod.requiredSpread.contains { $0.selects(other.labels) }
  }

  /// Whether there are terms and all select the pod.
  private func selectAll(
    _ terms: [SchedulingTraits.PodTerm], _ other: SchedulingPod, _ pod: SchedulingTraits
  ) -> Bool {
    !terms.isEmpty
      && terms.allSatisfy {
        $0.selects(other, ownerNamespace: pod.namespace, namespaceLabels: namespaceLabels)
      }
  }
}

extension SchedulingTraits {
  fileprivate var requiredSpread: [SpreadConstraint] { spreadConstraints.filter(\.isRequired) }

  /// Whether a node has all labels over whose values the pod must be spread.
  fileprivate func spreads(over node: SchedulingNode) -> Bool {
    requiredSpread.allSatisfy { node.labels[$0.topologyKey] != nil }
  }

  private static let usualResources = ["cpu", "memory", "ephemeral-storage"]

  /// Whether a node may have more pods, or more of what the pod asks for.
  fileprivate func wantsWhatGrew(_ old: SchedulingNode, _ new: SchedulingNode) -> Bool {
    new.podsMax > old.podsMax
      || (Self.usualResources + requests.otherNames).contains {
        requests[$0] > 0 && new.allocatable[$0] > old.allocatable[$0]
      }
  }

  /// Whether another pod asks for less than before of what the pod asks for.
  fileprivate func wantsWhatShrank(_ old: SchedulingTraits, _ new: SchedulingTraits) -> Bool {
    (Self.usualResources + requests.otherNames).contains {
      requests[$0] > 0 && new.requests[$0] < old.requests[$0]
    }
  }
}
