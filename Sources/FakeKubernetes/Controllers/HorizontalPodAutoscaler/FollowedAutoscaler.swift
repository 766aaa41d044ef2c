import KubernetesAPI
import SimulationKernel

/// An autoscaler that is looked at again and again, with what its looks have in common.
final class FollowedAutoscaler {
  let key: ObjectKey
  /// Where the store keeps it.
  @exclusivity(unchecked) var place: Int32
  /// Nil before the first look and once the autoscaler is gone.
  @exclusivity(unchecked) var memory: AutoscalerMemory?
  /// Whether the next look has its time.
  @exclusivity(unchecked) var isPlanned = false
  private let scene: AutoscalerScene
  @exclusivity(unchecked) private var selection: SelectedPods<AutoscalerPod>.Selection?
  @exclusivity(unchecked) private var target: ObjectRecord<Deployment>?
  /// The target whose selector was put into words last, and those words.
  @exclusivity(unchecked) private var worded = (target: Deployment(), selector: "")

  init(_ key: ObjectKey, place: Int32, scene: AutoscalerScene) {
    self.key = key
    self.place = place
    self.scene = scene
  }

  /// The Deployment of a name; mostly it is where it was at the last look.
  private func deployment(_ name: String) -> Deployment? {
    if let target, target.key.name == name, let object = target.object { return object }
    target = scene.server.table(Deployment.self).record(ObjectKey(key.namespace, name))
    return target?.object
  }

  private func selector(of deployment: Deployment) -> String {
    if worded.target.sharesSpec(with: deployment) { return worded.selector }
    worded = (deployment, deployment.spec.selector.text)
    return worded.selector
  }
}

extension FollowedAutoscaler: AutoscalerSurroundings {
  var nowNanoseconds: Int64 { scene.server.wallNanoseconds }
  var metrics: (any MetricsSource)? { scene.metrics }
  var selectorsState: Int { scene.selectorsState }

  func scale(
    of target: CrossVersionObjectReference, namespace: String
  ) throws(StatusError) -> TargetScale {
    if target.kind == "Deployment", target.apiVersion == "apps/v1",
      let deployment = deployment(target.name)
    {
      return TargetScale(
        replicas: deployment.scaleReplicas, statusReplicas: deployment.scaleStatusReplicas,
        selector: selector(of: deployment))
    }
    let group = KnownKinds.group(of: target.apiVersion)
    guard KnownKinds.isKept(group: group, kind: target.kind) else {
      throw StatusError(
        code: 404, reason: "NotFound",
        message: "no matches for kind \(target.kind.goQuoted) in group \(group.goQuoted)")
    }
    let scale = try scene.server.scale(kind: target.kind, namespace, target.name)
    return TargetScale(
      replicas: scale.spec.replicas, statusReplicas: scale.status.replicas,
      selector: scale.status.selector)
  }

  func setScale(
    of target: CrossVersionObjectReference, namespace: String, replicas: Int
  ) throws(StatusError) {
    try scene.server.setScale(
      kind: target.kind, namespace, target.name, replicas: replicas)
  }

  /// In order of creation: upstream's cache, a Go map, gives a few pods mostly in the order in which
  /// they were added.
  func pods(namespace: String, selector: LabelQuery) -> [AutoscalerPod] {
    if let selection, selection.isFollowed, selection.query == selector {
      return scene.selectedPods.pods(selection)
    }
    let found = scene.selectedPods.selection(namespace, selector)
    selection = found
    return scene.selectedPods.pods(found)
  }

  func others(
    than autoscaler: ObjectKey, whose matches: (LabelQuery) -> Bool
  ) -> [ObjectKey] {
    scene.others(than: autoscaler, whose: matches)
  }

  func record(
    _ autoscaler: HorizontalPodAutoscaler, _ severity: EventRecorder.Severity, _ reason: String,
    _ message: String
  ) {
    scene.recorder.record(autoscaler, severity, reason, message)
  }

  func scaled(_ autoscaler: HorizontalPodAutoscaler, from current: Int, to desired: Int) {
    scene.server.simulation.trace.record(
      "autoscaler.scaled", "\(autoscaler.key)",
      [("from", .integer(Int64(current))), ("to", .integer(Int64(desired)))])
  }
}
