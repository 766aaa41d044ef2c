import JSON

/// Defaults of workloads, source `pkg/apis/apps/v1/defaults.go`.
extension Deployment {
  package mutating func applyDefaults() {
    applyOwnDefaults()
    spec.template.spec.applyDefaults()
  }

  package mutating func applyDefaults(over old: Deployment) {
    applyOwnDefaults()
    if !spec.template.sharesParts(with: old.spec.template) { spec.template.spec.applyDefaults() }
  }

  /// Fills in all but the template; a specification that has it all stays shared.
  private mutating func applyOwnDefaults() {
    if spec.replicas == nil { spec.replicas = 1 }
    if spec.strategy.type.isEmpty { spec.strategy.type = "RollingUpdate" }
    if spec.strategy.type == "RollingUpdate" {
      var rollingUpdate = spec.strategy.rollingUpdate ?? RollingUpdate()
      if rollingUpdate.maxUnavailable == nil { rollingUpdate.maxUnavailable = .string("25%") }
      if rollingUpdate.maxSurge == nil { rollingUpdate.maxSurge = .string("25%") }
      if spec.strategy.rollingUpdate != rollingUpdate {
        spec.strategy.rollingUpdate = rollingUpdate
      }
    }
    if spec.revisionHistoryLimit == nil { spec.revisionHistoryLimit = 10 }
    if spec.progressDeadlineSeconds == nil { spec.progressDeadlineSeconds = 600 }
  }

  package mutating func prepareForCreate() {
    metadata.generation = 1
    status = DeploymentStatus()
  }

  /// Drops what the gate `DeploymentReplicaSetTerminatingReplicas` keeps from new statuses.
  ///
  /// Source: `pkg/registry/apps/deployment/strategy.go` dropDisabledStatusFields.
  package mutating func prepareStatus(from old: Deployment) {
    if old.status.terminatingReplicas == nil { status.terminatingReplicas = nil }
  }
}

extension ReplicaSet {
  package mutating func applyDefaults() {
    if spec.replicas == nil { spec.replicas = 1 }
    spec.template.spec.applyDefaults()
  }

  package mutating func applyDefaults(over old: ReplicaSet) {
    if spec.replicas == nil { spec.replicas = 1 }
    if !spec.template.sharesParts(with: old.spec.template) { spec.template.spec.applyDefaults() }
  }

  package mutating func prepareForCreate() {
    metadata.generation = 1
    status = ReplicaSetStatus()
  }

  /// Drops what the gate `DeploymentReplicaSetTerminatingReplicas` keeps from new statuses.
  ///
  /// Source: `pkg/registry/apps/replicaset/strategy.go` dropDisabledStatusFields.
  package mutating func prepareStatus(from old: ReplicaSet) {
    if old.status.terminatingReplicas == nil { status.terminatingReplicas = nil }
  }
}

/// Defaults of services, source `pkg/apis/core/v1/defaults.go`.
extension Service {
  package mutating func applyDefaults() {
    if spec.sessionAffinity.isEmpty { spec.sessionAffinity = "None" }
    if spec.type.isEmpty { spec.type = "ClusterIP" }
    for index in spec.ports.indices {
      if spec.ports[index].protocolName.isEmpty { spec.ports[index].protocolName = "TCP" }
      if [nil, .int(0), .string("")].contains(spec.ports[index].targetPort) {
        spec.ports[index].targetPort = .int(spec.ports[index].port)
      }
    }
    if spec.type == "ExternalName" { return }
    if spec.internalTrafficPolicy == nil { spec.internalTrafficPolicy = "Cluster" }
    if isExternallyAccessible, spec.externalTrafficPolicy.isEmpty {
      spec.externalTrafficPolicy = "Cluster"
    }
    if spec.type == "LoadBalancer", spec.allocateLoadBalancerNodePorts == nil {
      spec.allocateLoadBalancerNodePorts = true
    }
    if spec.sessionAffinity == "ClientIP" {
      var affinity = spec.sessionAffinityConfig ?? [:]
      if affinity.value(at: "clientIP", "timeoutSeconds") == nil {
        affinity["clientIP"] = ["timeoutSeconds": 10_800]
      }
      spec.sessionAffinityConfig = affinity
    } else {
      spec.sessionAffinityConfig = nil
    }
    if spec.type == "LoadBalancer", var ingress = status.loadBalancer?["ingress"]?.arrayValue {
      for index in ingress.indices
      where ingress[index]["ip"] != nil && ingress[index]["ipMode"] == nil {
        ingress[index]["ipMode"] = "VIP"
      }
      status.loadBalancer?["ingress"] = .array(ingress)
    }
  }

