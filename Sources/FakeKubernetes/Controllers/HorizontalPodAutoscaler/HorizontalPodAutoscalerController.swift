package import KubernetesAPI
import SimulationKernel

/// Sizes targets by their metrics, every 15 s each.
///
/// Source: `pkg/controller/podautoscaler/horizontal.go`.
package final class HorizontalPodAutoscalerController {
  let server: APIServer
  let simulation: Simulation
  let settings: AutoscalerSettings
  let recorder: EventRecorder
  /// Where metrics come from; nil: there is no metrics API.
  package var metrics: (any MetricsSource)?
  private let autoscalers: Informer<HorizontalPodAutoscaler>
  private let selectedPods: SelectedPods<AutoscalerPod>
  private let latency: RandomStream
  private(set) var memories: [ObjectKey: AutoscalerMemory] = [:]
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
    let pods = informers.informer(Pod.self)
    selectedPods = SelectedPods(
      find: { pods.find($0.namespace, $0.name) }, list: { pods.list(namespace: $0) },
      isBefore: { NameGenerator.isEarlier($0.metadata.uid, $1.metadata.uid) },
      view: AutoscalerPod.view())
    latency = simulation.randomStream("kubernetes/autoscaler/latency")
    pods.onChange { [weak selectedPods] old, new in selectedPods?.podChanged(old, new) }
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

  /// Reads and decides; the effect is written a moment later, as with upstream's parallel workers.
  private func reconcile(_ original: HorizontalPodAutoscaler) -> () -> Void {
    let key = original.key
    var reconciliation = AutoscalerReconciliation(
      original, memory: memories[key] ?? AutoscalerMemory(), settings: settings,
      surroundings: self)
    reconciliation.decide()
    memories[key] = reconciliation.memory
    return { [self] in
      reconciliation.apply()
      if memories[key] != nil { memories[key] = reconciliation.memory }
      writeStatus(reconciliation.autoscaler, original)
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
}

extension HorizontalPodAutoscalerController: AutoscalerSurroundings {
  package var nowNanoseconds: Int64 { server.wallNanoseconds }

  package func scale(
    of target: CrossVersionObjectReference, namespace: String
  ) throws(StatusError) -> Scale {
    try server.scale(kind: target.kind, namespace, target.name)
  }

  package func setScale(
    of target: CrossVersionObjectReference, namespace: String, replicas: Int
  ) throws(StatusError) {
    try server.setScale(kind: target.kind, namespace, target.name, replicas: replicas)
  }

  /// In order of creation: upstream's cache, a Go map, gives a few pods mostly in the order in which
  /// they were added.
  package func pods(namespace: String, selector: LabelQuery) -> [AutoscalerPod] {
    selectedPods.pods(namespace, selector)
  }

  package func others(
    than autoscaler: ObjectKey, whose matches: (LabelQuery) -> Bool
  ) -> [ObjectKey] {
    var found: [ObjectKey] = []
    for (key, memory) in memories where key.namespace == autoscaler.namespace {
      if let selector = memory.selector, key != autoscaler, matches(selector) { found.append(key) }
    }
    return found.sorted()
  }

  package func record(
    _ autoscaler: HorizontalPodAutoscaler, _ severity: EventRecorder.Severity, _ reason: String,
    _ message: String
  ) {
    recorder.record(autoscaler, severity, reason, message)
  }

  package func scaled(_ autoscaler: HorizontalPodAutoscaler, from current: Int, to desired: Int) {
    simulation.trace.record(
      "autoscaler.scaled", "\(autoscaler.key)",
      [("from", .integer(Int64(current))), ("to", .integer(Int64(desired)))])
  }
}
