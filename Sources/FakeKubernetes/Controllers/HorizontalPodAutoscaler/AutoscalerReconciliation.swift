package import KubernetesAPI
import SimulationKernel

/// What the controller remembers of one autoscaler.
package final class AutoscalerMemory {
  /// Nil before the first reconcile, which begins with the present size.
  @exclusivity(unchecked) package var recommendations: RecommendationLog?
  @exclusivity(unchecked) package var up = ScaleEventLog()
  @exclusivity(unchecked) package var down = ScaleEventLog()
  /// The selector of its target, once known.
  @exclusivity(unchecked) package var selector: LabelQuery?
  /// The metric that was followed last, and what the condition says of it.
  @exclusivity(unchecked) var found = (metric: "", message: "")
  /// At which state of all selectors plainly no other one could select a pod that `selector` does.
  @exclusivity(unchecked) var aloneAt: Int?

  package init() {}
}

/// What an autoscaler looks at of the size of its target.
package struct TargetScale {
  package var replicas: Int
  package var statusReplicas: Int
  /// The text of the selector of its pods.
  package var selector: String

  package init(replicas: Int, statusReplicas: Int, selector: String) {
    self.replicas = replicas
    self.statusReplicas = statusReplicas
    self.selector = selector
  }
}

/// What an autoscaler looks at and writes to.
package protocol AutoscalerSurroundings: AnyObject {
  /// The wall clock in nanoseconds since 1970.
  var nowNanoseconds: Int64 { get }
  /// Where metrics come from; nil: there is no metrics API.
  var metrics: (any MetricsSource)? { get }
  /// The size of a target.
  func scale(
    of target: CrossVersionObjectReference, namespace: String
  ) throws(StatusError) -> TargetScale
  /// Writes the size of a target.
  func setScale(
    of target: CrossVersionObjectReference, namespace: String, replicas: Int
  ) throws(StatusError)
  /// The pods of a namespace that a selector takes.
  func pods(namespace: String, selector: LabelQuery) -> [AutoscalerPod]
  /// Another number whenever a selector of some autoscaler becomes another one.
  var selectorsState: Int { get }
  /// The other autoscalers of the namespace whose selectors, as far as they are known, match; in
  /// order of their names.
  func others(
    than autoscaler: ObjectKey, whose matches: (LabelQuery) -> Bool
  ) -> [ObjectKey]
  /// Writes an event.
  func record(
    _ autoscaler: HorizontalPodAutoscaler, _ severity: EventRecorder.Severity, _ reason: String,
    _ message: String
  )
  /// Notes that a target's size was changed.
  func scaled(_ autoscaler: HorizontalPodAutoscaler, from current: Int, to desired: Int)
}

