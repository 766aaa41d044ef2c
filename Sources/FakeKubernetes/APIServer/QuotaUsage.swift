import JSON
import KubernetesAPI

/// What objects count for in a quota.
///
/// Source: `pkg/quota/v1/evaluator/core/pods.go`, `services.go`, `registry.go`.
enum QuotaUsage {
  /// Kinds that quotas name without `count/`, besides pods and Services.
  private static let named = [
    "resourcequotas", "secrets", "configmaps", "replicationcontrollers", "persistentvolumeclaims",
  ]
  private static let measured = ["cpu", "memory", "ephemeral-storage"]

  /// What one object uses.
  static func of<Object: KubernetesObject>(_ object: Object) -> ResourceList {
    if let pod = object as? Pod { return of([pod]) }
    if let service = object as? Service { return of(service) }
    var used: ResourceList = ["count/\(Object.resource.qualifiedName)": Quantity(1)]
    let plural = Object.resource.plural
    if Object.resource.group.isEmpty, named.contains(plural) { used[plural] = Quantity(1) }
    return used
  }

  /// Whether objects of a kind can use a resource at all.
  static func counts(_ resource: ResourceType) -> (String) -> Bool {
    let count = "count/\(resource.qualifiedName)"
    switch resource.qualifiedName {
    case "pods":
      return { name in
        if name == "pods" || name == count { return true }
        let parts = name.split(separator: ".", maxSplits: 1)
        let isPrefixed = parts.count == 2 && (parts[0] == "requests" || parts[0] == "limits")
        let bare = isPrefixed ? String(parts[1]) : name
        if measured.contains(bare) { return true }
        if parts.first == "limits" { return false }
        return bare.hasPrefix("hugepages-") || isPrefixed && bare.contains("/")
      }
    case "services":
      return { $0 == count || $0 == "services" || $0.hasPrefix("services.") }
    default:
      let plural = resource.group.isEmpty ? resource.plural : ""
      return { $0 == count || named.contains($0) && $0 == plural }
    }
  }

  /// Whether a change of an object can use more: a Service may get another type, and a pod come into
  /// another scope; everything else is charged when it is made.
  static func isCharged<Object: KubernetesObject>(_ object: Object, over old: Object) -> Bool {
    if object is Service { return true }
    guard let pod = object as? Pod, let old = old as? Pod else { return false }
    return isTerminating(pod) != isTerminating(old)
  }

  /// Whether a quota's scopes take an object; they tell only pods apart.
  static func counts<Object: KubernetesObject>(_ object: Object, _ quota: ResourceQuota) -> Bool {
    if let pod = object as? Pod { return counts(pod, quota) }
    let spec = quota.content["spec"]
    let expressions = spec?.value(at: "scopeSelector", "matchExpressions")?.arrayValue ?? []
    return (spec?["scopes"]?.arrayValue ?? []).isEmpty && expressions.isEmpty
  }

  /// The sum over pods; those that have ended count only as objects.
  static func of(_ pods: [Pod]) -> ResourceList {
    let running = pods.filter { !$0.isTerminal }
    var total: ResourceList = [
      "pods": Quantity(Int64(running.count)), "count/pods": Quantity(Int64(pods.count)),
    ]
    func add(_ name: String, _ amount: Quantity) {
      total[name] = (total[name] ?? .zero) + amount
    }
    for pod in running {
      for (name, amount) in pod.spec.content.value.totalRequests.pairs {
        if !name.contains("/") { add(name, amount) }
        add("requests.\(name)", amount)
      }
      for (name, amount) in pod.spec.content.value.totalLimits.pairs
      where measured.contains(name) {
        add("limits.\(name)", amount)
      }
    }
    return total
  }

  /// What a Service counts for besides itself.
  static func of(_ service: Service) -> ResourceList {
    let isBalanced = service.spec.type == "LoadBalancer"
    var ports = isBalanced || service.spec.type == "NodePort" ? service.spec.ports.count : 0
    if isBalanced, service.spec.allocateLoadBalancerNodePorts == false {
      ports = service.spec.ports.count { $0.nodePort != 0 }
    }
    return [
      "services": Quantity(1), "count/services": Quantity(1),
      "services.loadbalancers": Quantity(isBalanced ? 1 : 0),
      "services.nodeports": Quantity(Int64(ports)),
    ]
  }

  /// What a pod must say because a quota limits it and it does not; nil: it says all.
  ///
  /// `limits.cpu for: a,b; memory for: a`.
  static func lack(_ pod: Pod, _ names: [String]) -> String? {
    if pod.spec.content.value.sharesResources { return nil }
    let known = [
      "cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory",
    ]
    var texts: [String] = []
    for name in known where names.contains(name) {
      let parts = name.split(separator: ".")
      let resource = String(parts.last ?? "")
      let isLimit = parts.first == "limits"
      let silent = (pod.spec.containers + pod.spec.initContainers).filter {
        (isLimit ? $0.resources.limits : $0.resources.requests)[resource] == nil
      }
      if silent.isEmpty { continue }
      texts.append("\(name) for: \(silent.map(\.name).sorted().joined(separator: ","))")
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  /// Whether a quota's scopes take the pod.
  static func counts(_ pod: Pod, _ quota: ResourceQuota) -> Bool {
    let spec = quota.content["spec"]
    let scopes = spec?["scopes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    if !scopes.allSatisfy({ has(pod, scope: $0, "Exists", []) }) { return false }
    let expressions = spec?.value(at: "scopeSelector", "matchExpressions")?.arrayValue ?? []
    return expressions.allSatisfy { expression in
      has(
        pod, scope: expression["scopeName"]?.stringValue ?? "",
        expression["operator"]?.stringValue ?? "Exists",
        expression["values"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
  }

  /// Whether the pod ends by itself, which some quotas ask.
  static func isTerminating(_ pod: Pod) -> Bool { (pod.spec.activeDeadlineSeconds ?? -1) >= 0 }

  private static func has(
    _ pod: Pod, scope: String, _ comparison: String, _ values: [String]
  ) -> Bool {
    let isBestEffort = pod.spec.content.value.qualityOfService == "BestEffort"
    let isTerminating = isTerminating(pod)
    switch scope {
    case "BestEffort": return isBestEffort
    case "NotBestEffort": return !isBestEffort
    case "Terminating": return isTerminating
    case "NotTerminating": return !isTerminating
    case "CrossNamespacePodAffinity":
      return pod.spec.content.value.affinity?.looksBeyondNamespace ?? false
    case "PriorityClass":
      let name = pod.spec.priorityClassName
      switch comparison {
      case "In": return values.contains(name)
      case "NotIn": return !values.contains(name)
      case "DoesNotExist": return name.isEmpty
      default: return !name.isEmpty
      }
    default: return false
    }
  }
}

extension Affinity {
  /// Whether pods of other namespaces attract or repel.
  fileprivate var looksBeyondNamespace: Bool {
    [podAffinity, podAntiAffinity].contains { rules in
      guard let rules else { return false }
      let terms = rules.required + rules.preferred.map(\.podAffinityTerm)
      return terms.contains { !$0.namespaces.isEmpty || $0.namespaceSelector != nil }
    }
  }
}
