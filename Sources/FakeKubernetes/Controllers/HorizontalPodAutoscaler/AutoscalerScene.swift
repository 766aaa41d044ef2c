import KubernetesAPI

/// What all autoscalers look at, and what they know of each other.
final class AutoscalerScene {
  let server: APIServer
  let recorder: EventRecorder
  let selectedPods: SelectedPods<AutoscalerPod>
  /// Where metrics come from; nil: there is no metrics API.
  @exclusivity(unchecked) var metrics: (any MetricsSource)?
  /// The selectors that are known, in order of the autoscalers' names.
  @exclusivity(unchecked) private var selectors: [(autoscaler: ObjectKey, selector: LabelQuery)] =
    []
  /// Grows with each change of the selectors.
  @exclusivity(unchecked) private(set) var selectorsState = 0

  init(server: APIServer, selectedPods: SelectedPods<AutoscalerPod>) {
    self.server = server
    self.selectedPods = selectedPods
    recorder = EventRecorder(server: server, component: "horizontal-pod-autoscaler")
  }

  /// Remembers the selector of an autoscaler's target.
  func remember(_ selector: LabelQuery, of autoscaler: ObjectKey) {
    selectorsState += 1
    if let known = selectors.firstIndex(where: { $0.autoscaler == autoscaler }) {
      selectors[known].selector = selector
      return
    }
    let place = selectors.firstIndex { autoscaler < $0.autoscaler } ?? selectors.count
    selectors.insert((autoscaler, selector), at: place)
  }

  /// Forgets an autoscaler that is gone.
  func forget(_ autoscaler: ObjectKey) {
    selectorsState += 1
    selectors.removeAll { $0.autoscaler == autoscaler }
  }

  /// The other autoscalers of the namespace whose selectors match.
  func others(
    than autoscaler: ObjectKey, whose matches: (LabelQuery) -> Bool
  ) -> [ObjectKey] {
    var found: [ObjectKey] = []
    for (other, selector) in selectors
    where other.namespace == autoscaler.namespace && other != autoscaler && matches(selector) {
      found.append(other)
    }
    return found
  }
}
