import JSON
import KubernetesAPI

extension APIRequest {
  /// What people are told about a request that succeeded; `generation` is that from before.
  ///
  /// Source: `WarningsOnCreate` and `WarningsOnUpdate` of the strategies under `pkg/registry`,
  /// `pkg/api/service/warnings.go`.
  func warnings(about answer: JSONValue, generation: Int64?) -> [String] {
    if subresource != "" { return [] }
    let isWrite = [.create, .update, .patch].contains(verb)
    let isMade = verb == .create
    let isChanged =
      generation != nil && answer.value(at: "metadata", "generation")?.integerValue != generation
    switch resource {
    case "endpoints": return Self.deprecations
    case "pods" where isMade: return (try? Pod(json: answer))?.warnings ?? []
    case "deployments" where isMade || isChanged:
      guard let deployment = try? Deployment(json: answer) else { return [] }
      return isMade ? deployment.warnings : deployment.templateWarnings
    case "replicasets" where isMade || isChanged:
      guard let replicaSet = try? ReplicaSet(json: answer) else { return [] }
      return isMade ? replicaSet.warnings : replicaSet.templateWarnings
    case "services" where isWrite: return Self.warnings(aboutService: answer)
    case "ingresses" where isMade: return Self.warnings(aboutIngress: answer)
    default: return []
    }
  }

  private static func warnings(aboutIngress answer: JSONValue) -> [String] {
    let key = "kubernetes.io/ingress.class"
    guard let ingress = try? Ingress(json: answer), ingress.metadata.annotations[key] != nil,
      ingress.spec.ingressClassName == nil
    else { return [] }
    return ["annotation \(key.goQuoted) is deprecated, please use 'spec.ingressClassName' instead"]
  }

  /// Which kinds are served although they are no longer recommended.
  private static let deprecations = [
    "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
  ]

  /// What is told whether or not the request succeeds.
  var deprecationWarnings: [String] { resource == "endpoints" ? Self.deprecations : [] }

  private static func warnings(aboutService answer: JSONValue) -> [String] {
    guard let service = try? Service(json: answer) else { return [] }
    var result: [String] = []
    let old = "service.kubernetes.io/topology-aware-hints"
    if service.metadata.annotations[old] != nil {
      result.append(
        "annotation \(old) is deprecated, please use service.kubernetes.io/topology-mode instead")
    }
    if service.spec.clusterIP == "None" {
      if !service.spec.loadBalancerIP.isEmpty {
        result.append("spec.loadBalancerIP is ignored when spec.clusterIP is \"None\"")
      }
      if !service.spec.externalIPs.isEmpty {
        result.append("spec.externalIPs is ignored when spec.clusterIP is \"None\"")
      }
      if service.spec.sessionAffinity != "None" {
        result.append("spec.SessionAffinity is ignored for headless services")
      }
    }
    if !service.spec.externalName.isEmpty, service.spec.type != "ExternalName" {
      result.append("spec.externalName is ignored when spec.type is not \"ExternalName\"")
    }
    return result
  }
}
