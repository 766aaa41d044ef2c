import KubernetesAPI
import SimulationKernel

/// Sizes targets by their metrics, every 15 s each.
///
/// Source: `pkg/controller/podautoscaler/horizontal.go`.
package final class HorizontalPodAutoscalerController {
  let server: APIServer
  let simulation: Simulation
  let settings: AutoscalerSettings
  /// Where metrics come from; nil: there is no metrics API.
  package var metrics: (any MetricsSource)? {
    get { scene.metrics }
    set { scene.metrics = newValue }
  }
  private let scene: AutoscalerScene
  private let autoscalers: Informer<HorizontalPodAutoscaler>
  private let latency: RandomStream
  private let syncNanoseconds: Int64
  @exclusivity(unchecked) private var followed: [ObjectKey: FollowedAutoscaler] = [:]

  package init(
    server: APIServer, informers: SharedInformers,
    settings: AutoscalerSettings = AutoscalerSettings()
  ) {
    self.server = server
    simulation = server.simulation
    self.settings = settings
    syncNanoseconds = settings.syncPeriod.wholeNanoseconds
    autoscalers = informers.informer(HorizontalPodAutoscaler.self)
    let pods = informers.informer(Pod.self)
    let selectedPods = SelectedPods(
      find: { pods.find($0.namespace, $0.name) }, findPlace: { pods.find(place: $0) },
      list: { pods.list(namespace: $0) },
      isBefore: { NameGenerator.isEarlier($0.metadata.uid, $1.metadata.uid) },
      view: AutoscalerPod.view())
    scene = AutoscalerScene(server: server, selectedPods: selectedPods)
    latency = simulation.randomStream("kubernetes/autoscaler/latency")
    pods.onChange { [weak selectedPods] old, new in selectedPods?.podChanged(old, new) }
    autoscalers.onChange { [weak self] old, new in
      guard let self else { return }
      if let new {
        plan(follow(new))
      } else if let old {
        forget(old.key)
      }
    }
  }

  private func follow(_ autoscaler: HorizontalPodAutoscaler) -> FollowedAutoscaler {
    let place = autoscaler.metadata.place
    if let known = followed[autoscaler.key] {
      known.place = place
      return known
    }
    let new = FollowedAutoscaler(autoscaler.key, place: place, scene: scene)
    followed[autoscaler.key] = new
    return new
  }

  private func forget(_ key: ObjectKey) {
    followed[key]?.memory = nil
    scene.forget(key)
  }

  private func plan(_ followed: FollowedAutoscaler) {
    if followed.isPlanned { return }
    followed.isPlanned = true
    simulation.schedule(afterNanoseconds: syncNanoseconds) { [weak self] in self?.look(followed) }
  }

  private func look(_ followed: FollowedAutoscaler) {
    followed.isPlanned = false
    guard let autoscaler = autoscalers.find(place: followed.place),
      autoscaler.key == followed.key
    else {
      self.followed[followed.key] = nil
      return
    }
    let reconciliation = decide(autoscaler, followed)
    // 5 to 20 ms.
    let takes = 5_000_000 + Int64(latency.integer(below: 15_000_001))
    simulation.schedule(afterNanoseconds: takes) { [self] in
      apply(reconciliation, to: autoscaler)
      plan(followed)
    }
  }

  /// Reads and decides; the effect is written a moment later, as with upstream's parallel workers.
  private func decide(
    _ autoscaler: HorizontalPodAutoscaler, _ followed: FollowedAutoscaler
  ) -> AutoscalerReconciliation {
    let memory = followed.memory ?? AutoscalerMemory()
    followed.memory = memory
    let before = memory.selector
    var reconciliation = AutoscalerReconciliation(
      autoscaler, memory: memory, settings: settings, surroundings: followed)
    reconciliation.decide()
    if let selector = memory.selector, selector != before {
      scene.remember(selector, of: followed.key)
    }
    return reconciliation
  }

  private func apply(
    _ decided: AutoscalerReconciliation, to original: HorizontalPodAutoscaler
  ) {
    var reconciliation = decided
    reconciliation.apply()
    let autoscaler = reconciliation.autoscaler
    if autoscaler.hasSameStatus(as: original) { return }
    _ = try? server.modifyStatus(
      HorizontalPodAutoscaler.self, original.metadata.namespace, original.metadata.name
    ) { $0.takeStatus(from: autoscaler) }
  }
}
