import JSON

/// Everything that the Kubernetes objects of one service are made from.
package struct ServiceObjects: Sendable, Equatable {
  /// The names.
  package var identity: ServiceIdentity
  /// What the form says.
  package var form: ServiceForm
  /// What the cluster says.
  package var cluster: KubernetesCluster.Settings
  /// The model that the first start assigns; nil leaves the worker's default.
  package var modelFile: String?

  package init(
    identity: ServiceIdentity, form: ServiceForm, cluster: KubernetesCluster.Settings,
    modelFile: String? = nil
  ) {
    self.identity = identity
    self.form = form
    self.cluster = cluster
    self.modelFile = modelFile
  }

  var labels: JSONValue {
    [
      ServiceIdentity.workerLabel.key: .string(ServiceIdentity.workerLabel.value),
      "app": .string(identity.applicationName), "sel": .string(identity.serviceName),
    ]
  }

  func metadata(_ name: String) -> JSONValue {
    [
      "name": .string(name), "namespace": .string(identity.namespace), "labels": labels,
    ]
  }
}
