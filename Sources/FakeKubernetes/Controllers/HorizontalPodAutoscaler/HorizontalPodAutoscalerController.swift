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
  @exclusivity(unchecked) private var followed: [ObjectKey: Followed] = [:]
  /// The selectors that are known, in order of the autoscalers' names.
  @exclusivity(unchecked) private var selectors: [(autoscaler: ObjectKey, selector: LabelQuery)] =
    []

  /// An autoscaler that is looked at again and again.
  private final class Followed {
    let key: ObjectKey
    /// Nil before the first look and once the autoscaler is gone.
    @exclusivity(unchecked) var memory: AutoscalerMemory?
    /// Whether the next look has its time.
    @exclusivity(unchecked) var isPlanned = false

    init(_ key: ObjectKey) { self.key = key }
  }

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
        plan(follow(new.key))
      } else if let old {
        forget(old.key)
      }
    }
  }

  private func follow(_ key: ObjectKey) -> Followed {
    if let known = followed[key] { return known }
    let new = Followed(key)
    followed[key] = new
    return new
  }

  private func forget(_ key: ObjectKey) {
    followed[key]?.memory = nil
    selectors.removeAll { $0.autoscaler == key }
  }

  private func plan(_ followed: Followed) {
    if followed.isPlanned { return }
    followed.isPlanned = true
    simulation.schedule(after: settings.syncPeriod) { [weak self] in self?.look(followed) }
  }

  private func look(_ followed: Followed) {
    followed.isPlanned = false
    guard let autoscaler = autoscalers.find(followed.key.namespace, followed.key.name) else {
      self.followed[followed.key] = nil
      return
    }
    let effect = reconcile(autoscaler, followed)
    let takes = latency.duration(in: .milliseconds(5)...(.milliseconds(20)))
    simulation.schedule(after: takes) { [weak self] in
      effect()
      self?.plan(followed)
    }
  }

  /// Reads and decides; the effect is written a moment later, as with upstream's parallel workers.
  private func reconcile(_ original: HorizontalPodAutoscaler, _ followed: Followed) -> () -> Void {
    var reconciliation = AutoscalerReconciliation(
      original, memory: followed.memory ?? AutoscalerMemory(), settings: settings,
      surroundings: self)
    reconciliation.decide()
    remember(reconciliation.memory, of: followed)
    return { [self] in
      reconciliation.apply()
      if followed.memory != nil { followed.memory = reconciliation.memory }
      writeStatus(reconciliation.autoscaler, original)
    }
  }

  private func remember(_ memory: AutoscalerMemory, of followed: Followed) {
    let before = followed.memory?.selector
    followed.memory = memory
    guard let selector = memory.selector, selector != before else { return }
    if let known = selectors.firstIndex(where: { $0.autoscaler == followed.key }) {
      selectors[known].selector = selector
      return
    }
    let place = selectors.firstIndex { followed.key < $0.autoscaler } ?? selectors.count
    selectors.insert((followed.key, selector), at: place)
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
    let group = KnownKinds.group(of: target.apiVersion)
    guard KnownKinds.isKept(group: group, kind: target.kind) else {
      throw StatusError(
        code: 404, reason: "NotFound",
        message: "no matches for kind \(target.kind.goQuoted) in group \(group.goQuoted)")
    }
    return try server.scale(kind: target.kind, namespace, target.name)
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
    for index in selectors.indices
    where selectors[index].autoscaler.namespace == autoscaler.namespace
      && selectors[index].autoscaler != autoscaler && matches(selectors[index].selector)
    {
      found.append(selectors[index].autoscaler)
    }
    return found
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