/// One look at one autoscaler: decides first, and writes the target's size later.
///
/// Source: `pkg/controller/podautoscaler/horizontal.go` reconcileAutoscaler.
package struct AutoscalerReconciliation {
  /// The autoscaler with its new status.
  package internal(set) var autoscaler: HorizontalPodAutoscaler
  package let memory: AutoscalerMemory
  /// Why upstream would count the reconcile as failed, though it may have had an effect.
  package private(set) var failure: String?
  let settings: AutoscalerSettings
  let surroundings: any AutoscalerSurroundings
  private var step: Step?

  package init(
    _ autoscaler: HorizontalPodAutoscaler, memory: AutoscalerMemory, settings: AutoscalerSettings,
    surroundings: any AutoscalerSurroundings
  ) {
    self.autoscaler = autoscaler
    self.memory = memory
    self.settings = settings
    self.surroundings = surroundings
  }

  /// The wall clock at the present step in nanoseconds since 1970.
  private(set) var nowNanoseconds: Int64 = 0

  var now: Timestamp { Timestamp(seconds: nowNanoseconds / 1_000_000_000) }

  /// What a reconcile makes of a target's size.
  private struct Step {
    var current: Int
    var desired: Int
    var reason: String
    var statuses: [MetricStatus]
  }

  /// Reads target and metrics and decides; without a decision the conditions say why.
  package mutating func decide() {
    nowNanoseconds = surroundings.nowNanoseconds
    step = decided()
  }

  private mutating func decided() -> Step? {
    let original = autoscaler
    let namespace = original.metadata.namespace
    let target = original.spec.scaleTargetRef
    let scale: TargetScale
    do {
      scale = try surroundings.scale(of: target, namespace: namespace)
    } catch {
      failure = error.message
      surroundings.record(original, .warning, "FailedGetScale", error.message)
      autoscaler.set(
        "AbleToScale", .false, "FailedGetScale",
        "the HPA controller was unable to get the target's current scale: \(error.message)",
        now)
      return nil
    }
    // A decision words the condition anew, mostly as it was before: then nothing is written.
    if autoscaler.status.conditions.status("AbleToScale") != .true { tellScaleWasRead() }
    let current = scale.replicas
    if memory.recommendations == nil {
      memory.recommendations = RecommendationLog([
        .init(replicas: current, timestampNanoseconds: nowNanoseconds)
      ])
    }
    let minimum = original.spec.minReplicas ?? 1
    var desired = current
    var reason = ""
    var statuses: [MetricStatus] = []
    if current == 0 && minimum != 0 {
      tellScaleWasRead()
      autoscaler.set(
        "ScalingActive", .false, "ScalingDisabled",
        "scaling is disabled since the replica count of the target is zero", now)
    } else if current > original.spec.maxReplicas {
      tellScaleWasRead()
      reason = "Current number of replicas above Spec.MaxReplicas"
      desired = original.spec.maxReplicas
    } else if current < minimum {
      tellScaleWasRead()
      reason = "Current number of replicas below Spec.MinReplicas"
      desired = minimum
    } else {
      let computed = compute(scale)
      statuses = computed.statuses
      if !computed.error.isEmpty { failure = computed.error }
      guard let proposal = computed.replicas else {
        tellScaleWasRead()
        autoscaler.tell(currentReplicas: current, statuses)
        surroundings.record(original, .warning, "FailedComputeMetricsReplicas", computed.error)
        return nil
      }
      if proposal > current { reason = "\(computed.name) above target" }
      if proposal < current { reason = "All metrics below target" }
      desired = normalize(current: current, proposal: proposal, minimum: minimum)
    }
    return Step(current: current, desired: desired, reason: reason, statuses: statuses)
  }

  private mutating func tellScaleWasRead() {
    autoscaler.set(
      "AbleToScale", .true, "SucceededGetScale",
      "the HPA controller was able to get the target's current scale", now)
  }

  /// Writes the decided size, if it is another one.
  package mutating func apply() {
    nowNanoseconds = surroundings.nowNanoseconds
    guard let step else { return }
    let target = autoscaler.spec.scaleTargetRef
    let (current, desired, reason) = (step.current, step.desired, step.reason)
    autoscaler.tell(currentReplicas: current, step.statuses)
    if desired != current {
      do {
        try surroundings.setScale(
          of: target, namespace: autoscaler.metadata.namespace, replicas: desired)
      } catch {
        failure = error.message
        surroundings.record(
          autoscaler, .warning, "FailedRescale",
          "New size: \(desired); reason: \(reason); error: \(error.message)")
        return autoscaler.set(
          "AbleToScale", .false, "FailedUpdateScale",
          "the HPA controller was unable to update the target scale: \(error.message)", now)
      }
      autoscaler.set(
        "AbleToScale", .true, "SucceededRescale",
        "the HPA controller was able to update the target scale to \(desired)", now)
      surroundings.record(
        autoscaler, .normal, "SuccessfulRescale", "New size: \(desired); reason: \(reason)")
      surroundings.scaled(autoscaler, from: current, to: desired)
      storeEvent(current: current, desired: desired)
      autoscaler.status.lastScaleTime = now
    }
    if autoscaler.status.desiredReplicas != desired {
      autoscaler.status.desiredReplicas = desired
    }
  }

  private func storeEvent(current: Int, desired: Int) {
    let rates = autoscaler.behavior.map(Self.rates)
    if desired > current {
      memory.up.record(
        change: desired - current, rules: rates?.up, nowNanoseconds: nowNanoseconds)
    } else {
      memory.down.record(
        change: current - desired, rules: rates?.down, nowNanoseconds: nowNanoseconds)
    }
  }

  private static func rates(_ behavior: HorizontalPodAutoscalerBehavior) -> (
    up: ScalingRates, down: ScalingRates
  ) {
    (
      behavior.scaleUp.map { ScalingRates($0) } ?? .defaultScaleUp,
      behavior.scaleDown.map { ScalingRates($0) } ?? .defaultScaleDown
    )
  }

  private mutating func normalize(current: Int, proposal: Int, minimum: Int) -> Int {
    let window = settings.downscaleStabilization.wholeNanoseconds
    let stabilized: Int
    var stabilization = AutoscalerReason.scaleDownStabilized
    let limited: (replicas: Int, reason: AutoscalerReason)
    let now = nowNanoseconds
    if let behavior = autoscaler.behavior {
      let (up, down) = Self.rates(behavior)
      let upWindow = Int64(up.stabilizationWindowSeconds ?? 0) * 1_000_000_000
      let downWindow = down.stabilizationWindowSeconds.map { Int64($0) * 1_000_000_000 } ?? window
      stabilized =
        memory.recommendations?.stabilize(
          proposal, current: current, upWindowNanoseconds: upWindow,
          downWindowNanoseconds: downWindow, nowNanoseconds: now) ?? proposal
      if proposal >= current { stabilization = .scaleUpStabilized }
      limited = ScaleLimit.withBehavior(
        current: current, desired: stabilized, minReplicas: minimum,
        maxReplicas: autoscaler.spec.maxReplicas, upRules: up, downRules: down, up: memory.up,
        down: memory.down, nowNanoseconds: now)
    } else {
      stabilized =
        memory.recommendations?.stabilize(
          proposal, downscaleWindowNanoseconds: window, nowNanoseconds: now) ?? proposal
      limited = ScaleLimit.withoutBehavior(
        current: current, desired: stabilized, minReplicas: minimum,
        maxReplicas: autoscaler.spec.maxReplicas, factor: settings.scaleUpLimitFactor,
        minimum: settings.scaleUpLimitMinimum)
    }
    let able = stabilized == proposal ? AutoscalerReason.readyForNewScale : stabilization
    autoscaler.set("AbleToScale", .true, able.reason, able.message, self.now)
    autoscaler.set(
      "ScalingLimited", limited.replicas == stabilized ? .false : .true, limited.reason.reason,
      limited.reason.message, self.now)
    return limited.replicas
  }
}

extension HorizontalPodAutoscaler {
  /// Sets what was observed; a status that tells it already stays shared with other copies.
  fileprivate mutating func tell(currentReplicas: Int, _ metrics: [MetricStatus]) {
    if status.currentReplicas != currentReplicas { status.currentReplicas = currentReplicas }
    if !status.currentMetrics.isSameArray(as: metrics) { status.currentMetrics = metrics }
  }

  /// Sets a condition; its time changes only with its status.
  mutating func set(
    _ type: String, _ value: ConditionStatus, _ reason: String, _ message: String,
    _ now: Timestamp
  ) {
    if tells(type, value, reason, message) { return }
    let known = status.conditions.index(of: type)
    var condition = Condition(
      type: type, status: value, reason: reason, message: message, lastTransitionTime: now)
    if let index = known {
      if status.conditions[index].status == value {
        condition.lastTransitionTime = status.conditions[index].lastTransitionTime
      }
      status.conditions[index] = condition
    } else {
      status.conditions.append(condition)
    }
  }
}