  /// Whether it is reached from outside of the cluster, source `pkg/api/v1/service/util.go`.
  package var isExternallyAccessible: Bool {
    ["NodePort", "LoadBalancer"].contains(spec.type)
      || (spec.type == "ClusterIP" && !spec.externalIPs.isEmpty)
  }

  package mutating func prepareForCreate() {
    status = ServiceStatus()
    status.loadBalancer = [:]
  }
}

extension Endpoints {
  package mutating func applyDefaults() {
    for subset in subsets.indices {
      for port in subsets[subset].ports.indices
      where subsets[subset].ports[port].protocolName.isEmpty {
        subsets[subset].ports[port].protocolName = "TCP"
      }
    }
  }
}

extension EndpointSlice {
  package mutating func applyDefaults() {
    for port in ports.indices where ports[port].protocolName.isEmpty {
      ports[port].protocolName = "TCP"
    }
  }

  package static var hasGeneration: Bool { true }

  package func hasSameSpec(as other: Self) -> Bool {
    addressType == other.addressType && endpoints == other.endpoints && ports == other.ports
  }

  package mutating func prepareForCreate() { metadata.generation = 1 }
}

extension Ingress {
  package mutating func prepareForCreate() {
    metadata.generation = 1
    status = IngressStatus()
    status.loadBalancer = [:]
  }
}

extension Namespace {
  package mutating func applyDefaults() {
    if !metadata.name.isEmpty {
      metadata.labels["kubernetes.io/metadata.name"] = metadata.name
    }
  }

  package mutating func prepareForCreate() {
    if !spec.finalizers.contains("kubernetes") { spec.finalizers.append("kubernetes") }
    status = NamespaceStatus()
    status.phase = "Active"
  }

  package func validate(_ causes: inout CauseList) {
    for name in spec.finalizers { causes.finalizer("spec.finalizers", name) }
  }

  package func validateUpdate(from old: Namespace, _ causes: inout CauseList) {}

  package func validateStatus(from old: Namespace, _ causes: inout CauseList) {
    let isGoing = metadata.isBeingDeleted
    let wanted = isGoing ? "Terminating" : "Active"
    if status.phase == wanted { return }
    causes.invalid(
      "status.Phase", status.phase.goQuoted,
      "may only be '\(wanted)' if `deletionTimestamp` is \(isGoing ? "not " : "")empty")
  }
}

/// Defaults of autoscalers, source `pkg/apis/autoscaling/v2/defaults.go`.
extension HorizontalPodAutoscaler {
  package mutating func applyDefaults() {
    dropAnnotationsOfV1()
    if spec.minReplicas == nil { spec.minReplicas = 1 }
    if spec.metrics.isEmpty {
      spec.metrics = [.cpuUtilization(percent: 80)]
    }
    guard var behavior = spec.behavior else { return }
    behavior.scaleUp = ScalingRules.filled(
      behavior.scaleUp, window: 0,
      policies: [("Pods", 4, 15), ("Percent", 100, 15)])
    behavior.scaleDown = ScalingRules.filled(
      behavior.scaleDown, window: nil, policies: [("Percent", 100, 15)])
    spec.behavior = behavior
  }

  package mutating func prepareForCreate() {
    status = HorizontalPodAutoscalerStatus()
    dropTolerances()
  }

  package mutating func prepareForUpdate(from old: HorizontalPodAutoscaler) {
    if !old.hasTolerance { dropTolerances() }
  }

  private var hasTolerance: Bool {
    spec.behavior?.scaleUp?.tolerance != nil || spec.behavior?.scaleDown?.tolerance != nil
  }

  /// Takes away what the gate `HPAConfigurableTolerance` keeps from new objects.
  ///
  /// Source: `pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go` dropDisabledFields.
  private mutating func dropTolerances() {
    if !hasTolerance { return }
    spec.behavior?.scaleUp?.tolerance = nil
    spec.behavior?.scaleDown?.tolerance = nil
  }
}

extension ScalingRules {
  fileprivate static func filled(
    _ given: ScalingRules?, window: Int?, policies: [(String, Int, Int)]
  ) -> ScalingRules {
    var rules = given ?? ScalingRules()
    if rules.selectPolicy == nil { rules.selectPolicy = "Max" }
    if rules.stabilizationWindowSeconds == nil { rules.stabilizationWindowSeconds = window }
    if rules.policies.isEmpty, !rules.hasEmptyPolicies {
      rules.policies = policies.map { type, value, period in
        var policy = ScalingPolicy()
        policy.type = type
        policy.value = value
        policy.periodSeconds = period
        return policy
      }
    }
    return rules
  }
}
