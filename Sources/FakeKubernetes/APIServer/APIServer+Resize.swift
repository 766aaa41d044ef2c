import JSON
import KubernetesAPI

extension APIServer {
  /// Takes over the resources of a given pod's containers, and nothing else of it.
  ///
  /// nil: the kind has no resize subresource. Throws 422 if a change is none of CPU and memory, takes
  /// something away or gives the pod another class of service, 403 if a quota has too little left.
  /// Source: `pkg/registry/core/pod/strategy.go` podResizeStrategy.
  func resize<Object: KubernetesObject>(_ old: Object, as given: Object) throws(StatusError)
    -> JSONValue?
  {
    guard let pod = old as? Pod, let given = given as? Pod else { return nil }
    try faults.check()
    var changed = pod
    changed.spec.containers = pod.spec.containers.resized(as: given.spec.containers)
    changed.spec.initContainers = pod.spec.initContainers.resized(as: given.spec.initContainers)
    changed.applyDefaults()
    var causes = CauseList()
    PodResizeRules.validate(changed, over: pod, &causes)
    if !causes.causes.isEmpty { throw .invalid(Pod.resource, pod.metadata.name, causes.causes) }
    if changed.hasSameSpec(as: pod) { return pod.json }
    if count(ResourceQuota.self) > 0 { try QuotaRules.charge(changed, over: pod, self) }
    changed.metadata.generation += 1
    return store(changed, over: pod).json
  }
}

extension [Container] {
  /// These with other resources and policies; others in their place if they are not the same ones,
  /// which is refused then (dropNonResizeUpdatesForContainers).
  fileprivate func resized(as given: [Container]) -> [Container] {
    if map(\.name) != given.map(\.name) { return given }
    return zip(self, given).map { old, new in
      var container = old
      container.resources = new.resources
      container.others["resizePolicy"] = new.others["resizePolicy"]
      return container
    }
  }
}

/// What of a pod's resources may change while it runs.
///
/// Source: `pkg/apis/core/validation/validation.go` ValidatePodResize.
private enum PodResizeRules {
  static func validate(_ pod: Pod, over old: Pod, _ causes: inout CauseList) {
    if let reason = refusal(pod, over: old) { return causes.forbidden("[]", reason) }
    pod.validate(&causes)
    let isKnown = !old.status.qosClass.isEmpty
    if isKnown, old.status.qosClass != pod.spec.content.value.qualityOfService {
      causes.invalid(
        "spec", old.status.qosClass.goQuoted,
        "Pod QOS Class may not change as a result of resizing")
    }
    let running = old.status.containerStatuses.first { $0.state.running != nil }
    if let running, running.resources == nil {
      causes.forbidden("spec", "Pod running on node without support for resize")
    }
    let count = causes.causes.count
    checkOrder(pod.spec.containers, over: old.spec.containers, "containers", &causes)
    checkOrder(pod.spec.initContainers, over: old.spec.initContainers, "initContainers", &causes)
    if causes.causes.count > count { return }
    for (index, container) in old.spec.initContainers.enumerated()
    where PodStatusRules.isSidecar(container) {
      let path = "spec.initContainers[\(index)].resources"
      checkRemoval(pod.spec.initContainers[index], over: container, path, &causes)
    }
    for (index, container) in old.spec.containers.enumerated() {
      let path = "spec.containers[\(index)].resources"
      checkRemoval(pod.spec.containers[index], over: container, path, &causes)
    }
    checkOthers(pod, over: old, &causes)
  }

  /// Why pods of a kind cannot be resized at all; nothing else is said of them.
  private static func refusal(_ pod: Pod, over old: Pod) -> String? {
    let hasShared = [pod, old].contains { pod in
      pod.spec.content.value.resources.map { !$0.requests.isEmpty || !$0.limits.isEmpty } ?? false
    }
    if hasShared { return "pods with pod-level resources cannot be resized" }
    if old.metadata.annotations["kubernetes.io/config.mirror"] != nil {
      return "static pods cannot be resized"
    }
    let isWindows = old.spec.content.value.others["os"]?["name"] == "windows"
    return isWindows ? "windows pods cannot be resized" : nil
  }

  private static func checkOrder(
    _ containers: [Container], over old: [Container], _ field: String, _ causes: inout CauseList
  ) {
    if containers.count != old.count {
      return causes.forbidden("spec.\(field)", "\(field) may not be added or removed on resize")
    }
    for (index, container) in old.enumerated() where containers[index].name != container.name {
      causes.forbidden(
        "spec.\(field)[\(index)].name", "\(field) may not be renamed or reordered on resize")
    }
  }

  /// validateContainerResize.
  private static func checkRemoval(
    _ container: Container, over old: Container, _ path: String, _ causes: inout CauseList
  ) {
    let (new, before) = (container.resources, old.resources)
    if before.requests.names.contains(where: { new.requests[$0] == nil }) {
      causes.forbidden("\(path).requests", "resource requests cannot be removed")
    }
    if before.limits.names.contains(where: { new.limits[$0] == nil }) {
      causes.forbidden("\(path).limits", "resource limits cannot be removed")
    }
  }

  /// Only CPU and memory may be others than before, and only of containers and sidecars.
  private static func checkOthers(_ pod: Pod, over old: Pod, _ causes: inout CauseList) {
    for (new, before) in zip(pod.spec.containers, old.spec.containers)
    where !isSameButForProcessors(new, before) {
      causes.forbidden("spec", "only cpu and memory resources are mutable")
    }
    for (new, before) in zip(pod.spec.initContainers, old.spec.initContainers) {
      if !PodStatusRules.isSidecar(new) {
        if new != before {
          causes.forbidden("spec", "resources for non-sidecar init containers are immutable")
        }
      } else if !isSameButForProcessors(new, before) {
        causes.forbidden(
          "spec", "only cpu and memory resources for sidecar containers are mutable")
      }
    }
  }

  /// Whether nothing but CPU and memory differs (dropCPUMemoryResourcesFromContainer).
  ///
  /// As upstream, a list that there was not before may have anything, and claims of devices are
  /// taken for a change.
  private static func isSameButForProcessors(_ new: Container, _ old: Container) -> Bool {
    func dropped(_ list: ResourceList, _ before: ResourceList) -> ResourceList {
      if before.isEmpty { return before }
      var result = list
      for name in ["cpu", "memory"] { result[name] = before[name] }
      return result
    }
    var kept = new
    kept.resources = ResourceRequirements()
    kept.resources.limits = dropped(new.resources.limits, old.resources.limits)
    kept.resources.requests = dropped(new.resources.requests, old.resources.requests)
    return kept == old
  }
}
