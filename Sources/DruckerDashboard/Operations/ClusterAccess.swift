import JSON
import KubernetesAPI

/// A cluster's API in the dashboard's words for errors.
struct ClusterAccess {
  static let deployments = "deployments.apps"
  static let services = "services"
  static let ingresses = "ingresses.networking.k8s.io"
  static let autoscalers = "horizontalpodautoscalers.autoscaling"
  static let namespaces = "namespaces"

  let client: any KubernetesClient

  func list(_ kind: String, labels: String) throws(DashboardError) -> [JSONValue] {
    try unwrap(
      client.list(kind, namespace: "", labelSelector: labels), "list the \(kind)")
  }

  /// The object, nil where there is none.
  func find(
    _ kind: String, _ name: String, in namespace: String
  ) throws(DashboardError) -> JSONValue? {
    let result = client.get(kind, namespace: namespace, name: name)
    if case .failure(let error) = result, error.isNotFound { return nil }
    return try unwrap(result, "read \(kind) \(namespace)/\(name)")
  }

  func get(
    _ kind: String, _ name: String, in namespace: String
  ) throws(DashboardError) -> JSONValue {
    try unwrap(
      client.get(kind, namespace: namespace, name: name), "read \(kind) \(namespace)/\(name)")
  }

  func create(_ object: JSONValue, in namespace: String) throws(DashboardError) {
    _ = try unwrap(client.create(object, namespace: namespace), "create the \(label(object))")
  }

  func createNamespace(_ object: JSONValue, name: String) throws(DashboardError) {
    if try find(Self.namespaces, name, in: "") != nil { return }
    let result = client.create(object, namespace: "")
    if case .failure(let error) = result, error.isAlreadyExists { return }
    _ = try unwrap(result, "create the namespace \(name)")
  }

  func replace(_ object: JSONValue, in namespace: String) throws(DashboardError) {
    _ = try unwrap(client.replace(object, namespace: namespace), "replace the \(label(object))")
  }

  func patch(
    _ kind: String, _ name: String, in namespace: String, _ type: PatchType, _ patch: JSONValue
  ) throws(DashboardError) {
    let result = client.patch(
      kind, namespace: namespace, name: name, subresource: "", type: type, patch)
    _ = try unwrap(result, "patch \(kind) \(namespace)/\(name)")
  }

  /// Deletes an object; one that is not there is as good as deleted.
  func delete(_ kind: String, _ name: String, in namespace: String) throws(DashboardError) {
    let result = client.delete(
      kind, namespace: namespace, name: name,
      options: DeleteOptions(propagationPolicy: .background))
    if case .failure(let error) = result, error.isNotFound { return }
    _ = try unwrap(result, "delete \(kind) \(namespace)/\(name)")
  }

  private func label(_ object: JSONValue) -> String {
    let kind = object["kind"]?.stringValue ?? "object"
    return "\(kind) \(object.value(at: "metadata", "name")?.stringValue ?? "")"
  }

  private func unwrap<Value>(
    _ result: Result<Value, StatusError>, _ action: String
  ) throws(DashboardError) -> Value {
    switch result {
    case .success(let value): return value
    case .failure(let error):
      throw DashboardError(
        code: .kubernetes,
        message: "cannot \(action): \(error.message) (\(error.code) \(error.reason))")
    }
  }
}
