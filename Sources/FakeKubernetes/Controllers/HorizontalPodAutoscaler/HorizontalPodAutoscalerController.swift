import KubernetesAPI
import SimulationKernel

/// Sizes targets by their metrics, every 15 s each.
///
/// Source: `pkg/controller/podautoscaler/horizontal.go`.
package final class HorizontalPodAutoscalerController {
  /// What the controller remembers of one autoscaler.
  struct Memory {
    var recommendations = RecommendationLog()
    var up = ScaleEventLog()
    var down = ScaleEventLog()
    /// The selector of its target, once known.
    var selector: LabelQuery?
  }

  let server: APIServer
  let simulation: Simulation
  let settings: AutoscalerSettings
  let recorder: EventRecorder
  /// Where metrics come from; nil: there is no metrics API.
  package var metrics: (any MetricsSource)?
  private let autoscalers: Informer<HorizontalPodAutoscaler>
  private let pods: Informer<Pod>
  private let latency: RandomStream
  private var memories: [ObjectKey: Memory] = [:]
  private var planned: Set<ObjectKey> = []

  package init(
    server: APIServer, informers: SharedInformers,
    settings: AutoscalerSettings = AutoscalerSettings()
  ) {
    self.server = server
    simulation = server.simulation
    self.settings = settings
    recorder = EventRecorder(server: server, component: "horizontal-pod-autoscaler")
    autoscalers = informers.informer(HorizontalPodAutoscaler.self)
    pods = informers.informer(Pod.self)
    latency = simulation.randomStream("kubernetes/autoscaler/latency")
    autoscalers.onChange { [weak self] old, new in
      guard let self else { return }
      if let new {
        plan(new.key)
      } else if let old {
        memories[old.key] = nil
      }
    }
  }

  private func plan(_ key: ObjectKey) {
    guard planned.insert(key).inserted else { return }
    simulation.schedule(after: settings.syncPeriod) { [weak self] in
      guard let self else { return }
      planned.remove(key)
      guard let autoscaler = autoscalers.find(key.namespace, key.name) else { return }
      let effect = reconcile(autoscaler)
      let takes = latency.duration(in: .milliseconds(5)...(.milliseconds(20)))
      simulation.schedule(after: takes) { [weak self] in
        effect()
        self?.plan(key)
      }
    }
  }

  private var nowNanoseconds: Int64 {
    simulation.epochSeconds * 1_000_000_000 + simulation.now.nanoseconds
  }

  // MARK: - Reconcile

  /// Reads and decides; the effect is written a moment later, as with upstream's parallel workers.
  private func reconcile(_ original: HorizontalPodAutoscaler) -> () -> Void {
    var autoscaler = original
    guard let step = decide(&autoscaler) else {
      return { [self] in writeStatus(autoscaler, original) }
    }
    return { [self] in
      apply(&autoscaler, step)
      writeStatus(autoscaler, original)
    }
  }

  /// What a reconcile makes of a target's size.
  private struct Step {
    var current: Int
    var desired: Int
    var reason: String
    var statuses: [MetricStatus]
  }

  /// nil: nothing can be decided; the conditions say why.
  private func decide(_ autoscaler: inout HorizontalPodAutoscaler) -> Step? {
    let original = autoscaler
    let namespace = original.metadata.namespace
    let target = original.spec.scaleTargetRef
    let scale: Scale
    do {
      scale = try server.scale(kind: target.kind, namespace, target.name)
    } catch {
      recorder.record(original, .warning, "FailedGetScale", error.message)
      autoscaler.set(
        "AbleToScale", .false, "FailedGetScale",
        "the HPA controller was unable to get the target's current scale: \(error.message)",
        server.now)
      return nil
    }
    autoscaler.set(
      "AbleToScale", .true, "SucceededGetScale",
      "the HPA controller was able to get the target's current scale", server.now)
    let current = scale.spec.replicas
    var memory = memories[original.key] ?? Memory()
    if memory.recommendations.entries.isEmpty {
      memory.recommendations = RecommendationLog([
        .init(replicas: current, timestampNanoseconds: nowNanoseconds)
      ])
    }
    memories[original.key] = memory
    let minimum = original.spec.minReplicas ?? 1
    var desired = current
    var reason = ""
    var statuses: [MetricStatus] = []
    if current == 0 && minimum != 0 {
      autoscaler.set(
        "ScalingActive", .false, "ScalingDisabled",
        "scaling is disabled since the replica count of the target is zero", server.now)
    } else if current > original.spec.maxReplicas {
      reason = "Current number of replicas above Spec.MaxReplicas"
      desired = original.spec.maxReplicas
    } else if current < minimum {
      reason = "Current number of replicas below Spec.MinReplicas"
      desired = minimum
    } else {
      let computed = compute(&autoscaler, scale)
      statuses = computed.statuses
      guard let proposal = computed.replicas else {
        autoscaler.status.currentReplicas = current
        autoscaler.status.currentMetrics = statuses
        recorder.record(original, .warning, "FailedComputeMetricsReplicas", computed.error)
        return nil
      }
      if proposal > current { reason = "\(computed.name) above target" }
      if proposal < current { reason = "All metrics below target" }
      desired = normalize(&autoscaler, current: current, proposal: proposal, minimum: minimum)
    }
    return Step(current: current, desired: desired, reason: reason, statuses: statuses)
  }

  private func apply(_ autoscaler: inout HorizontalPodAutoscaler, _ step: Step) {
    let target = autoscaler.spec.scaleTargetRef
    let (current, desired, reason) = (step.current, step.desired, step.reason)
    autoscaler.status.currentReplicas = current
    autoscaler.status.currentMetrics = step.statuses
    if desired != current {
      do {
        try server.setScale(
          kind: target.kind, autoscaler.metadata.namespace, target.name, replicas: desired)
      } catch {
        recorder.record(
          autoscaler, .warning, "FailedRescale",
          "New size: \(desired); reason: \(reason); error: \(error.message)")
        return autoscaler.set(
          "AbleToScale", .false, "FailedUpdateScale",
          "the HPA controller was unable to update the target scale: \(error.message)", server.now)
      }
      autoscaler.set(
        "AbleToScale", .true, "SucceededRescale",
        "the HPA controller was able to update the target scale to \(desired)", server.now)
      recorder.record(
        autoscaler, .normal, "SuccessfulRescale", "New size: \(desired); reason: \(reason)")
      simulation.trace.record(
        "autoscaler.scaled", "\(autoscaler.key)",
        [("from", .integer(Int64(current))), ("to", .integer(Int64(desired)))])
      storeEvent(autoscaler, current: current, desired: desired)
      autoscaler.status.lastScaleTime = server.now
    }
    autoscaler.status.desiredReplicas = desired
  }

  private func storeEvent(
    _ autoscaler: HorizontalPodAutoscaler, current: Int, desired: Int
  ) {
    guard autoscaler.spec.behavior != nil else { return }
    let (up, down) = rates(autoscaler)
    if desired > current {
      memories[autoscaler.key]?.up.record(
        change: desired - current, rules: up, nowNanoseconds: nowNanoseconds)
    } else {
      memories[autoscaler.key]?.down.record(
        change: current - desired, rules: down, nowNanoseconds: nowNanoseconds)
    }
  }

  private func writeStatus(
    _ autoscaler: HorizontalPodAutoscaler, _ original: HorizontalPodAutoscaler
  ) {
    if autoscaler.status == original.status { return }
    _ = try? server.modifyStatus(
      HorizontalPodAutoscaler.self, original.metadata.namespace, original.metadata.name
    ) { $0.status = autoscaler.status }
  }

  // MARK: - Metrics

  /// The largest proposal, its name, the metrics' statuses; no replicas: they could not be made.
  private func compute(
    _ autoscaler: inout HorizontalPodAutoscaler, _ scale: Scale
  ) -> (replicas: Int?, name: String, statuses: [MetricStatus], error: String) {
    guard let (selector, selected) = selectPods(&autoscaler, scale) else {
      let condition = autoscaler.status.conditions.first("ScalingActive")
      return (nil, "", [], condition?.message ?? "")
    }
    let evaluation = MetricEvaluation(
      source: metrics,
      calculator: ReplicaCalculator(
        nowNanoseconds: nowNanoseconds,
        cpuInitializationNanoseconds: settings.cpuInitializationPeriod.wholeNanoseconds,
        initialReadinessDelayNanoseconds: settings.initialReadinessDelay.wholeNanoseconds,
        tolerance: tolerance(autoscaler)),
      namespace: autoscaler.metadata.namespace, selector: selector,
      pods: selected.map(AutoscalerPod.init), specReplicas: scale.spec.replicas,
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
        recorder.record(autoscaler, .warning, error.reason, error.message)
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
          "the HPA was unable to compute the replica count: \(first.message)", server.now)
        return (nil, "", statuses, text)
      }
    }
    autoscaler.set(
      "ScalingActive", .true, "ValidMetricFound",
      "the HPA was able to successfully calculate a replica count from \(best.name)", server.now)
    return (best.replicas, best.name, statuses, text)
  }

  /// The target's pods; nil: the selector is missing, or another autoscaler has the same pods.
  private func selectPods(
    _ autoscaler: inout HorizontalPodAutoscaler, _ scale: Scale
  ) -> (LabelQuery, [Pod])? {
    func refuse(_ reason: String, _ event: String, _ message: String) {
      recorder.record(autoscaler, .warning, event, message)
      autoscaler.set("ScalingActive", .false, reason, message, server.now)
    }
    if scale.status.selector.isEmpty {
      recorder.record(autoscaler, .warning, "SelectorRequired", "selector is required")
      autoscaler.set(
        "ScalingActive", .false, "InvalidSelector", "the HPA target's scale is missing a selector",
        server.now)
      return nil
    }
    guard let selector = LabelQuery(scale.status.selector) else {
      refuse(
        "InvalidSelector", "InvalidSelector",
        "couldn't convert selector into a corresponding internal selector object: "
          + scale.status.selector)
      return nil
    }
    memories[autoscaler.key]?.selector = selector
    let namespace = autoscaler.metadata.namespace
    let selected = pods.list(namespace: namespace).filter { selector.matches($0.metadata.labels) }
    let rivals = memories.keys.filter { key in
      guard key.namespace == namespace, let other = memories[key]?.selector else { return false }
      return selected.contains { other.matches($0.metadata.labels) }
    }.sorted()
    if rivals.count > 1 {
      let names = rivals.map { "{\($0.name) \($0.namespace)}" }.joined(separator: " ")
      refuse(
        "AmbiguousSelector", "AmbiguousSelector",
        "pods by selector \(scale.status.selector) are controlled by multiple HPAs: [\(names)]")
      return nil
    }
    return (selector, selected)
  }

  private func tolerance(_ autoscaler: HorizontalPodAutoscaler) -> AutoscalerTolerance {
    func own(_ rules: ScalingRules?) -> Double {
      rules?.tolerance.map { Double($0.milliValue) / 1000 } ?? settings.tolerance
    }
    let behavior = autoscaler.spec.behavior
    return AutoscalerTolerance(down: own(behavior?.scaleDown), up: own(behavior?.scaleUp))
  }

  // MARK: - Normalization

  private func rates(_ autoscaler: HorizontalPodAutoscaler) -> (
    up: ScalingRates, down: ScalingRates
  ) {
    let behavior = autoscaler.spec.behavior
    return (
      behavior?.scaleUp.map { ScalingRates($0) } ?? .defaultScaleUp,
      behavior?.scaleDown.map { ScalingRates($0) } ?? .defaultScaleDown
    )
  }

  private func normalize(
    _ autoscaler: inout HorizontalPodAutoscaler, current: Int, proposal: Int, minimum: Int
  ) -> Int {
    var memory = memories[autoscaler.key] ?? Memory()
    defer { memories[autoscaler.key] = memory }
    let window = settings.downscaleStabilization.wholeNanoseconds
    let stabilized: Int
    var stabilization = AutoscalerReason.scaleDownStabilized
    let limited: (replicas: Int, reason: AutoscalerReason)
    if autoscaler.spec.behavior == nil {
      stabilized = memory.recommendations.stabilize(
        proposal, downscaleWindowNanoseconds: window, nowNanoseconds: nowNanoseconds)
      limited = ScaleLimit.withoutBehavior(
        current: current, desired: stabilized, minReplicas: minimum,
        maxReplicas: autoscaler.spec.maxReplicas, factor: settings.scaleUpLimitFactor,
        minimum: settings.scaleUpLimitMinimum)
    } else {
      let (up, down) = rates(autoscaler)
      let upWindow = Int64(up.stabilizationWindowSeconds ?? 0) * 1_000_000_000
      let downWindow = down.stabilizationWindowSeconds.map { Int64($0) * 1_000_000_000 } ?? window
      stabilized = memory.recommendations.stabilize(
        proposal, current: current, upWindowNanoseconds: upWindow,
        downWindowNanoseconds: downWindow, nowNanoseconds: nowNanoseconds)
      if proposal >= current { stabilization = .scaleUpStabilized }
      limited = ScaleLimit.withBehavior(
        current: current, desired: stabilized, minReplicas: minimum,
        maxReplicas: autoscaler.spec.maxReplicas, upRules: up, downRules: down, up: memory.up,
        down: memory.down, nowNanoseconds: nowNanoseconds)
    }
    let able = stabilized == proposal ? AutoscalerReason.readyForNewScale : stabilization
    autoscaler.set("AbleToScale", .true, able.reason, able.message, server.now)
    autoscaler.set(
      "ScalingLimited", limited.replicas == stabilized ? .false : .true, limited.reason.reason,
      limited.reason.message, server.now)
    return limited.replicas
  }
}

extension HorizontalPodAutoscaler {
  /// Sets a condition; its time changes only with its status.
  fileprivate mutating func set(
    _ type: String, _ value: ConditionStatus, _ reason: String, _ message: String,
    _ now: Timestamp
  ) {
    var condition = Condition(
      type: type, status: value, reason: reason, message: message, lastTransitionTime: now)
    if let index = status.conditions.firstIndex(where: { $0.type == type }) {
      if status.conditions[index].status == value {
        condition.lastTransitionTime = status.conditions[index].lastTransitionTime
      }
      status.conditions[index] = condition
    } else {
      status.conditions.append(condition)
    }
  }
}
