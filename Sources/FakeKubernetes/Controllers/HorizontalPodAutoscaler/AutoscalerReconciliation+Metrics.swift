import KubernetesAPI
import SimulationKernel

extension AutoscalerReconciliation {
  /// The largest proposal, its name, the metrics' statuses; no replicas: they could not be made.
  mutating func compute(_ scale: TargetScale) -> (
    replicas: Int?, name: String, statuses: [MetricStatus], error: String
  ) {
    guard let (selector, selected) = selectPods(scale) else {
      let condition = autoscaler.status.conditions.first("ScalingActive")
      return (nil, "", [], condition?.message ?? "")
    }
    let evaluation = MetricEvaluation(
      source: surroundings.metrics,
      calculator: ReplicaCalculator(
        nowNanoseconds: nowNanoseconds,
        cpuInitializationNanoseconds: settings.cpuInitializationPeriod.wholeNanoseconds,
        initialReadinessDelayNanoseconds: settings.initialReadinessDelay.wholeNanoseconds,
        tolerance: tolerance()),
      namespace: autoscaler.metadata.namespace, selector: selector,
      pods: selected, specReplicas: scale.replicas, statusReplicas: scale.statusReplicas)
    let specs = autoscaler.spec.metrics
    // What is told again stays the same array, which is quicker to make and to compare.
    var statuses = autoscaler.status.currentMetrics
    if statuses.count != specs.count {
      statuses = [MetricStatus](repeating: MetricStatus(), count: specs.count)
    }
    var best: (replicas: Int, name: String) = (0, "")
    var failures: [MetricEvaluation.Failure] = []
    for index in specs.indices {
      do {
        let outcome = try evaluation.evaluate(specs[index])
        if !statuses[index].tellsSameResource(as: outcome.status) {
          statuses[index] = outcome.status
        }
        if best.replicas == 0 || outcome.replicas > best.replicas {
          best = (outcome.replicas, outcome.name)
        }
      } catch {
        surroundings.record(autoscaler, .warning, error.reason, error.message)
        statuses[index] = MetricStatus()
        failures.append(error)
      }
    }
    var text = ""
    if let first = failures.first {
      text =
        "invalid metrics (\(failures.count) invalid out of \(statuses.count)), "
        + "first error is: \(first.error)"
      if failures.count == statuses.count || best.replicas < scale.replicas {
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
    return (best.replicas, best.name, statuses, text)
  }

  /// The target's pods; nil: the selector is missing, or another autoscaler has the same pods.
  private mutating func selectPods(_ scale: TargetScale) -> (LabelQuery, [AutoscalerPod])? {
    func refuse(_ reason: String, _ event: String, _ message: String) {
      surroundings.record(autoscaler, .warning, event, message)
      autoscaler.set("ScalingActive", .false, reason, message, now)
    }
    if scale.selector.isEmpty {
      surroundings.record(autoscaler, .warning, "SelectorRequired", "selector is required")
      autoscaler.set(
        "ScalingActive", .false, "InvalidSelector", "the HPA target's scale is missing a selector",
        now)
      return nil
    }
    let isKnown = memory.selector?.text == scale.selector
    guard let selector = isKnown ? memory.selector : LabelQuery(scale.selector) else {
      refuse(
        "InvalidSelector", "InvalidSelector",
        "couldn't convert selector into a corresponding internal selector object: "
          + scale.selector)
      return nil
    }
    if !isKnown {
      memory.selector = selector
      memory.aloneAt = nil
    }
    let selected = surroundings.pods(
      namespace: autoscaler.metadata.namespace, selector: selector)
    var rivals = rivals(selector, selected)
    if !rivals.isEmpty {
      rivals = (rivals + [autoscaler.key]).sorted()
      let names = rivals.map { "{\($0.name) \($0.namespace)}" }.joined(separator: " ")
      refuse(
        "AmbiguousSelector", "AmbiguousSelector",
        "pods by selector \(scale.selector) are controlled by multiple HPAs: [\(names)]")
      return nil
    }
    return (selector, selected)
  }

  /// The other autoscalers that select some of the pods.
  private func rivals(_ selector: LabelQuery, _ selected: [AutoscalerPod]) -> [ObjectKey] {
    let state = surroundings.selectorsState
    if memory.aloneAt == state { return [] }
    var isAlone = true
    let rivals = surroundings.others(than: autoscaler.key) { other in
      if other.excludes(selector) { return false }
      isAlone = false
      return selected.contains { other.matches($0.labels) }
    }
    memory.aloneAt = isAlone ? state : nil
    return rivals
  }

  private func tolerance() -> AutoscalerTolerance {
    guard let behavior = autoscaler.behavior else {
      return AutoscalerTolerance(down: settings.tolerance, up: settings.tolerance)
    }
    func own(_ rules: ScalingRules?) -> Double {
      rules?.tolerance.map { Double($0.milliValue) / 1000 } ?? settings.tolerance
    }
    return AutoscalerTolerance(down: own(behavior.scaleDown), up: own(behavior.scaleUp))
  }
}
