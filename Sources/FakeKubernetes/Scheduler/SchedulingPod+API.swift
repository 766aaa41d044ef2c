import JSON
package import KubernetesAPI

extension SchedulingPod {
  /// What the scheduler looks at in a pod of the API.
  package init(_ pod: Pod) {
    self.init(
      uid: pod.metadata.uid, place: pod.metadata.place, isDeleting: pod.metadata.isBeingDeleted,
      traits: Shared(SchedulingTraits(pod)))
  }
}

extension SchedulingTraits {
  /// What pods of the same content and labels share for the scheduler.
  package init(_ pod: Pod) {
    self.init()
    namespace = pod.metadata.namespace
    labels = pod.metadata.labels
    let spec = pod.spec.content.value
    priority = spec.priority ?? 0
    nodeSelector = spec.nodeSelector
    tolerations = spec.tolerations.map(TaintToleration.init)
    requests = PodRequests.total(spec, defaults: [:])
    let scoring = PodRequests.total(spec, defaults: SchedulerDefaults.assumedRequests)
    scoringRequests.cpu = scoring.cpu
    scoringRequests.memory = scoring.memory
    for container in spec.containers {
      for port in container.ports where port.hostPort > 0 {
        let name = port.protocolName.isEmpty ? "TCP" : port.protocolName
        hostPorts.insert("\(name)/\(port.hostPort)")
      }
    }
    lacksClaim = Self.lackingClaim(of: spec.volumes)
    if let affinity = spec.affinity { take(affinity) }
    for constraint in spec.topologySpreadConstraints?.arrayValue ?? [] {
      guard let key = constraint["topologyKey"]?.stringValue else { continue }
      var selector = constraint["labelSelector"].flatMap { try? LabelSelector(json: $0) }
      for key in constraint["matchLabelKeys"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
        guard let value = labels[key] else { continue }
        selector?.matchExpressions.append(
          LabelRequirement(key: key, operator: .in, values: [value]))
      }
      var spread = SpreadConstraint(
        topologyKey: key, maxSkew: constraint["maxSkew"]?.intValue ?? 1,
        isRequired: constraint["whenUnsatisfiable"]?.stringValue != "ScheduleAnyway",
        selector: selector)
      spread.minDomains = constraint["minDomains"]?.intValue ?? 1
      spread.countsOtherNodes = constraint["nodeAffinityPolicy"]?.stringValue == "Ignore"
      spread.heedsTaints = constraint["nodeTaintsPolicy"]?.stringValue == "Honor"
      spreadConstraints.append(spread)
    }
  }

  private mutating func take(_ affinity: Affinity) {
    if let node = affinity.nodeAffinity {
      requiredNodeTerms = node.required?.nodeSelectorTerms.map { NodeTerm($0) }
      preferredNodeTerms = node.preferred.map { NodeTerm($0.preference, weight: $0.weight) }
    }
    requiredAffinity = (affinity.podAffinity?.required ?? []).map { PodTerm($0) }
    preferredAffinity = (affinity.podAffinity?.preferred ?? []).map {
      PodTerm($0.podAffinityTerm, weight: $0.weight)
    }
    requiredAntiAffinity = (affinity.podAntiAffinity?.required ?? []).map { PodTerm($0) }
    preferredAntiAffinity = (affinity.podAntiAffinity?.preferred ?? []).map {
      PodTerm($0.podAffinityTerm, weight: $0.weight)
    }
  }
}

extension SchedulingTraits {
  /// What the scheduler says of claims of storage, of which there are none here; nil: no claim.
  ///
  /// Sources: `plugins/volumerestrictions/volume_restrictions.go` PreFilter, then, for a claim that a
  /// controller would make for the pod and nobody bind, `plugins/volumebinding/volume_binding.go`.
  private static func lackingClaim(of volumes: [Volume]) -> String? {
    for volume in volumes {
      guard let claim = volume.source["persistentVolumeClaim"] else { continue }
      return "persistentvolumeclaim \"\(claim["claimName"]?.stringValue ?? "")\" not found"
    }
    return volumes.contains { $0.source["ephemeral"] != nil }
      ? "pod has unbound immediate PersistentVolumeClaims" : nil
  }
}

extension SchedulingTraits.NodeTerm {
  fileprivate init(_ term: NodeSelectorTerm, weight: Int = 0) {
    self.init(expressions: term.matchExpressions, fields: term.matchFields, weight: weight)
  }
}

extension SchedulingTraits.PodTerm {
  fileprivate init(_ term: PodAffinityTerm, weight: Int = 0) {
    self.init(
      topologyKey: term.topologyKey, selector: term.labelSelector, namespaces: term.namespaces,
      namespaceSelector: term.namespaceSelector, weight: weight)
  }
}

extension TaintToleration {
  package init(_ toleration: Toleration) {
    self.init(
      key: toleration.key, operator: toleration.operatorName, value: toleration.value,
      effect: toleration.effect, seconds: toleration.tolerationSeconds)
  }
}

extension NodeTaint {
  package init(_ taint: Taint) {
    self.init(key: taint.key, value: taint.value, effect: taint.effect)
  }
}

/// What a pod asks of its node.
package enum PodRequests {
  /// Sum of the containers, or the largest init container where that is more; sidecars and the
  /// overhead add up (`component-helpers/resource` PodRequests).
  package static func total(_ spec: PodSpecContent, defaults: ResourceAmounts) -> ResourceAmounts {
    var sum: ResourceAmounts = [:]
    for container in spec.containers { sum.add(amounts(container, defaults)) }
    var sidecars: ResourceAmounts = [:]
    var largest: ResourceAmounts = [:]
    for container in spec.initContainers {
      var need = amounts(container, defaults)
      if container.restartPolicy == "Always" {
        sum.add(need)
        sidecars.add(need)
        need = sidecars
      } else {
        need.add(sidecars)
      }
      largest.takeLarger(need)
    }
    sum.takeLarger(largest)
    // What the pod asks for as a whole replaces what its containers do.
    if let whole = spec.resources?.requests {
      for name in whole.names where PodSpecContent.isShared(name) {
        sum[name] = amount(name, whole[name])
      }
    }
    for name in spec.overhead.names { sum[name] += amount(name, spec.overhead[name]) }
    return sum
  }

  /// CPU in millicores, other resources in their unit.
  package static func amount(_ name: String, _ quantity: Quantity?) -> Int64 {
    guard let quantity else { return 0 }
    return name == "cpu" ? quantity.milliValue : quantity.value
  }

  private static func amounts(
    _ container: Container, _ defaults: ResourceAmounts
  ) -> ResourceAmounts {
    var result = defaults
    let requests = container.resources.requests
    for name in requests.names { result[name] = amount(name, requests[name]) }
    return result
  }
}

extension SchedulingNode {
  /// What the scheduler looks at in a node of the API; without pods.
  package init(_ node: Node) {
    var allocatable: ResourceAmounts = [:]
    for name in node.status.allocatable.names where name != "pods" {
      allocatable[name] = PodRequests.amount(name, node.status.allocatable[name])
    }
    self.init(
      name: node.metadata.name, labels: node.metadata.labels,
      taints: node.spec.taints.map(NodeTaint.init), isUnschedulable: node.spec.unschedulable,
      allocatable: allocatable,
      podsMax: Int(node.status.allocatable["pods"]?.value ?? 0))
  }
}
