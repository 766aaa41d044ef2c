import JSON
import KubernetesAPI

extension APIServer {
  /// Answers what leads to a pod's containers, as far as the API server itself decides.
  ///
  /// Source: `pkg/registry/core/pod/rest`, `pkg/registry/core/pod/strategy.go` LogLocation and
  /// streamLocation. What comes from the node is for the HTTP layer.
  func respondPodConnection(_ request: APIRequest) throws(StatusError) -> APIResponse {
    let isLog = request.subresource == "log"
    if isLog ? request.verb != .get : request.verb != .get && request.verb != .create {
      throw .notAllowed
    }
    if isLog { try checkLogOptions(request) }
    let pod = try get(Pod.self, request.namespace, request.name)
    if request.subresource != "portforward" {
      try checkContainer(request.query["container"] ?? "", of: pod)
    }
    if pod.spec.nodeName.isEmpty {
      if isLog { return APIResponse(code: 204, body: .null) }
      throw .badRequest("pod \(request.name) does not have a host assigned")
    }
    _ = try get(Node.self, "", pod.spec.nodeName)
    throw StatusError(
      code: 503, reason: "ServiceUnavailable",
      message: "the node \(pod.spec.nodeName) of pod \(request.name) is not reached this way")
  }

  /// Source: `pkg/apis/core/validation/validation.go` ValidatePodLogOptions.
  private func checkLogOptions(_ request: APIRequest) throws(StatusError) {
    var causes = CauseList()
    if let lines = try request.number("tailLines"), lines < 0 {
      causes.invalid("tailLines", "\(lines)", "must be greater than or equal to 0")
    }
    if let bytes = try request.number("limitBytes"), bytes < 1 {
      causes.invalid("limitBytes", "\(bytes)", "must be greater than 0")
    }
    let seconds = try request.number("sinceSeconds")
    if seconds != nil, request.query["sinceTime"] != nil {
      causes.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified")
    } else if let seconds, seconds < 1 {
      causes.invalid("sinceSeconds", "\(seconds)", "must be greater than 0")
    }
    if causes.causes.isEmpty { return }
    throw .invalid(
      ResourceType(kind: "PodLogOptions", plural: ""), request.name, causes.causes)
  }

  private func checkContainer(_ name: String, of pod: Pod) throws(StatusError) {
    let names = pod.spec.containers.map(\.name)
    let initNames = pod.spec.initContainers.map(\.name)
    if !name.isEmpty {
      if names.contains(name) || initNames.contains(name) { return }
      throw .badRequest("container \(name) is not valid for pod \(pod.metadata.name)")
    }
    if names.count == 1 { return }
    var message =
      "a container name must be specified for pod \(pod.metadata.name), choose one of: "
      + "[\(names.joined(separator: " "))]"
    if !initNames.isEmpty {
      message += " or one of the init containers: [\(initNames.joined(separator: " "))]"
    }
    throw .badRequest(message)
  }
}
