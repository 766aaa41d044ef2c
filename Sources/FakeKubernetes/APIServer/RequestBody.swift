import JSON
import KubernetesAPI

extension APIRequest {
  /// The body as an object of that kind; its kind and version may be left out.
  ///
  /// Source: `apiserver/pkg/endpoints/handlers/create.go`; what another kind is told is that of
  /// `apimachinery/pkg/runtime/converter.go`.
  func object<Object: KubernetesObject>(_ type: Object.Type) throws(StatusError) -> JSONValue {
    guard let body else { throw .badRequest("the request has no body") }
    let resource = Object.resource
    let expected = group.isEmpty ? version : "\(group)/\(version)"
    let apiVersion = body["apiVersion"]?.stringValue ?? ""
    let kind = body["kind"]?.stringValue ?? ""
    if apiVersion.isEmpty || kind.isEmpty || apiVersion == expected && kind == resource.kind {
      return body
    }
    if KnownKinds.group(of: apiVersion) == group, kind == resource.kind,
      KnownKinds.versions(of: group).contains(KnownKinds.version(of: apiVersion))
    {
      throw .badRequest(
        "the API version in the data (\(apiVersion)) does not match the expected API version "
          + "(\(expected))")
    }
    throw .anotherKind(apiVersion, kind, as: resource)
  }

  /// Throws 400 if the body says that it is of another kind than one that is not stored.
  func checkKind(_ kind: String, group: String) throws(StatusError) {
    guard let given = body?["kind"]?.stringValue, given != kind else { return }
    let apiVersion = body?["apiVersion"]?.stringValue ?? ""
    throw .anotherKind(
      apiVersion, given, as: ResourceType(group: group, kind: kind, plural: ""))
  }
}

extension StatusError {
  /// 400: a body of another kind than the place takes.
  static func anotherKind(_ apiVersion: String, _ kind: String, as resource: ResourceType)
    -> StatusError
  {
    .badRequest(
      "\(kind) in version \"\(KnownKinds.version(of: apiVersion))\" cannot be handled as a "
        + "\(resource.kind): \(conversionFault(apiVersion, kind, as: resource))")
  }

  /// Why an object of one kind cannot be read as one of another.
  static func conversionFault(_ apiVersion: String, _ kind: String, as resource: ResourceType)
    -> String
  {
    KnownKinds.contains(apiVersion, kind)
      ? "converting (\(KnownKinds.version(of: apiVersion)).\(kind)) to "
        + "(\(resource.internalPackage).\(resource.kind)): unknown conversion"
      : "no kind \"\(kind)\" is registered for version \"\(apiVersion)\" in scheme "
        + "\"pkg/runtime/scheme.go:110\""
  }
}

/// The kinds that upstream's decoder knows, those included that are not served here.
enum KnownKinds {
  private static let kinds = [
    "v1": [
      "Binding", "ConfigMap", "DeleteOptions", "Endpoints", "Event", "LimitRange", "List",
      "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate",
      "ReplicationController", "ResourceQuota", "Secret", "Service", "ServiceAccount", "Status",
    ],
    "apps/v1": ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
    "autoscaling/v1": ["HorizontalPodAutoscaler", "Scale"],
    "autoscaling/v2": ["HorizontalPodAutoscaler"],
    "batch/v1": ["CronJob", "Job"],
    "coordination.k8s.io/v1": ["Lease"],
    "discovery.k8s.io/v1": ["EndpointSlice"],
    "events.k8s.io/v1": ["Event"],
    "networking.k8s.io/v1": ["Ingress", "IngressClass", "NetworkPolicy"],
    "policy/v1": ["Eviction", "PodDisruptionBudget"],
    "policy/v1beta1": ["Eviction", "PodDisruptionBudget"],
    "scheduling.k8s.io/v1": ["PriorityClass"],
  ]

  /// Versions in which the kinds of a group were or are written.
  static func versions(of group: String) -> [String] {
    switch group {
    case "": ["v1"]
    case "apps": ["v1", "v1beta1", "v1beta2"]
    case "autoscaling": ["v1", "v2", "v2beta1", "v2beta2"]
    default: ["v1", "v1beta1"]
    }
  }

  static func group(of apiVersion: String) -> String {
    apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
  }

  static func version(of apiVersion: String) -> String {
    String(apiVersion.split(separator: "/").last ?? "")
  }

  /// Whether objects of a kind are kept in some version of its group.
  static func isKept(group: String, kind: String) -> Bool {
    let transient = ["Binding", "DeleteOptions", "Eviction", "List", "Scale", "Status"]
    return !transient.contains(kind)
      && kinds.contains { Self.group(of: $0.key) == group && $0.value.contains(kind) }
  }

  static func contains(_ apiVersion: String, _ kind: String) -> Bool {
    let known = kinds[apiVersion] ?? []
    return known.contains(kind)
      || kind.hasSuffix("List") && known.contains(String(kind.dropLast("List".count)))
  }
}
