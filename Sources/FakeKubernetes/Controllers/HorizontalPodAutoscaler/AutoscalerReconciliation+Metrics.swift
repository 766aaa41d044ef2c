import KubernetesAPI
import SimulationKernel

extension AutoscalerReconciliation {
  /// The largest proposal, its name, the metrics' statuses; no replicas: they could not be made.
  mutating func compute(_ scale: Scale) -> (
    replicas: Int?, name: String, statuses: [MetricStatus], error: String
  ) {
    guard let (selector, selected) = selectPods(scale) else {
      let condition = autoscaler.status.conditions.first("ScalingActive")
      return (nil, "", [], condition?.message ?? "")
    }
    let evaluation = MetricEvaluation(
      source: surroundings.metrics,
      calculator: ReplicaCalculator(
        nowNanoseconds: surroundings.nowNanoseconds,
        cpuInitializationNanoseconds: settings.cpuInitializationPeriod.wholeNanoseconds,
        initialReadinessDelayNanoseconds: settings.initialReadinessDelay.wholeNanoseconds,
        tolerance: tolerance()),
      namespace: autoscaler.metadata.namespace, selector: selector,
      pods: selected, specReplicas: scale.spec.replicas,
      statusReplicas: scale.status.replicas)
    var statuses = [MetricStatus](repeating: MetricStatus(), count: autoscaler.spec.metrics.count)
    var best: (replicas: Int, name: String) = (0, "")
    var failures: [MetricEvaluation.Failure] = []
    for (index, spec) in autoscaler.spec.metrics.enumerated() {
      do {
        let outcome = try evaluation.evaluate(spec)
        statuses[index] = outcome.status
        if best.replicas == 0 || outcome.replicas > best.replicas {
          best = (outcome.replicas, outcome.name)
        }
      } catch {
        surroundings.record(autoscaler, .warning, error.reason, error.message)
        failures.append(error)
      }
    }
    var text = ""
    if let first = failures.first {
      text =
        "invalid metrics (\(failures.count) invalid out of \(statuses.count)), "
        + "first error is: \(first.error)"
      if failures.count == statuses.count || best.replicas < scale.spec.replicas {
        autoscaler.set(
          "ScalingActive", .false, first.reason,
          "the HPA was unable to compute the replica count: \(first.message)", now)
        return (nil, "", statuses, text)
      }
    }
    if memory.found.metric != best.name {
      memory.found = (
        best.name, "the HPA was able to successfully calculate a replica count from \(best.name)"
      )
    }
    autoscaler.set("ScalingActive", .true, "ValidMetricFound", memory.found.message, now)
    // What is told again is the same array, which is quicker to compare.
    let told = autoscaler.status.currentMetrics
    return (best.replicas, best.name, statuses.tellsSameResources(as: told) ? told : statuses, text)
  }

  /// The target's pods; nil: the selector is missing, or another autoscaler has the same pods.
  private mutating func selectPods(_ scale: Scale) -> (LabelQuery, [AutoscalerPod])? {
    func refuse(_ reason: String, _ event: String, _ message: String) {
      surroundings.record(autoscaler, .warning, event, message)
      autoscaler.set("ScalingActive", .false, reason, message, now)
    }
    if scale.status.selector.isEmpty {
      surroundings.record(autoscaler, .warning, "SelectorRequired", "selector is required")
      autoscaler.set(
        "ScalingActive", .false, "InvalidSelector", "the HPA target's scale is missing a selector",
        now)
      return nil
    }
    let isKnown = memory.selector?.text == scale.status.selector
    guard let selector = isKnown ? memory.selector : LabelQuery(scale.status.selector) else {
      refuse(
        "InvalidSelector", "InvalidSelector",
        "couldn't convert selector into a corresponding internal selector object: "
          + scale.status.selector)
      return nil
    }
    memory.selector = selector
    let selected = surroundings.pods(
      namespace: autoscaler.metadata.namespace, selector: selector)
    var rivals = surroundings.others(than: autoscaler.key) { other in
      !other.excludes(selector) && selected.contains { other.matches($0.labels) }
    }
    if !rivals.isEmpty {
      rivals = (rivals + [autoscaler.key]).sorted()
      let names = rivals.map { "{\($0.name) \($0.namespace)}" }.joined(separator: " ")
      refuse(
        "AmbiguousSelector", "AmbiguousSelector",
        "pods by selector \(scale.status.selector) are controlled by multiple HPAs: [\(names)]")
      return nil
    }
    return (selector, selected)
  }

  private func tolerance() -> AutoscalerTolerance {
    func own(_ rules: ScalingRules?) -> Double {
      rules?.tolerance.map { Double($0.milliValue) / 1000 } ?? settings.tolerance
    }
    let behavior = autoscaler.spec.behavior
    return AutoscalerTolerance(down: own(behavior?.scaleDown), up: own(behavior?.scaleUp))
  }
}
