import JSON
import KubernetesAPI

extension APIServer {
  /// Takes over the containers' resources of a given pod, and nothing else of it.
  ///
  /// nil: the kind has no resize subresource. Source: `pkg/registry/core/pod/strategy.go`
  /// podResizeStrategy.
  func resize<Object: KubernetesObject>(_ old: Object, as given: Object) throws(StatusError)
    -> JSONValue?
  {
    guard let pod = old as? Pod, let given = given as? Pod else { return nil }
    var changed = pod
    for index in changed.spec.containers.indices {
      let name = changed.spec.containers[index].name
      guard let wanted = given.spec.containers.first(where: { $0.name == name }) else { continue }
      changed.spec.containers[index].resources = wanted.resources
    }
    changed.applyDefaults()
    if count(ResourceQuota.self) > 0 { try QuotaRules.charge(changed, over: pod, self) }
    if !changed.hasSameSpec(as: pod) { changed.metadata.generation += 1 }
    return store(changed, over: pod).json
  }
}
