import JSON
import KubernetesAPI

/// What objects count for in a quota.
///
/// Source: `pkg/quota/v1/evaluator/core/pods.go`, `services.go`.
enum QuotaUsage {
  /// The sum over pods that have not ended.
  static func of(_ pods: [Pod]) -> ResourceList {
    var total: ResourceList = [
      "pods": Quantity(Int64(pods.count)), "count/pods": Quantity(Int64(pods.count)),
    ]
    func add(_ name: String, _ amount: Quantity) {
      total[name] = (total[name] ?? .zero) + amount
    }
    for pod in pods {
      for (name, amount) in sum(pod, \.requests).pairs {
        add(name, amount)
        add("requests.\(name)", amount)
      }
      for (name, amount) in sum(pod, \.limits).pairs { add("limits.\(name)", amount) }
    }
    return total
  }

  /// The containers' sum, or the largest init container's where that is more; sidecars add up.
  private static func sum(
    _ pod: Pod, _ list: KeyPath<ResourceRequirements, ResourceList>
  ) -> ResourceList {
    var sum = ResourceList()
    for container in pod.spec.containers {
      for (name, amount) in container.resources[keyPath: list].pairs {
        sum[name] = (sum[name] ?? .zero) + amount
      }
    }
    var sidecars = ResourceList()
    var largest = ResourceList()
    for container in pod.spec.initContainers {
      for (name, amount) in container.resources[keyPath: list].pairs {
        let before = sidecars[name] ?? .zero
        largest[name] = max(largest[name] ?? .zero, before + amount)
        if container.restartPolicy == "Always" {
          sum[name] = (sum[name] ?? .zero) + amount
          sidecars[name] = before + amount
        }
      }
    }
    for (name, amount) in largest.pairs { sum[name] = max(sum[name] ?? .zero, amount) }
    return sum
  }

  /// What a Service counts for besides itself.
  static func of(_ service: Service) -> ResourceList {
    let isBalanced = service.spec.type == "LoadBalancer"
    let ports = isBalanced || service.spec.type == "NodePort" ? service.spec.ports.count : 0
    return [
      "services": Quantity(1), "count/services": Quantity(1),
      "services.loadbalancers": Quantity(isBalanced ? 1 : 0),
      "services.nodeports": Quantity(Int64(ports)),
    ]
  }

  /// What a pod must say because a quota limits it and it does not; nil: it says all.
  ///
  /// `limits.cpu for: a,b; memory for: a`.
  static func lack(_ pod: Pod, _ hard: ResourceList) -> String? {
    let known = [
      "cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory",
    ]
    var texts: [String] = []
    for name in known where hard[name] != nil {
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

  private static func has(
    _ pod: Pod, scope: String, _ comparison: String, _ values: [String]
  ) -> Bool {
    let isBestEffort = pod.spec.content.value.qualityOfService == "BestEffort"
    let isTerminating = (pod.spec.activeDeadlineSeconds ?? -1) >= 0
    switch scope {
    case "BestEffort": return isBestEffort
    case "NotBestEffort": return !isBestEffort
    case "Terminating": return isTerminating
    case "NotTerminating": return !isTerminating
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
