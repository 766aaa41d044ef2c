/// The names that everything of one service is derived from.
package struct ServiceIdentity: Sendable, Equatable {
  /// The label that marks an object as a worker's, and its value.
  package static let workerLabel = (key: "drucker-worker", value: "True")
  /// The gRPC interface's version in hosts since Drucker 0.4.
  package static let interfaceVersion = "v2"

  /// The application.
  package var applicationName: String
  /// The service level, which is the namespace.
  package var serviceLevel: String
  /// `<application>-<level>-<yyyyMMddHHmmss>`.
  package var serviceName: String

  package init(applicationName: String, serviceLevel: String, serviceName: String) {
    self.applicationName = applicationName
    self.serviceLevel = serviceLevel
    self.serviceName = serviceName
  }

  /// The identity of a service that is made at a moment.
  package init(applicationName: String, serviceLevel: String, at moment: WallTime) {
    self.init(
      applicationName: applicationName, serviceLevel: serviceLevel,
      serviceName: "\(applicationName)-\(serviceLevel)-\(moment.stamp)")
  }

  /// The namespace of the service's objects.
  package var namespace: String { serviceLevel }
  /// The Deployment's name.
  package var deploymentName: String { serviceName + "-deployment" }
  /// The Service's name.
  package var serviceObjectName: String { serviceName + "-service" }
  /// The Ingress's name.
  package var ingressName: String { serviceName + "-ingress" }
  /// The HorizontalPodAutoscaler's name.
  package var autoscalerName: String { serviceName + "-autoscaling" }

  /// The host as Drucker 0.4 has it: `digits-v2-development.example.com`.
  package func versionedHost(domain: String) -> String {
    "\(applicationName)-\(Self.interfaceVersion)-\(serviceLevel).\(domain)"
  }

  /// The host as Drucker 0.2 has it: `digits-development.example.com`.
  package func plainHost(domain: String) -> String {
    "\(applicationName)-\(serviceLevel).\(domain)"
  }

  /// Of an Ingress's hosts the one to call: the first of the versioned form, else the first.
  func preferredHost(among hosts: [String]) -> String? {
    let prefix = versionedHost(domain: "")
    return hosts.first { $0.hasPrefix(prefix) } ?? hosts.first
  }
}
