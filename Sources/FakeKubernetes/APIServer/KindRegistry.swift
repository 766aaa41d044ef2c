import KubernetesAPI

/// The kinds that the server stores.
enum KindRegistry {
  static let types: [any KubernetesObject.Type] = [
    Pod.self, Deployment.self, ReplicaSet.self, Service.self, Endpoints.self, EndpointSlice.self,
    Ingress.self, HorizontalPodAutoscaler.self, Node.self, Namespace.self, Event.self, Lease.self,
    ConfigMap.self, Secret.self, ResourceQuota.self, PodDisruptionBudget.self, PriorityClass.self,
  ]

  /// The kind of a plural, `plural.group`, short name or kind name.
  static func type(named name: String) -> (any KubernetesObject.Type)? {
    types.first { type in
      let resource = type.resource
      return resource.qualifiedName == name || resource.plural == name || resource.kind == name
        || resource.shortNames.contains(name)
    }
  }

  /// The kind of an object's `apiVersion` and `kind`; other versions of a known group are taken.
  static func type(apiVersion: String, kind: String) -> (any KubernetesObject.Type)? {
    let parts = apiVersion.split(separator: "/")
    let group = parts.count == 2 ? String(parts[0]) : ""
    return types.first { $0.resource.kind == kind && $0.resource.group == group }
  }
}
