package import KubernetesAPI

/// What the autoscaler's flags say.
package struct AutoscalerSettings: Sendable {
  /// From one reconcile's end to the next.
  package var syncPeriod: Duration = .seconds(15)
  /// For how long the highest recommendation holds before shrinking.
  package var downscaleStabilization: Duration = .seconds(300)
  /// How long after a pod's start its CPU counts only while it is ready.
  package var cpuInitializationPeriod: Duration = .seconds(300)
  /// Until when a pod that was never ready counts as still starting.
  package var initialReadinessDelay: Duration = .seconds(30)
  package var tolerance = 0.1
  /// Without behavior: at most so many times the present size in one step.
  package var scaleUpLimitFactor = 2
  /// Without behavior: so many replicas are always allowed.
  package var scaleUpLimitMinimum = 4

  package init() {}
}

extension ScalingRates {
  /// The rules of the API; the API server has filled in what was left out.
  package init(_ rules: ScalingRules) {
    self.init(
      selectPolicy: rules.selectPolicy.flatMap(SelectPolicy.init) ?? .max,
      stabilizationWindowSeconds: rules.stabilizationWindowSeconds,
      policies: rules.policies.compactMap { policy in
        Policy.Kind(rawValue: policy.type).map {
          Policy(kind: $0, value: policy.value, periodSeconds: policy.periodSeconds)
        }
      })
  }
}

extension AutoscalerPod {
  /// What the autoscaler looks at in a pod of the API.
  package init(_ pod: Pod) { self.init(pod, Shared(Requests(pod.spec.content.value))) }

  /// Looks at pods one after the other; those of one template share their requests.
  static func view() -> (Pod) -> AutoscalerPod {
    var last: (content: Shared<PodSpecContent>, requests: Shared<Requests>)?
    return { pod in
      let content = pod.spec.content
      if let last, last.content.isIdentical(to: content) {
        return AutoscalerPod(pod, last.requests)
      }
      let requests = Shared(Requests(content.value))
      last = (content, requests)
      return AutoscalerPod(pod, requests)
    }
  }
}

extension AutoscalerPod.Requests {
  /// What the containers of a template ask for.
  fileprivate init(_ content: PodSpecContent) {
    let counted =
      content.containers + content.initContainers.filter { $0.restartPolicy == "Always" }
    containers = counted.map { container in
      AutoscalerPod.ContainerRequest(
        name: container.name, milliByResource: Self.milli(container.resources.requests))
    }
    pod = content.resources.map { Self.milli($0.requests) } ?? [:]
  }

  private static func milli(_ amounts: ResourceList) -> AmountByResource {
    var milli: AmountByResource = [:]
    for (name, amount) in amounts.pairs { milli[name] = amount.milliValue }
    return milli
  }
}
